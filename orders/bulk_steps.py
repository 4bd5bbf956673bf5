"""Many orders at once taken to the next step, from the list of orders in the back office."""

import datetime as dt
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import cast

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.fulfilment import NotConfirmed, deliver_order, pack_order, ship_order
from orders.models import ON_THE_WAY, Chargeback, EventKind, Order, OrderEvent, OrderState


class Outcome(Enum):
    """What became of one of the orders."""

    NOTED = auto()
    BEFORE = auto()
    UNPAID = auto()
    GONE = auto()
    TAKEN_BACK = auto()


LEFT = {
    Outcome.UNPAID: _("Left as they are, because they are not paid yet: %(numbers)s."),
    Outcome.GONE: _("Left as they are, because they were cancelled or have lapsed: %(numbers)s."),
    Outcome.TAKEN_BACK: _("Left as they are, because the bank took the payment back: %(numbers)s."),
}


class NextStep(admin.SimpleListFilter):
    """Narrows the list of orders down to those that wait for the same step."""

    title = _("next step")
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [
            (EventKind.PACKED, gettext("to pack")),
            (EventKind.SHIPPED, gettext("to send")),
            (EventKind.DELIVERED, gettext("to deliver")),
            ("none", gettext("delivered")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        steps = [*ON_THE_WAY, "none"]
        if self.value() not in steps:
            return queryset
        place = steps.index(self.value() or "")
        waiting = queryset.filter(state=OrderState.CONFIRMED).exclude(_noted(ON_THE_WAY[place:]))
        return waiting.filter(_noted(ON_THE_WAY[place - 1 : place])) if place else waiting


def _noted(kinds: Sequence[EventKind]) -> Exists:
    """Whether one of the steps `kinds` of an order is noted."""
    return Exists(OrderEvent.objects.filter(order=OuterRef("pk"), kind__in=kinds))


class BulkSteps:
    """Actions of the list of orders. Each order is a transaction of its own: one that is left holds up no other."""

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("orders.change_order"))

    @admin.action(description=_("Note as packed"), permissions=["handle"])
    def pack_all(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        _take_all(request, queryset, EventKind.PACKED, pack_order)

    @admin.action(description=_("Note as sent, without a tracking link"), permissions=["handle"])
    def ship_all(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        _take_all(request, queryset, EventKind.SHIPPED, ship_order)

    @admin.action(description=_("Note as delivered"), permissions=["handle"])
    def deliver_all(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        _take_all(request, queryset, EventKind.DELIVERED, deliver_order)


def _take_all(request: HttpRequest, orders: QuerySet[Order], kind: EventKind, take: Callable[..., Order]) -> None:
    """Oldest first. What became of each order is told, and those that were left are named with the reason."""
    before = set(OrderEvent.objects.filter(order__in=orders.values("pk"), kind=kind).values_list("order", flat=True))
    taken_back = set(Chargeback.objects.filter(reversed_at=None).values_list("payment__order", flat=True))
    now, actor = timezone.now(), cast("User", request.user)
    numbers: dict[Outcome, list[str]] = {outcome: [] for outcome in Outcome}
    for order in orders.order_by("placed_at", "pk"):
        if order.pk in before:
            outcome = Outcome.BEFORE
        elif order.pk in taken_back:
            outcome = Outcome.TAKEN_BACK
        else:
            outcome = _take(order, take, now, actor)
        numbers[outcome].append(order.number)
    _tell(request, numbers)


def _take(order: Order, take: Callable[..., Order], now: dt.datetime, actor: User) -> Outcome:
    try:
        take(order, now=now, actor=actor)
    except NotConfirmed:
        return Outcome.UNPAID if order.awaits_payment else Outcome.GONE
    return Outcome.NOTED


def _tell(request: HttpRequest, numbers: dict[Outcome, list[str]]) -> None:
    if count := len(numbers[Outcome.NOTED]):
        text = ngettext("%(count)d order noted.", "%(count)d orders noted.", count)
        messages.success(request, text % {"count": count})
    if count := len(numbers[Outcome.BEFORE]):
        text = ngettext("%(count)d order was noted before.", "%(count)d orders were noted before.", count)
        messages.info(request, text % {"count": count})
    for outcome, reason in LEFT.items():
        if numbers[outcome]:
            messages.warning(request, reason % {"numbers": ", ".join(numbers[outcome])})
