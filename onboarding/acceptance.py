"""What the company accepts before its portal is made: the terms and the processor agreement, the exact bytes of them.

An acceptance names the document that was shown, by its hash; where a newer one was sent meanwhile it is refused, so
that nobody accepts what they have not seen. It is never changed, and its copy goes by mail once.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox
from onboarding import offer, pipeline
from onboarding.document_models import AGREED
from onboarding.models import Acceptance, DocumentVersion, Lead, OfferDocument, Paper
from thuiswerk.lib.mail import compose

MAIL = "onboarding/mail/accepted"


class AcceptanceRefused(Exception):
    """Nothing was accepted. Its text is for the company."""


class DocumentChanged(AcceptanceRefused):
    """Another document holds now than the one that was shown."""


class NotAccepted(AcceptanceRefused):
    """One of the documents was left out."""


def documents_to_accept(lead: Lead, *, now: dt.datetime | None = None) -> list[OfferDocument]:
    """The terms and the processor agreement that hold for this company: those of the last pack; where none was sent,
    the published versions, made and kept when they are first asked for. Refuses NotPublished."""
    current = _current(lead)
    if len(current) < len(AGREED):
        current = _make_missing(lead, now=now or timezone.now())
    return [current[kind] for kind in AGREED]


@transaction.atomic
def accept(
    lead: Lead, *, name: str, role: str, email: str, hashes: Mapping[str, str], now: dt.datetime, language: str
) -> list[Acceptance]:
    """Write down that `name` accepted the documents with these SHA-256 hashes by kind, and mail a copy in `language`.

    What was accepted before stays as it was. Refuses DocumentChanged, NotAccepted.
    """
    pipeline.lock(lead)
    accepted = []
    for document in documents_to_accept(lead, now=now):
        shown = hashes.get(document.kind, "")
        before = lead.acceptances.filter(kind=document.kind, sha256=document.sha256).first()
        if shown and shown != document.sha256:
            raise DocumentChanged(_("A newer document was sent to you meanwhile. Read it, and agree again."))
        if not shown and before is None:
            raise NotAccepted(_("Agree to both documents."))
        accepted.append(before or _write(lead, document, name=name, role=role, email=email, now=now))
    _mail_copy(lead, accepted, to=email, now=now, language=language)
    return accepted


def missing(lead: Lead) -> list[str]:
    """The kinds of documents that the company still has to accept."""
    current = _current(lead)
    done = set(lead.acceptances.values_list("kind", "sha256"))
    return [kind for kind in AGREED if kind not in current or (kind, current[kind].sha256) not in done]


class AcceptanceForm(forms.Form):
    """Name, role and a tick for each document, which it names by what was shown."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    role = forms.CharField(
        label=gettext_lazy("Your job title"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    def __init__(self, *args: Any, documents: Sequence[OfferDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [document.kind for document in documents]
        for document in documents:
            words = {"document": Paper(document.kind).label, "version": document.version.number}  # type: ignore[union-attr]
            self.fields[document.kind] = forms.BooleanField(
                label=_("We agree to the document “%(document)s”, version %(version)d") % words
            )
            self.fields[f"{document.kind}_hash"] = forms.RegexField(
                r"\A[0-9a-f]{64}\Z", initial=document.sha256, widget=forms.HiddenInput
            )

    @property
    def hashes(self) -> dict[str, str]:
        """What was shown of each document, of a form that is valid: what `accept` takes."""
        return {kind: self.cleaned_data[f"{kind}_hash"] for kind in self.kinds}


def _current(lead: Lead) -> dict[str, OfferDocument]:
    """The documents that hold, as far as they were made, by kind; without their bytes."""
    kept = lead.offer_documents.filter(kind__in=AGREED).select_related("version").defer("content", "version__body")
    pack = lead.offer_packs.order_by("-number").first()
    if pack is not None:
        return {document.kind: document for document in kept.filter(pack=pack)}
    accepted = set(lead.acceptances.values_list("document", flat=True))
    newest = {kind: DocumentVersion.objects.current(kind, lead.language) for kind in AGREED}
    return {
        document.kind: document
        for document in kept.order_by("made_at", "pk")
        if document.pk in accepted or document.version == newest[Paper(document.kind)]
    }


@transaction.atomic
def _make_missing(lead: Lead, *, now: dt.datetime) -> dict[str, OfferDocument]:
    """Make and keep the published versions that are not there yet. Whoever comes at the same time waits."""
    pipeline.lock(lead)
    current = _current(lead)
    for kind in AGREED:
        if kind not in current:
            current[kind] = offer.keep(lead, offer.make(lead, kind, now=now), pack=None, now=now)
    return current


def _write(lead: Lead, document: OfferDocument, *, name: str, role: str, email: str, now: dt.datetime) -> Acceptance:
    return Acceptance.objects.create(
        lead=lead,
        document=document,
        kind=document.kind,
        sha256=document.sha256,
        name=name,
        role=role,
        email=email,
        accepted_at=now,
    )


def _mail_copy(lead: Lead, accepted: list[Acceptance], *, to: str, now: dt.datetime, language: str) -> None:
    """Mail what was accepted, with the documents; the same rows go once."""
    about = "-".join(str(row.pk) for row in accepted)
    outbox.queue(
        compose(MAIL, {"lead": lead, "accepted": accepted}, language=language),
        to=to,
        key=f"accepted:{about}",
        now=now,
        attachments=[outbox.Attachment(row.document.name, offer.PDF, bytes(row.document.content)) for row in accepted],
    )
