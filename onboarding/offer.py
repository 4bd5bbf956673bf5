"""The offer pack: one mail with a summary and the documents to decide by, kept byte for byte as it was sent.

A form sends one pack: its token is unique, and whoever sends it twice waits at the lead and gets the first. The pack,
its files, the link for the data, the mail and the step of the lead are one transaction.
"""

import datetime as dt
from copy import copy
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from billing.specimen import specimen_of_offer
from onboarding import documents, links, pipeline
from onboarding.call_notes import LeadEnded, lead_figures
from onboarding.document_models import AGREED, ENCLOSED
from onboarding.models import DocumentVersion, Lead, OfferDocument, OfferPack, Paper, Purpose, Stage
from onboarding.offer_assortment import assortment_pdf, has_products
from portals.models import Company
from thuiswerk.lib.mail import Message, compose

MAIL = "onboarding/mail/offer_pack"
PDF = "application/pdf"
# Where a pack may go out: a second one replaces the first as long as the company has not handed over its data.
SENDABLE = frozenset({Stage.CALL_HELD, Stage.OFFER_SENT, Stage.AGREED})


class OfferRefused(pipeline.StepRefused):
    """No pack can go out; nothing was written."""


class NoCallHeld(OfferRefused):
    """The company was not spoken to yet."""


class TooLate(OfferRefused):
    """The company has agreed and handed over its data on what was sent before."""


class NoCategories(OfferRefused):
    """Nothing was chosen that an example assortment could show."""


class NoFigures(OfferRefused):
    """Budget or head count is not known, so there is no example invoice."""


@dataclass(frozen=True)
class Draft:
    """A pack as it would go out."""

    token: UUID
    to: str
    subject: str
    summary: str
    language: str


@dataclass(frozen=True)
class File:
    """A document as it was made."""

    kind: str
    name: str
    content: bytes
    version: DocumentVersion | None = None


def prepare(lead: Lead, *, now: dt.datetime) -> Draft:
    """The pack as it begins. Refuses LeadEnded, NoCallHeld, TooLate, NoCategories, NoFigures, NotPublished."""
    check(lead)
    letter = documents.current_version(Paper.OFFER_LETTER, lead.language)
    values = documents.values_of(lead, now=now, language=lead.language)
    return Draft(
        token=uuid4(),
        to=lead.email,
        subject=documents.fill(letter.title, values)[:200],
        summary=documents.fill(letter.body, values),
        language=lead.language,
    )


@transaction.atomic
def send(lead: Lead, *, to: str, subject: str, summary: str, now: dt.datetime, actor: User, token: UUID) -> OfferPack:
    """Make, keep and send the pack, and take the lead to its stage; the same token sends it once.

    Refuses LeadEnded, NoCallHeld, TooLate, NoCategories, NoFigures, NotPublished, OperatorIncomplete.
    """
    pipeline.lock(lead)
    sent = OfferPack.objects.filter(token=token).first()
    if sent is not None:
        return sent
    check(lead)
    files = [make(lead, kind, now=now) for kind in ENCLOSED]
    pack = OfferPack.objects.create(
        lead=lead,
        number=lead.offer_packs.count() + 1,
        token=token,
        language=lead.language,
        to=to,
        subject=subject,
        summary=summary,
        sent_at=now,
        sent_by=actor,
    )
    for file in files:
        keep(lead, file, pack=pack, now=now)
    link = links.make_link(lead, Purpose.INTAKE, name=lead.contact_name, email=to, now=now, actor=actor)
    outbox.queue(
        mail_of(lead, subject=subject, summary=summary, link=links.url_of(link)),
        to=to,
        key=f"offer-pack:{pack.pk}",
        now=now,
        attachments=[outbox.Attachment(file.name, PDF, file.content) for file in files],
    )
    pipeline.move(lead, Stage.OFFER_SENT, now=now, actor=actor)
    return pack


def check(lead: Lead) -> None:
    """Refuses LeadEnded, NoCallHeld, TooLate, NoCategories, NoFigures, NotPublished."""
    if not lead.is_open:
        raise LeadEnded(_("This lead has ended."))
    if lead.stage not in SENDABLE:
        if Stage.OFFER_SENT not in {step.to_stage for step in lead.steps.all()}:
            raise NoCallHeld(_("Hold the call first: set the lead to “call held”, and write down what was said."))
        raise TooLate(_("The company has handed over its data already; give the data back first."))
    figures = lead_figures(lead)
    if not figures.categories or not has_products(figures.categories):
        raise NoCategories(_("Choose categories in the notes of the call; products of them must be for sale."))
    if not figures.employees or not figures.budget:
        raise NoFigures(_("Note the number of employees and the budget per employee first: the example needs them."))
    for kind in AGREED:
        documents.current_version(kind, lead.language)


def make(lead: Lead, kind: str, *, now: dt.datetime) -> File:
    """One of the documents of this lead, as it would go out now. Refuses NotPublished, OperatorIncomplete."""
    content: bytes
    version = None
    if kind == Paper.EXAMPLE_ASSORTMENT:
        content = assortment_pdf(lead, now=now, language=lead.language)
    elif kind == Paper.EXAMPLE_INVOICE:
        content = _example_invoice(lead, now=now)
    else:
        version = documents.current_version(kind, lead.language)
        values = documents.values_of(lead, now=now, language=lead.language)
        content = documents.version_pdf(version, values, now=now)
    return File(kind, _file_name(kind, lead.language, version), content, version)


def keep(lead: Lead, file: File, *, pack: OfferPack | None, now: dt.datetime) -> OfferDocument:
    """Store a document as it was made, with its hash."""
    return OfferDocument.objects.create(
        lead=lead,
        pack=pack,
        kind=file.kind,
        version=file.version,
        name=file.name,
        content=file.content,
        sha256=sha256(file.content).hexdigest(),
        made_at=now,
    )


def mail_of(lead: Lead, *, subject: str, summary: str, link: str) -> Message:
    """The mail of a pack, as it is read."""
    context = {
        "subject": subject,
        "summary": summary.strip(),
        "blocks": documents.read_blocks(summary),
        "link": link,
        "papers": _labels(lead.language),
    }
    return compose(MAIL, context, language=lead.language)


def _labels(language: str) -> list[str]:
    with translation.override(language):
        return [str(Paper(kind).label) for kind in ENCLOSED]


def _example_invoice(lead: Lead, *, now: dt.datetime) -> bytes:
    figures = lead_figures(lead)
    company = (
        copy(lead.company)
        if lead.company
        else Company(
            name=lead.company_name,
            legal_name=lead.company_name,
            kvk_number=lead.register_number if lead.country == "NL" else "",
            enterprise_number=lead.register_number if lead.country == "BE" else "",
            country=lead.country,
            contact_name=lead.contact_name,
            invoice_email=lead.email,
        )
    )
    company.language = lead.language
    return specimen_of_offer(
        company,
        portal_name=f"{lead.company_name} Thuiswerkwinkel"[:80],
        employees=figures.employees or 0,
        budget=figures.budget or 0,  # type: ignore[arg-type]
        now=now,
    )


def _file_name(kind: str, language: str, version: DocumentVersion | None) -> str:
    """`voorwaarden-2.pdf`, in the company's language."""
    with translation.override(language):
        words = {
            Paper.EXAMPLE_ASSORTMENT: _("example-assortment"),
            Paper.EXAMPLE_INVOICE: _("example-invoice"),
            Paper.TERMS: _("terms-sheet"),
            Paper.PROCESSOR_AGREEMENT: _("processor-agreement"),
        }
    return f"{words[Paper(kind)]}{f'-{version.number}' if version else ''}.pdf"
