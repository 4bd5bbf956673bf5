"""Cancelling and withdrawing from an order, in two steps: the statement with what it is about, and its confirmation.

These pages outlive the shop: what was bought can be returned when the portal has ended.
"""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orders.giving_back import GivingBackRefused, NothingToGiveBack, give_back, last_day, split_of, way_back
from orders.giving_back_forms import ConfirmForm, GiveBackForm
from orders.giving_up import cancel_unpaid
from orders.models import GiveBack, Order
from orders.units import units_left
from portals.http import PortalRequest, member_required


@member_required
@require_safe
def withdrawal_start(request: PortalRequest, number: str) -> HttpResponse:
    """The statement: what of the order is given back."""
    return _ask(request, _own_order(request, number), None)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal_confirm(request: PortalRequest, number: str) -> HttpResponse:
    """What comes back, before anything is done; POST confirms it."""
    order = _own_order(request, number)
    form = GiveBackForm(request.GET, left=units_left(order))
    if request.method == "POST" and _is_done(request, order, form):
        return redirect("orders:order_show", number=order.number)
    if not form.is_valid():
        return _ask(request, order, form)
    try:
        split = split_of(order, form.quantities, now=timezone.now())
    except NothingToGiveBack:
        return _too_late(request, order)
    context = {
        "order": order,
        "split": split,
        "token": uuid.uuid4(),
        "grace_days": settings.CREDIT_GRACE_DAYS,
        "trail": _trail(order),
    }
    return render(request, "orders/withdrawal_confirm.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def order_cancel(request: PortalRequest, number: str) -> HttpResponse:
    """Cancel an order that still awaits its payment: a page that asks, and the doing of it."""
    order = _own_order(request, number)
    if not order.awaits_payment:
        return redirect("orders:order_show", number=order.number)
    if request.method != "POST":
        return render(request, "orders/order_cancel.html", {"order": order, "trail": _trail(order)})
    if cancel_unpaid(order, now=timezone.now()).is_confirmed:
        messages.warning(request, _("This order was paid in the meantime. You can still cancel it here."))
    else:
        messages.success(request, _("Your order is cancelled."))
    return redirect("orders:order_show", number=order.number)


def _own_order(request: PortalRequest, number: str) -> Order:
    order: Order = get_object_or_404(request.membership.orders, number=number)
    order.portal, order.membership = request.portal, request.membership
    return order


def _ask(request: PortalRequest, order: Order, form: GiveBackForm | None) -> HttpResponse:
    events = list(order.events.all())
    form = form or GiveBackForm(left=units_left(order))
    kind = way_back(order, events, now=timezone.now())
    if kind is None or not form.left:
        return _too_late(request, order)
    context = {"order": order, "form": form, "kind": kind, "last_day": last_day(events), "trail": _trail(order)}
    return render(request, "orders/withdrawal.html", context)


def _is_done(request: PortalRequest, order: Order, form: GiveBackForm) -> bool:
    """Give back what the page showed. Where it is told that nothing was done, the page is shown again."""
    confirmed = ConfirmForm(request.POST)
    given = _given(request, order, form, confirmed.cleaned_data) if confirmed.is_valid() else None
    if given is None:
        messages.warning(request, _("Something changed since you opened this page. Nothing has been given back yet."))
        return False
    text = _("Cancelled.") if given.is_cancellation else _("We received your withdrawal.")
    mailed = _("A confirmation is on its way to %(email)s.") % {"email": request.user.email}
    messages.success(request, f"{text} {mailed}")
    return True


def _given(request: PortalRequest, order: Order, form: GiveBackForm, confirmed: dict[str, Any]) -> GiveBack | None:
    """What the page gave back, now or when it was sent before."""
    before: GiveBack | None = order.give_backs.filter(form_token=confirmed["form_token"]).first()
    if before or not form.is_valid():
        return before
    try:
        return give_back(order, form.quantities, **confirmed, now=timezone.now(), actor=request.user)
    except GivingBackRefused:
        return None


def _too_late(request: PortalRequest, order: Order) -> HttpResponse:
    messages.info(request, _("Nothing of this order can be given back any more."))
    return redirect("orders:order_show", number=order.number)


def _trail(order: Order) -> list[tuple[str, str]]:
    own = reverse("orders:order_show", args=[order.number])
    return [(_("My orders"), reverse("orders:order_list")), (order.number, own), (_("Withdraw from this order"), "")]
