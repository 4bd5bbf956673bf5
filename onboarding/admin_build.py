"""The coordinator's page of a lead's portal: make it, have it checked, deal with remarks, and set the day.

The leads' admin calls these with a lead that the colleague may change.
"""

from collections.abc import Callable
from itertools import chain, count
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from onboarding import building, company_check, golive, intake, pipeline
from onboarding.building import Plan
from onboarding.call_notes import lead_figures
from onboarding.category_tree import CategoryTreeField
from onboarding.forms import RESERVED
from onboarding.models import Build, Lead, Stage
from onboarding.roster import RosterRefusal
from onboarding.roster_row import MAX_AMOUNT
from portals.models import MOST_MONTHS, Portal

Deed = Callable[..., object]
REFUSALS = (
    building.BuildRefused,
    company_check.CheckRefused,
    golive.GateClosed,
    intake.IntakeRefused,
    pipeline.StepRefused,
    RosterRefusal,
)


class PlanForm(forms.Form):
    """What the coordinator decides when a portal is made."""

    name = forms.CharField(label=gettext_lazy("Name of the shop"), max_length=80)
    slug = forms.SlugField(
        label=gettext_lazy("Address"), max_length=40, help_text=gettext_lazy("The first part of the shop's address.")
    )
    credit = forms.DecimalField(
        label=gettext_lazy("Credit per employee"), min_value=0, max_value=MAX_AMOUNT, decimal_places=2
    )
    live_from = forms.DateField(label=gettext_lazy("First day, as it is planned now"), widget=AdminDateWidget)
    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=1, max_value=MOST_MONTHS)
    template = forms.ModelChoiceField(
        label=gettext_lazy("Take rules and texts from"),
        queryset=Portal.objects.order_by("name"),
        required=False,
        help_text=gettext_lazy("Limits, exceptions, classes for payroll, own money and welcome texts of another shop."),
    )
    categories = CategoryTreeField(label=capfirst(gettext_lazy("allowed categories")))

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in RESERVED or slug.startswith("xn--") or "_" in slug or slug != slug.strip("-"):
            raise ValidationError(_("This address cannot be used for a shop."))
        if Portal.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another shop has this address: %(slug)s.") % {"slug": slug})
        return slug

    def clean(self) -> dict[str, Any]:
        """Without categories of its own, those of the template."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("categories") and cleaned.get("template"):
            cleaned["categories"] = [row.category for row in cleaned["template"].assortment.select_related("category")]
        return cleaned


class DayForm(forms.Form):
    """The day on which the portal opens."""

    day = forms.DateField(label=gettext_lazy("Goes live on"), widget=AdminDateWidget)


def show(request: HttpRequest, lead: Lead) -> HttpResponse:
    """The portal of the lead: how far it is, what is missing, what the company said."""
    build = _build(lead)
    if build is None:
        return _make(request, lead)
    now = timezone.now()
    context = {
        "title": _("The shop"),
        "build": build,
        "shop": build.portal,
        "gate": golive.gate(build, now=now),
        "rounds": build.rounds.prefetch_related("remarks__closed_by"),
        "day_form": DayForm(initial={"day": build.planned_on or build.portal.live_from}),
        "may_ask": lead.stage == Stage.IN_BUILD,
        "may_build_on": Stage.IN_BUILD in pipeline.NEXT[lead.stage],
        "may_plan": lead.stage == Stage.APPROVED,
    }
    return _page(request, lead, "onboarding/build.html", **context)


def ask(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Have the company check."""
    return _do(request, lead, company_check.ask_to_check, _needed(lead), told=_("The company is asked to check."))


def build_on(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Take the portal up again."""
    return _do(request, lead, company_check.build_on, _needed(lead), told=_("The shop is in build again."))


def close_remark(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Say that a remark was dealt with."""
    key = request.POST.get("remark", "")
    remark = get_object_or_404(_needed(lead).portal.check_remarks, pk=key if key.isdecimal() else 0)
    return _do(request, lead, company_check.close_remark, remark, told=_("The remark is dealt with."))


def plan(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Set the day."""
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is no day."))
        return redirect("admin:onboarding_lead_build", lead.pk)
    return _do(request, lead, golive.plan, _needed(lead), form.cleaned_data["day"], told=_("The day is set."))


def give_back(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Let the company change its data."""
    if not hasattr(lead, "intake"):
        raise Http404
    return _do(request, lead, intake.give_back, lead.intake, told=_("The company can change its data again."))


def _make(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Ask what the portal is to be; POST makes it."""
    figures = lead_figures(lead)
    initial = {
        "name": f"{lead.company_name} Thuiswerkwinkel",
        "slug": _free_slug(lead.company_name),
        "credit": figures.budget or 0,
        "live_from": building.proposed_day(lead, now=timezone.now()),
        "months": figures.months,
        "categories": [category.pk for category in figures.categories],
    }
    form = PlanForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            building.make_portal(lead, Plan(**form.cleaned_data), now=timezone.now(), actor=cast("User", request.user))
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The shop was made. Nobody was mailed."))
            return redirect("admin:onboarding_lead_build", lead.pk)
    context = {"title": _("Make the shop"), "form": form, "is_ready": lead.stage == Stage.DATA_RECEIVED}
    return _page(request, lead, "onboarding/build_make.html", **context)


def _free_slug(name: str) -> str:
    """An address of the company's name that no other portal has."""
    wished = slugify(name)[:36].strip("-") or "winkel"
    taken = set(Portal.objects.filter(slug__startswith=wished).values_list("slug", flat=True)) | RESERVED
    numbered = (f"{wished}-{number}" for number in count(2))
    return next(slug for slug in chain([wished], numbered) if slug not in taken)


def _do(request: HttpRequest, lead: Lead, deed: Deed, *args: object, told: str) -> HttpResponse:
    """Do it, if it was sent by a form, and go back to the page; or say why not."""
    if request.method != "POST":
        raise Http404
    try:
        deed(*args, now=timezone.now(), actor=cast("User", request.user))
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect("admin:onboarding_lead_build" if _build(lead) else "admin:onboarding_lead_change", lead.pk)


def _build(lead: Lead) -> Build | None:
    return Build.objects.select_related("portal__company", "lead").filter(lead=lead).first()


def _needed(lead: Lead) -> Build:
    build = _build(lead)
    if build is None:
        raise Http404
    return build


def _page(request: HttpRequest, lead: Lead, template: str, **context: Any) -> HttpResponse:
    shared = admin.site.each_context(request) | {
        "original": lead,
        "opts": Lead._meta,
        "way_back": reverse("admin:onboarding_lead_change", args=[lead.pk]),
    }
    return TemplateResponse(request, template, shared | context)
