"""Screens of customer service on one order: on its way, and given back. The admin of orders lists their addresses."""

import uuid
from typing import cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from orders.chargebacks import taken_back
from orders.fulfilment import NotConfirmed, deliver_order, pack_order, ship_order
from orders.giving_back import (
    GivingBackRefused,
    give_back,
    given_so_far,
    miss_return,
    register_receipt,
    way_back,
)
from orders.giving_back_forms import GiveBackForm
from orders.giving_up import cancel_unpaid
from orders.models import EventKind, GiveBack, Order
from orders.timeline import timeline
from orders.units import units_left
from thuiswerk.lib.money import euro

_NOT_SENT = gettext_lazy("This was cancelled before it was sent, so nothing comes in.")


class StepForm(forms.Form):
    """The next step of an order on its way; the link counts when it is sent."""

    step = forms.ChoiceField(choices=[(kind, kind) for kind in ("packed", "shipped", "delivered")])
    tracking_url = forms.URLField(
        label=gettext_lazy("Tracking link"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"class": "vURLField", "placeholder": "https://"}),
    )

    def clean_tracking_url(self) -> str:
        link: str = self.cleaned_data["tracking_url"]
        if link and not link.startswith("https://"):
            raise forms.ValidationError(_("Use an address that begins with https://."))
        return link


class TokenForm(forms.Form):
    """One page gives back once."""

    form_token = forms.UUIDField()


def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to an order and what can be done now; POST takes the next step."""
    order = _order(request, pk)
    form = StepForm(request.POST or None)
    if form.is_valid():
        _take_step(request, order, form)
        return redirect("admin:orders_order_handle", order.pk)
    return _screen(request, order, form, GiveBackForm(left=units_left(order)))


@require_POST
def give_back_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel or return for an employee who cannot do it, as after leaving; an unpaid order is cancelled whole."""
    order = _order(request, pk)
    actor, now = cast("User", request.user), timezone.now()
    form, token = GiveBackForm(request.POST, left=units_left(order)), TokenForm(request.POST)
    if order.awaits_payment:
        cancel_unpaid(order, now=now, actor=actor)
    elif token.is_valid() and order.give_backs.filter(**token.cleaned_data).exists():
        messages.info(request, _("This was given back already."))
    elif not (form.is_valid() and token.is_valid()):
        return _screen(request, order, StepForm(), form)
    else:
        try:
            given = give_back(order, form.quantities, **token.cleaned_data, now=now, actor=actor)
        except GivingBackRefused:
            messages.error(request, _("Nothing of this order can be given back any more."))
        else:
            back = {"credit": euro(given.credit), "own": euro(given.own_money)}
            messages.success(request, _("Back to the credit: %(credit)s. Back to the bank: %(own)s.") % back)
    return redirect("admin:orders_order_handle", order.pk)


@require_POST
def receive_return(request: HttpRequest, pk: int, given: int) -> HttpResponse:
    """A return has come in: its money goes back, once."""
    order, waiting, now = _order(request, pk), _given(pk, given), timezone.now()
    received = register_receipt(waiting, now=now, actor=cast("User", request.user))
    if received.is_cancellation:
        messages.info(request, _NOT_SENT)
    elif received.settled_at != now:
        messages.info(request, _("This return has come in already."))
    else:
        messages.success(request, _("Received. The money goes back to the employee."))
    return redirect("admin:orders_order_handle", order.pk)


@require_POST
def miss_return_of(request: HttpRequest, pk: int, given: int) -> HttpResponse:
    """A return did not come in: nobody waits for it any more."""
    order, waiting, now = _order(request, pk), _given(pk, given), timezone.now()
    missed = miss_return(waiting, now=now, actor=cast("User", request.user))
    if missed.is_cancellation:
        messages.info(request, _NOT_SENT)
    elif missed.settled_at:
        messages.info(request, _("This return has come in already."))
    elif missed.missed_at != now:
        messages.info(request, _("It was noted before that this return did not come in."))
    else:
        messages.success(request, _("Noted that it did not come in. The employee gets a mail."))
    return redirect("admin:orders_order_handle", order.pk)


def _order(request: HttpRequest, pk: int) -> Order:
    """The order, for who may handle it."""
    if not request.user.has_perm("orders.change_order"):
        raise PermissionDenied
    return get_object_or_404(Order.objects.real().select_related("membership"), pk=pk)


def _given(order: int, pk: int) -> GiveBack:
    return get_object_or_404(GiveBack.objects.select_related("order__membership"), order=order, pk=pk)


def _screen(request: HttpRequest, order: Order, form: StepForm, giving: GiveBackForm) -> HttpResponse:
    events = list(order.events.select_related("actor"))
    context = admin.site.each_context(request) | {
        "title": _("Handle order %(number)s") % {"number": order.number},
        "original": order,
        "opts": Order._meta,
        "form": form,
        "steps": timeline(order, events),
        "taken_back": taken_back(order),
        "taken": {event.kind for event in events},
        "given": given_so_far(order, events),
        "giving": giving,
        "token": uuid.uuid4(),
        "way_back": way_back(order, events, now=timezone.now()) if giving.left else None,
    }
    return TemplateResponse(request, "orders/order_handle.html", context)


def _take_step(request: HttpRequest, order: Order, form: StepForm) -> None:
    actor, now = cast("User", request.user), timezone.now()
    step = EventKind(form.cleaned_data["step"])
    try:
        if step == EventKind.PACKED:
            pack_order(order, now=now, actor=actor)
        elif step == EventKind.SHIPPED:
            ship_order(order, form.cleaned_data["tracking_url"], now=now, actor=actor)
        else:
            deliver_order(order, now=now, actor=actor)
    except NotConfirmed:
        messages.error(request, _("This order is not confirmed, so nothing of it is sent."))
    else:
        is_new = order.events.filter(kind=step, at=now).exists()
        told = _("Noted: %(step)s.") if is_new else _("This was noted already: %(step)s.")
        messages.add_message(request, messages.SUCCESS if is_new else messages.INFO, told % {"step": step.label})
