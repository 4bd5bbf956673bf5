"""Screens of customer service on one order: packed, sent, delivered. The admin of orders lists their addresses."""

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

from accounts.models import User
from orders.fulfilment import NotConfirmed, deliver_order, pack_order, ship_order
from orders.models import EventKind, Order
from orders.timeline import timeline


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


def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to an order and what can be done now; POST takes the next step."""
    if not request.user.has_perm("orders.change_order"):
        raise PermissionDenied
    order = get_object_or_404(Order.objects.select_related("membership"), pk=pk)
    form = StepForm(request.POST or None)
    if form.is_valid():
        _take_step(request, order, form)
        return redirect("admin:orders_order_handle", order.pk)
    events = list(order.events.select_related("actor"))
    context = admin.site.each_context(request) | {
        "title": _("Handle order %(number)s") % {"number": order.number},
        "original": order,
        "opts": Order._meta,
        "form": form,
        "steps": timeline(order, events),
        "taken": {event.kind for event in events},
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
        messages.success(request, _("Noted: %(step)s.") % {"step": step.label})
