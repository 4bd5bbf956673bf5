"""Many orders at once taken to the next step, from the list of orders in the back office."""

from collections.abc import Callable
from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.fulfilment import NotConfirmed, deliver_order, pack_order, ship_order
from orders.models import Chargeback, Order


class BulkSteps:
    """Actions of the list of orders. Each order is a transaction of its own: one that is left holds up no other."""

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("orders.change_order"))

    @admin.action(description=_("Note as packed"), permissions=["handle"])
    def pack_all(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        _take_all(request, queryset, pack_order)

    @admin.action(description=_("Note as sent, without a tracking link"), permissions=["handle"])
    def ship_all(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        _take_all(request, queryset, ship_order)

    @admin.action(description=_("Note as delivered"), permissions=["handle"])
    def deliver_all(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        _take_all(request, queryset, deliver_order)


def _take_all(request: HttpRequest, orders: QuerySet[Order], take: Callable[..., Order]) -> None:
    """Oldest first; what is not confirmed, or was taken back by the bank, is left and named."""
    now, actor = timezone.now(), cast("User", request.user)
    taken_back = set(Chargeback.objects.filter(reversed_at=None).values_list("payment__order", flat=True))
    done, left = 0, []
    for order in orders.order_by("placed_at", "pk"):
        try:
            if order.pk in taken_back:
                raise NotConfirmed(order.number)
            take(order, now=now, actor=actor)
        except NotConfirmed:
            left.append(order.number)
        else:
            done += 1
    if done:
        text = ngettext("%(count)d order noted.", "%(count)d orders noted.", done)
        messages.success(request, text % {"count": done})
    if left:
        text = gettext(
            "Left as they are, because they are not confirmed or the bank took the payment back: %(numbers)s."
        )
        messages.warning(request, text % {"numbers": ", ".join(left)})
