"""The company's pages of the check, behind a signed link on the main host; the portal itself is on its own host."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from onboarding import announcement, company_check
from onboarding.announcement_response import kit_response, poster_response
from onboarding.build_models import Build
from onboarding.link_models import Purpose
from onboarding.links import LinkRequest, link_required, page_of, url_of
from portals.models import Portal
from portals.preview import guest_preview_url

guarded = link_required(Purpose.CHECK)


class RemarkForm(forms.Form):
    """Something that has to be different, on one page or in all."""

    page = forms.CharField(label=gettext_lazy("Page"), max_length=300, required=False)
    text = forms.CharField(
        label=gettext_lazy("What has to be different?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class ApprovalForm(forms.Form):
    """The company's yes."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    role = forms.CharField(label=gettext_lazy("Your job title"), max_length=80)
    agreed = forms.BooleanField(label=gettext_lazy("I have looked at the shop and approve it as it is."))


@guarded
def overview(request: LinkRequest) -> HttpResponse:
    """The way into the portal, the remarks so far, and yes or no; POST keeps a remark."""
    build = _build(request)
    form = RemarkForm(request.POST or None, initial={"page": request.GET.get("page", "")[:300]})
    if form.is_valid():
        return _done(request, company_check.remark, build, **form.cleaned_data, told=_("We have your remark."))
    return render(request, "onboarding/check.html", _context(request, build, form=form))


@require_POST
@guarded
def send_remarks(request: LinkRequest) -> HttpResponse:
    """Hand the remarks over: we build on."""
    return _done(request, company_check.send_remarks, _build(request), told=_("Thank you. We go to work on it."))


@require_POST
@guarded
def approve(request: LinkRequest) -> HttpResponse:
    """Say yes."""
    build = _build(request)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return render(request, "onboarding/check.html", _context(request, build, approval_form=form))
    data = form.cleaned_data
    return _done(
        request, company_check.approve, build, name=data["name"], role=data["role"], told=_("Thank you for approving.")
    )


@require_safe
@guarded
def open_portal(request: LinkRequest) -> HttpResponse:
    """Go to the portal's own host to look at it, read-only. By a link: no form may lead to another host."""
    build = _build(request)
    if build.open_round is None:
        return redirect(page_of(request.link, "onboarding:check"))
    return redirect(guest_preview_url(build.portal, key=request.link.key, feedback=url_of(request.link)))


@require_safe
@guarded
def kit(request: LinkRequest, language: str) -> HttpResponse:
    """All with which the company announces its shop, in one language, once its day is set."""
    return kit_response(_planned_portal(request), language)


@require_safe
@guarded
def poster(request: LinkRequest, language: str) -> HttpResponse:
    """The poster alone, to look at."""
    return poster_response(_planned_portal(request), language)


def _planned_portal(request: LinkRequest) -> Portal:
    build = _build(request)
    if not build.is_announced:
        raise Http404
    return build.portal


def _build(request: LinkRequest) -> Build:
    build: Build = Build.objects.select_related("portal__company", "lead__owner").get(lead=request.link.lead)
    return build


def _done(request: LinkRequest, deed: Any, build: Build, *, told: str, **data: Any) -> HttpResponse:
    try:
        deed(build, **data, link=request.link, now=timezone.now())
    except company_check.CheckRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect(page_of(request.link, "onboarding:check"))


def _context(request: LinkRequest, build: Build, **forms: Any) -> dict[str, Any]:
    under_way = build.open_round
    return {
        "build": build,
        "portal": None,
        "shop": build.portal,
        "round": under_way,
        "approval": build.approval,
        "kits": _kits(request) if build.is_announced else [],
        "rounds": build.rounds.prefetch_related("remarks"),
        "form": RemarkForm(initial={"page": ""}),
        "approval_form": ApprovalForm(initial={"name": request.link.name}),
        "send_url": page_of(request.link, "onboarding:check_send"),
        "approve_url": page_of(request.link, "onboarding:check_approve"),
        "open_url": page_of(request.link, "onboarding:check_open"),
        "own_url": page_of(request.link, "onboarding:check"),
        **forms,
    }


def _kits(request: LinkRequest) -> list[dict[str, str]]:
    names = dict(settings.LANGUAGES)
    return [
        {
            "name": names[language],
            "url": page_of(request.link, "onboarding:check_kit", language=language),
            "poster_url": page_of(request.link, "onboarding:check_poster", language=language),
        }
        for language in announcement.LANGUAGES
    ]
