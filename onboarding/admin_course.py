"""Screens that change the course of a portal that runs: paused, made longer, and a closing taken back. Each asks first,
and says what will happen.

The portal's admin calls these with a portal that the colleague may change.
"""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from billing.models import EntryKind
from onboarding import period
from onboarding.deletion_report import file_name, report_pdf
from portals import lifecycle
from portals.models import Portal, PortalState
from thuiswerk.lib.periods import amsterdam_date


class ReasonForm(forms.Form):
    """Why, for the history; may stay empty."""

    reason = forms.CharField(label=capfirst(gettext_lazy("reason")), max_length=200, required=False)


class LastDayForm(forms.Form):
    """A new last day, and why."""

    until = forms.DateField(
        label=capfirst(gettext_lazy("last day")),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=capfirst(gettext_lazy("reason")), max_length=200)


def pause(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What a pause would do; POST pauses."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _done(request, portal, lambda: lifecycle.pause(portal, actor=_actor(request), **form.cleaned_data))
    if not lifecycle.has_way(portal, PortalState.PAUSED):
        return redirect("admin:portals_portal_change", portal.pk)
    return _page(request, portal, "onboarding/portal_pause.html", _("Pause this shop?"), form)


def extend(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What a longer period would do; POST makes it longer."""
    return _with_last_day(
        request, portal, period.extend, "onboarding/portal_extend.html", _("Extend this shop"), can_extend(portal)
    )


def reopen(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What taking the closing back would do; POST does it."""
    return _with_last_day(
        request,
        portal,
        period.reopen,
        "onboarding/portal_reopen.html",
        _("Open this shop again?"),
        lifecycle.can_reopen(portal),
    )


@require_safe
def deletion_report(request: HttpRequest, portal: Portal, report_pk: int) -> HttpResponse:
    """What the company was told of the personal data that were deleted."""
    report = get_object_or_404(portal.deletion_reports, pk=report_pk)
    language = portal.company.language
    name = file_name(report, language=language)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(report_pdf(report, language=language), content_type="application/pdf", headers=headers)


def can_extend(portal: Portal) -> bool:
    """Whether the period of the portal can be made longer."""
    return portal.state in period.RUNNING and portal.live_until is not None and not portal.settlements.exists()


def _with_last_day(
    request: HttpRequest, portal: Portal, change: Callable[..., None], template: str, title: str, is_possible: bool
) -> HttpResponse:
    now = timezone.now()
    soonest = max(filter(None, (portal.live_until, amsterdam_date(now))))
    form = LastDayForm(request.POST or None, initial={"until": soonest})
    if request.method == "POST" and form.is_valid():
        try:
            change(portal, **form.cleaned_data, now=now, actor=_actor(request))
        except lifecycle.TransitionRefused as refusal:
            form.add_error("until", str(refusal))
        else:
            told = _("The shop is open up to and including %(day)s.") % {"day": date_format(form.cleaned_data["until"])}
            messages.success(request, told)
            return redirect("admin:portals_portal_change", portal.pk)
    elif not is_possible:
        return redirect("admin:portals_portal_change", portal.pk)
    return _page(request, portal, template, title, form)


def _done(request: HttpRequest, portal: Portal, change: Callable[[], None]) -> HttpResponse:
    try:
        change()
    except lifecycle.TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The shop is now: %(state)s.") % {"state": portal.get_state_display()})
    return redirect("admin:portals_portal_change", portal.pk)


def _actor(request: HttpRequest) -> User:
    return cast("User", request.user)


def _page(request: HttpRequest, portal: Portal, template: str, title: str, form: forms.Form) -> HttpResponse:
    """With how much credit is left, and how much of it expired already."""
    left = portal.grants.filter(remaining__gt=0)
    expired = portal.entries.filter(kind=EntryKind.EXPIRE)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": title,
        "original": portal,
        "opts": Portal._meta,
        "way_back": reverse("admin:portals_portal_change", args=[portal.pk]),
        "form": form,
        "people": portal.memberships.active().count(),
        "credit": left.total_remaining(),
        "holders": left.values("membership").distinct().count(),
        "expired": expired.values("membership").distinct().count(),
        "is_over": portal.live_until is not None and portal.live_until < amsterdam_date(timezone.now()),
    }
    return TemplateResponse(request, template, context)


VIEWS: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
    "pause/": ("portals_portal_pause", pause),
    "extend/": ("portals_portal_extend", extend),
    "reopen/": ("portals_portal_reopen", reopen),
    "deletion/<int:report_pk>/": ("portals_portal_deletion", deletion_report),
}
