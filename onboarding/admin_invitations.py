"""The screen of a portal's invitations: who came how far, when everybody is invited, and who is invited once more.

The portal's admin calls these with a portal that the colleague may change.
"""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from onboarding import roster
from onboarding.after_models import InvitationPlan
from onboarding.arrivals import Arrival, arrivals_of
from onboarding.invitations import Resent, plan_invitations, resend_invitations
from portals.models import Portal

URL = "admin:portals_portal_invite"


class PlanForm(forms.Form):
    """On which day everybody is invited, and whether newcomers are afterwards."""

    day = forms.DateField(
        label=capfirst(gettext_lazy("day of the invitations")),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: on the first day of the shop."),
    )
    invites_newcomers = forms.BooleanField(
        label=gettext_lazy("Invite newcomers by themselves"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Who is added after the invitations went out is invited too."),
    )


def invitations(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Who came how far; POST asks for the invitation of everybody who has none."""
    if request.method == "POST":
        return _invite_waiting(request, portal)
    plan = _plan(portal)
    planned = {"day": plan.day, "invites_newcomers": plan.invites_newcomers} if plan else {}
    return _page(request, portal, PlanForm(initial=planned))


@require_POST
def plan_change(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Plan the invitations of everybody."""
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, portal, form)
    try:
        plan_invitations(portal, **form.cleaned_data, now=timezone.now(), actor=cast("User", request.user))
    except roster.RosterRefusal as refusal:
        form.add_error("day", str(refusal))
        return _page(request, portal, form)
    messages.success(request, _("The invitations are planned."))
    return redirect(URL, portal.pk)


@require_POST
def resend(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Invite everybody once more who has not come."""
    resent = resend_invitations(portal.memberships.all(), now=timezone.now(), actor=cast("User", request.user))
    tell_resent(request, resent)
    return redirect(URL, portal.pk)


def tell_resent(request: HttpRequest, resent: Resent) -> None:
    """Say how many are invited once more, and how many are not and why."""
    told = ngettext("%(count)d person is invited once more.", "%(count)d people are invited once more.", resent.asked)
    messages.success(request, told % {"count": resent.asked})
    if resent.came_back:
        told = ngettext(
            "%(count)d address refused an earlier invitation. Correct it first.",
            "%(count)d addresses refused an earlier invitation. Correct them first.",
            resent.came_back,
        )
        messages.warning(request, told % {"count": resent.came_back})
    if resent.today:
        told = ngettext(
            "%(count)d person got an invitation today already.",
            "%(count)d people got an invitation today already.",
            resent.today,
        )
        messages.info(request, told % {"count": resent.today})


def arrival_links(portal: Portal) -> list[tuple[str, int, str]]:
    """How many people of `portal` are where, each with the list of them; who is nowhere is left out."""
    people = reverse("admin:portals_membership_changelist")
    return [
        (str(Arrival(name).label), count, f"{people}?{urlencode({'portal__id__exact': portal.pk, 'arrival': name})}")
        for name, count in arrivals_of(portal).items()
        if count
    ]


def _invite_waiting(request: HttpRequest, portal: Portal) -> HttpResponse:
    try:
        asked = roster.request_invitations(portal, now=timezone.now())
    except roster.RosterRefusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = ngettext("%(count)d invitation is on its way.", "%(count)d invitations are on their way.", asked)
        messages.success(request, told % {"count": asked})
    return redirect("admin:portals_portal_change", portal.pk)


def _plan(portal: Portal) -> InvitationPlan | None:
    return InvitationPlan.objects.filter(portal=portal).select_related("portal").first()


def _page(request: HttpRequest, portal: Portal, form: PlanForm) -> HttpResponse:
    counts = arrivals_of(portal)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Invitations"),
        "original": portal,
        "opts": Portal._meta,
        "form": form,
        "plan": _plan(portal),
        "arrivals": arrival_links(portal),
        "waiting": counts[Arrival.NOT_INVITED],
        "late": counts[Arrival.INVITED],
    }
    return TemplateResponse(request, "onboarding/invitations.html", context)


VIEWS = {
    "invitations/": ("portals_portal_invite", invitations),
    "invitations/plan/": ("portals_portal_invite_plan", plan_change),
    "invitations/resend/": ("portals_portal_invite_again", resend),
}
