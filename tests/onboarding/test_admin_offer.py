"""The coordinator's screens of call notes and offer pack: nothing goes out before the button is pushed."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from onboarding.acceptance import accept, documents_to_accept
from onboarding.models import CallNotes, Lead, OfferDocument, OfferPack, Stage
from tests.onboarding.offers import make_called, send_pack
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_category, make_colleague


def address(lead: Lead, page: str = "change/") -> str:
    return f"/admin/onboarding/lead/{lead.pk}/{page}"


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_notes_begin_with_what_the_form_said(office):
    lead = make_called(wishes="Groene stoelen")

    form = office.get(address(lead, "call-notes/")).context["form"]

    assert (form["head_count"].value(), str(form["budget"].value()), form["months"].value()) == (40, "250.00", 3)
    assert form["wishes"].value() == "Groene stoelen"


def test_notes_are_kept_and_shown_with_the_lead(office):
    lead, desks = make_called(), make_category("Bureaus")
    filled = {"needs": "Een goede stoel", "months": "6", "budget": "300", "categories": [desks.pk]}

    answer = office.post(address(lead, "call-notes/"), filled)

    notes = CallNotes.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, address(lead))
    assert (notes.lead, notes.months, notes.budget, list(notes.categories.all())) == (lead, 6, 300, [desks])
    assert "Behoeften: Een goede stoel" in words(office.get(address(lead)))
    assert office.get(address(lead, "call-notes/")).context["form"]["needs"].value() == "Een goede stoel"


@pytest.mark.parametrize("filled", [{"months": "0"}, {"months": "3", "budget": "-1"}, {"months": "x"}])
def test_notes_that_make_no_sense_are_asked_again(office, filled):
    lead = make_called()

    answer = office.post(address(lead, "call-notes/"), filled)

    assert (answer.status_code, CallNotes.objects.count(), answer.context["form"].is_valid()) == (200, 0, False)


def test_pack_is_shown_first_and_nothing_goes(office):
    lead = make_called()

    page = office.get(address(lead, "offer/"))

    assert page.context["form"]["to"].value() == "irma@initech.example"
    assert "Wat we voor Initech maken" in words(page)
    for kind in ("assortment", "invoice", "terms", "processor"):
        shown = office.get(address(lead, f"offer/preview/{kind}/"))
        assert (shown.headers["Content-Type"], b"".join(shown)[:5]) == ("application/pdf", b"%PDF-")
    assert (OfferPack.objects.count(), OfferDocument.objects.count(), Mail.objects.count()) == (0, 0, 0)


def test_changed_mail_is_shown_again_as_it_was_changed(office):
    lead = make_called()
    token = office.get(address(lead, "offer/")).context["form"]["token"].value()
    changed = {"to": "x@initech.example", "subject": "Ons <b>plan</b>", "summary": "- Een\n- Twee", "token": token}

    page = office.post(address(lead, "offer/"), changed)

    assert "<h4>Ons &lt;b&gt;plan&lt;/b&gt;</h4>" in page.content.decode()
    assert "<li>Een</li><li>Twee</li>" in page.content.decode()
    assert page.context["form"]["token"].value() == str(token)
    assert Mail.objects.count() == 0


def test_pack_goes_once_and_stands_with_the_lead(office, intake_page):
    lead = make_called()
    said = {"to": "x@initech.example", "subject": "Ons plan", "summary": "Dag", "token": str(uuid4())}

    for _turn in range(2):
        answer = office.post(address(lead, "offer/send/"), said)

    lead.refresh_from_db()
    page = office.get(address(lead))
    assert (answer.headers["Location"], lead.stage, Mail.objects.count()) == (address(lead), Stage.OFFER_SENT, 1)
    assert "Pakket 1 : Ons plan" in words(page)
    for document in OfferDocument.objects.all():
        link = address(lead, f"documents/{document.pk}/")
        assert link in page.content.decode()
        assert b"".join(office.get(link)) == bytes(document.content)


@pytest.mark.parametrize("spoilt", [{"to": "nobody"}, {"subject": ""}, {"summary": " "}, {"token": "x"}])
def test_mail_that_is_not_right_is_asked_again(office, spoilt):
    lead = make_called()
    said = {"to": "x@initech.example", "subject": "Ons plan", "summary": "Dag", "token": str(uuid4())}

    answer = office.post(address(lead, "offer/send/"), said | spoilt)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, list(spoilt))
    assert OfferPack.objects.count() == 0


def test_subject_of_two_lines_cannot_make_another_header(office, intake_page):
    lead = make_called()
    said = {"to": "x@initech.example", "subject": "Plan\r\nBcc: y@y.example", "summary": "Dag", "token": str(uuid4())}

    office.post(address(lead, "offer/send/"), said)

    assert [subject for subject in Mail.objects.values_list("subject", flat=True) if "\n" in subject] == []


def test_lead_that_was_not_called_is_told_why(office):
    lead = make_lead(Stage.TO_CALL)

    page = office.get(address(lead, "offer/"))

    assert "Voer eerst het gesprek" in words(page)
    assert "form" not in page.context


def test_document_of_another_lead_is_not_found(office, intake_page):
    mine, theirs = make_called(), make_called(company_name="Globex", email="g@globex.example")
    send_pack(theirs, make_colleague("carla@t.example", "Carla", role="coordinator"))
    document = OfferDocument.objects.first()

    assert office.get(address(mine, f"documents/{document.pk}/")).status_code == 404
    assert office.get(address(theirs, f"documents/{document.pk}/")).status_code == 200


@pytest.mark.parametrize("page", ["call-notes/", "offer/", "offer/send/", "offer/preview/terms/", "documents/1/"])
def test_screens_are_for_who_may_change_leads(page, office):
    lead = make_called()
    office.client.force_login(make_colleague("fin@t.example", "Fien", role="finance"))

    assert [act(address(lead, page)).status_code for act in (office.get, office.post)] == [404, 404]


@pytest.mark.parametrize("page", ["offer/send/", "offer/preview/offer_letter/", "offer/preview/x/", "documents/1/"])
def test_what_is_not_there_is_not_found(page, office):
    assert office.get(address(make_called(), page)).status_code == 404


def test_page_of_a_lead_costs_the_same_for_one_pack_and_three(office, world, intake_page):
    lead, costs = make_called(), []
    for turn in range(3):
        send_pack(lead, world.coordinator)
        hashes = {document.kind: document.sha256 for document in documents_to_accept(lead)}
        accept(lead, name="I", role="HR", email="i@i.example", hashes=hashes, now=NOW, language="nl")
        if turn != 1:
            with CaptureQueriesContext(connection) as asked:
                assert "Pakket 1" in words(office.get(address(lead)))
            costs.append(len(asked))
            assert [query for query in asked if '"onboarding_offerdocument"."content"' in query["sql"]] == []

    assert costs[0] == costs[1]
