"""The coordinator's screens of a lead: the notes of the call, the offer pack before it goes, and what was sent."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing.parties import PartyIncomplete
from onboarding import call_notes, documents, offer
from onboarding.category_tree import CategoryTreeField
from onboarding.document_models import ENCLOSED
from onboarding.document_response import kept_document, pdf_response
from onboarding.models import CallNotes, Lead, OfferDocument
from onboarding.pipeline import StepRefused

REFUSALS = (StepRefused, documents.NotPublished, PartyIncomplete)


class CallNotesForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is asked in the call, in its order."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    categories = CategoryTreeField(label=capfirst(gettext_lazy("categories")))

    class Meta:
        model = CallNotes
        fields = call_notes.FIELDS
        widgets = {  # noqa: RUF012
            name: forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
            for name in ("present_situation", "needs", "wishes")
        }


class OfferForm(forms.Form):
    """The mail of a pack, as far as it is the coordinator's."""

    to = forms.EmailField(label=capfirst(gettext_lazy("to")), max_length=254)
    subject = forms.CharField(
        label=gettext_lazy("Subject"), max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 18, "class": "vLargeTextField"}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)


def notes(request: HttpRequest, lead: Lead) -> HttpResponse:
    """The notes of the call, which begin with what the company's form said."""
    written = CallNotes.objects.filter(lead=lead).first()
    initial = None if written else call_notes.first_notes(lead)
    form = CallNotesForm(request.POST or None, instance=written, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            call_notes.write(lead, form.cleaned_data, now=timezone.now(), actor=cast("User", request.user))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The notes are kept."))
        return redirect("admin:onboarding_lead_change", lead.pk)
    context = {"title": _("Notes of the call"), "form": form}
    return _page(request, lead, "onboarding/call_notes.html", context)


def pack(request: HttpRequest, lead: Lead) -> HttpResponse:
    """The pack as it would go out: the mail to change, and its documents to open. Nothing is sent here."""
    try:
        draft = offer.prepare(lead, now=timezone.now())
    except REFUSALS as refusal:
        return _page(request, lead, "onboarding/offer_pack.html", {"title": _("Offer pack"), "refusal": refusal})
    form = OfferForm(request.POST or None, initial=vars(draft))
    shown = form.cleaned_data if request.method == "POST" and form.is_valid() else vars(draft)
    return _preview(request, lead, form, shown)


def send(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Send the pack that was shown, once."""
    form = OfferForm(request.POST or None)
    if request.method != "POST":
        raise Http404
    if not form.is_valid():
        return _preview(request, lead, form, request.POST.dict())
    try:
        sent = offer.send(lead, **form.cleaned_data, now=timezone.now(), actor=cast("User", request.user))
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The offer pack is on its way to %(email)s.") % {"email": sent.to})
    return redirect("admin:onboarding_lead_change", lead.pk)


def preview(request: HttpRequest, lead: Lead, kind: str) -> HttpResponse:
    """One of the documents, as it would go out now."""
    if kind not in ENCLOSED:
        raise Http404
    try:
        offer.check(lead)
        file = offer.make(lead, kind, now=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:onboarding_lead_change", lead.pk)
    return pdf_response(file.content, file.name)


def sent_document(request: HttpRequest, lead: Lead, document: int) -> HttpResponse:
    """A document of the lead as it was sent."""
    return kept_document(get_object_or_404(OfferDocument, pk=document, lead=lead))


def shown_with_lead(lead: Lead) -> dict[str, Any]:
    """What the page of a lead shows of its packs and of what was accepted."""
    kept = OfferDocument.objects.defer("content")
    return {
        "packs": lead.offer_packs.select_related("sent_by").prefetch_related(Prefetch("documents", kept)),
        "acceptances": lead.acceptances.select_related("document__version").defer(
            "document__content", "document__version__body"
        ),
    }


def _preview(request: HttpRequest, lead: Lead, form: OfferForm, shown: dict[str, Any]) -> HttpResponse:
    context = {
        "title": _("Offer pack"),
        "form": form,
        "shown": shown,
        "blocks": documents.read_blocks(shown.get("summary", "")),
        "papers": [(kind.value, kind.label) for kind in ENCLOSED],
        "round": lead.offer_packs.count() + 1,
    }
    return _page(request, lead, "onboarding/offer_pack.html", context)


def _page(request: HttpRequest, lead: Lead, template: str, context: dict[str, Any]) -> HttpResponse:
    shared = admin.site.each_context(request) | {
        "original": lead,
        "opts": Lead._meta,
        "way_back": reverse("admin:onboarding_lead_change", args=[lead.pk]),
    }
    return TemplateResponse(request, template, shared | context)


# Below the address of a lead: each with its name and its view, which gets the lead that the colleague may change.
VIEWS: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
    "call-notes/": ("onboarding_lead_call_notes", notes),
    "offer/": ("onboarding_lead_offer", pack),
    "offer/send/": ("onboarding_lead_offer_send", send),
    "offer/preview/<str:kind>/": ("onboarding_lead_offer_preview", preview),
    "documents/<int:document>/": ("onboarding_lead_document", sent_document),
}
