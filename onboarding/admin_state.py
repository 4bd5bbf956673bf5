"""Screens that take a portal to another state: ready, and, after a page that asks, closed for good.

The portal's admin calls these with a portal that the colleague may change.
"""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from billing.tasks import expire_credit
from onboarding.admin_course import ReasonForm
from orders.models import OrderState
from portals import lifecycle
from portals.models import Portal, PortalState
from thuiswerk.lib.nudge import nudge

MOVES: dict[str, Callable[..., None]] = {"ready": lifecycle.make_ready}


def moves(portal: Portal) -> list[PortalState]:
    """The states that the portal can go to from where it is."""
    return [state for state in lifecycle.FROM if lifecycle.has_way(portal, state)]


def move(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Make the portal ready, or say why not."""
    change = MOVES.get(request.POST.get("move", ""))
    if request.method != "POST" or change is None:
        raise Http404
    return _changed(request, portal, change)


def close(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What closing for good would do; POST does it."""
    if request.method == "POST":
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        response = _changed(request, portal, partial(lifecycle.close, reason=reason))
        nudge(expire_credit)
        return response
    if not lifecycle.has_way(portal, PortalState.CLOSED):
        return redirect("admin:portals_portal_change", portal.pk)
    unspent = portal.grants.filter(remaining__gt=0)
    context = admin.site.each_context(request) | {
        "title": _("Close this shop for good?"),
        "original": portal,
        "opts": Portal._meta,
        "way_back": reverse("admin:portals_portal_change", args=[portal.pk]),
        "people": portal.memberships.active().count(),
        "credit": unspent.total_remaining(),
        "holders": unspent.values("membership").distinct().count(),
        "unpaid": portal.orders.filter(state=OrderState.AWAITING_PAYMENT).count(),
        "form": ReasonForm(),
        "may_pause": lifecycle.has_way(portal, PortalState.PAUSED),
    }
    return TemplateResponse(request, "onboarding/portal_close.html", context)


def _changed(request: HttpRequest, portal: Portal, change: Callable[..., None]) -> HttpResponse:
    try:
        change(portal, actor=cast("User", request.user))
    except lifecycle.TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The shop is now: %(state)s.") % {"state": portal.get_state_display()})
    return redirect("admin:portals_portal_change", portal.pk)
