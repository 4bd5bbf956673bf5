"""One mail with its documents, sent once, and kept byte for byte."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import Mail, MailAttachment
from billing.models import Entry, Invoice
from billing.parties import OperatorIncomplete
from catalog.models import Product
from onboarding import documents, offer
from onboarding.call_notes import LeadEnded
from onboarding.models import (
    AccessLink,
    DocumentVersion,
    Lead,
    LeadStep,
    OfferDocument,
    OfferPack,
    Paper,
    Purpose,
    Stage,
)
from tests.onboarding.offers import TOKEN, make_called, send_pack
from tests.world import NOW, make_documents, make_staff

pytestmark = pytest.mark.django_db
NAMES = {
    "nl": ["voorbeeldassortiment.pdf", "voorbeeldfactuur.pdf", "conditieblad-1.pdf", "verwerkersovereenkomst-1.pdf"],
    "en": ["example-assortment.pdf", "example-invoice.pdf", "terms-sheet-1.pdf", "processor-agreement-1.pdf"],
}


def nothing_happened(lead: Lead) -> bool:
    rows = (OfferPack, OfferDocument, Mail, AccessLink, LeadStep)
    return [model.objects.count() for model in rows] == [0] * len(rows) and lead.stage == Lead.objects.get().stage


def test_draft_says_what_was_agreed_in_the_language_of_the_lead():
    draft = offer.prepare(make_called(language="en"), now=NOW)

    assert (draft.to, draft.language) == ("irma@initech.example", "en")
    assert draft.subject == "Your Thuiswerkwinkel: what it will look like"
    assert draft.summary.startswith("Dear Irma,\n")
    assert "- Credit per employee: €\xa0250,00\n- Categories: Desk chairs\n" in draft.summary
    assert "{" not in draft.summary


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pack_is_one_mail_with_four_documents(language: str, intake_page: str):
    lead, carla = make_called(language=language), make_staff("c@t.example")

    pack = send_pack(lead, carla, to="inkoop@initech.example", subject="Aan {company}", summary="- <b>a</b>")

    mail, link = Mail.objects.get(), AccessLink.objects.get()
    assert (mail.to, mail.subject) == ("inkoop@initech.example", "Aan {company}")
    assert (link.purpose, link.email, link.lead) == (Purpose.INTAKE, "inkoop@initech.example", lead)
    assert (f"{intake_page}{link.key}" in mail.text, f"{intake_page}{link.key}" in mail.html) == (True, True)
    assert ("<li>&lt;b&gt;a&lt;/b&gt;</li>" in mail.html, mail.text.startswith("- <b>a</b>\n")) == (True, True)
    assert [file.name for file in mail.files.order_by("pk")] == NAMES[language]
    assert (pack.number, pack.sent_by, pack.sent_at, lead.stage) == (1, carla, NOW, Stage.OFFER_SENT)


def test_kept_bytes_are_those_that_were_sent(intake_page: str):
    pack = send_pack(make_called(), make_staff("c@t.example"))

    kept = {document.name: document for document in pack.documents.all()}
    sent = {file.name: bytes(file.content) for file in MailAttachment.objects.all()}
    assert {name: bytes(document.content) for name, document in kept.items()} == sent
    assert {name: document.sha256 for name, document in kept.items()} == {
        name: sha256(content).hexdigest() for name, content in sent.items()
    }
    assert {document.kind: document.version and document.version.number for document in kept.values()} == {
        "assortment": None, "invoice": None, "terms": 1, "processor": 1,
    }  # fmt: skip


@pytest.mark.parametrize("model", [OfferPack, OfferDocument])
def test_what_was_sent_never_changes(model: type, intake_page: str):
    send_pack(make_called(), make_staff("c@t.example"))

    for change in (lambda: model.objects.update(lead=None), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change()


def test_form_that_is_sent_twice_sends_one_pack(intake_page: str):
    lead, carla = make_called(), make_staff("c@t.example")

    first, second = (send_pack(lead, carla, token=TOKEN) for _turn in range(2))

    assert first == second
    assert [model.objects.count() for model in (OfferPack, Mail, LeadStep)] == [1, 1, 1]


def test_second_round_has_the_texts_of_now_and_leaves_the_first(intake_page: str):
    lead, carla = make_called(), make_staff("c@t.example")
    first = send_pack(lead, carla)
    draft = documents.begin_version(DocumentVersion.objects.current(Paper.TERMS, "nl"), now=NOW)
    documents.publish(draft, now=NOW, actor=carla)

    second = send_pack(lead, carla)

    assert (first.number, second.number) == (1, 2)
    versions = [pack.documents.get(kind=Paper.TERMS).version.number for pack in (first, second)]
    assert versions == [1, 2]
    assert (Mail.objects.count(), AccessLink.objects.count(), LeadStep.objects.count()) == (2, 1, 1)


def test_example_invoice_touches_no_ledger_and_has_the_figures_of_the_company(intake_page: str):
    send_pack(make_called(), make_staff("c@t.example"))

    assert (Invoice.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "stage", [Stage.NEW, Stage.TO_CALL, Stage.CALLED, Stage.CALL_PLANNED, Stage.DATA_RECEIVED, Stage.LIVE, Stage.LOST]
)
def test_lead_that_is_not_at_its_offer_is_refused(stage: Stage):
    lead = make_called()
    Lead.objects.update(stage=stage, lost_reason="budget")
    lead.refresh_from_db()
    refusal = LeadEnded if stage in (Stage.LIVE, Stage.LOST) else offer.NoCallHeld

    for act in (lambda: offer.prepare(lead, now=NOW), lambda: sent_blindly(lead)):
        with pytest.raises(refusal):
            act()

    assert nothing_happened(lead)


def sent_blindly(lead: Lead) -> OfferPack:
    actor = make_staff(f"{uuid4()}@t.example")
    return offer.send(lead, to="a@a.example", subject="x", summary="x", now=NOW, actor=actor, token=uuid4())


def test_company_that_handed_over_its_data_gets_no_other_pack(intake_page: str):
    lead = make_called()
    send_pack(lead, make_staff("c@t.example"))
    Lead.objects.update(stage=Stage.DATA_RECEIVED)
    lead.refresh_from_db()

    with pytest.raises(offer.TooLate):
        sent_blindly(lead)

    assert OfferPack.objects.count() == 1


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda lead: lead.categories.clear(), offer.NoCategories),
        (lambda lead: Product.objects.update(is_active=False), offer.NoCategories),
        (lambda lead: Lead.objects.update(budget=None), offer.NoFigures),
        (lambda lead: Lead.objects.update(budget=0), offer.NoFigures),
        (lambda lead: Lead.objects.update(employees=None), offer.NoFigures),
        (lambda lead: Lead.objects.update(language="fr"), documents.NotPublished),
    ],
)
def test_pack_that_would_lack_something_is_refused_whole(spoil, refusal):
    lead = make_called()
    spoil(lead)
    lead.refresh_from_db()

    for act in (lambda: offer.prepare(lead, now=NOW), lambda: sent_blindly(lead)):
        with pytest.raises(refusal):
            act()

    assert nothing_happened(lead)


def test_operator_that_cannot_invoice_sends_no_pack(settings):
    lead = make_called()
    settings.OPERATOR = settings.OPERATOR | {"iban": ""}

    with pytest.raises(OperatorIncomplete):
        sent_blindly(lead)

    assert nothing_happened(lead)


@pytest.mark.django_db(transaction=True)
def test_double_click_sends_one_mail(intake_page: str):
    make_documents()
    lead, carla = make_called(), make_staff("c@t.example")
    barrier = Barrier(4)

    def click(_turn: int) -> int:
        try:
            mine = Lead.objects.get(pk=lead.pk)
            barrier.wait()
            return send_pack(mine, carla, token=TOKEN).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        packs = set(pool.map(click, range(4)))

    assert len(packs) == 1
    assert [model.objects.count() for model in (OfferPack, Mail, LeadStep)] == [1, 1, 1]
    assert (OfferDocument.objects.count(), MailAttachment.objects.count()) == (4, 4)
