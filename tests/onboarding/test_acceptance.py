"""A company accepts the exact bytes that it was shown, once, and gets a copy."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import Mail
from onboarding import documents
from onboarding.acceptance import (
    AcceptanceForm,
    DocumentChanged,
    NotAccepted,
    accept,
    documents_to_accept,
    missing,
)
from onboarding.models import Acceptance, DocumentVersion, Lead, OfferDocument, Paper
from tests.onboarding.offers import make_called, send_pack
from tests.world import NOW, make_staff

pytestmark = pytest.mark.django_db
BOTH = [Paper.TERMS, Paper.PROCESSOR_AGREEMENT]


def shown(lead: Lead) -> dict[str, str]:
    return {document.kind: document.sha256 for document in documents_to_accept(lead, now=NOW)}


def agree(lead: Lead, hashes: dict[str, str], **fields: str) -> list[Acceptance]:
    said = {"name": "Irma de Boer", "role": "HR", "email": "irma@initech.example", "language": "nl"} | fields
    return accept(lead, hashes=hashes, now=NOW, **said)


def new_terms() -> DocumentVersion:
    draft = documents.begin_version(DocumentVersion.objects.current(Paper.TERMS, "nl"), now=NOW)
    documents.publish(draft, now=NOW, actor=make_staff("admin@t.example"))
    return draft


def test_documents_are_those_of_the_last_pack(intake_page: str):
    lead, carla = make_called(), make_staff("c@t.example")
    send_pack(lead, carla)
    last = send_pack(lead, carla)
    new_terms()

    assert documents_to_accept(lead) == [last.documents.get(kind=kind) for kind in BOTH]
    assert missing(lead) == BOTH


def test_without_a_pack_the_published_versions_are_made_once():
    lead = make_called()

    first, second = documents_to_accept(lead), documents_to_accept(lead)

    assert [document.kind for document in first] == BOTH
    assert (first == second, OfferDocument.objects.count(), first[0].pack) == (True, 2, None)
    assert all(document.is_intact for document in OfferDocument.objects.all())


def test_acceptance_names_version_person_time_and_hash(intake_page: str):
    lead = make_called()
    send_pack(lead, make_staff("c@t.example"))

    accepted = agree(lead, shown(lead))

    assert [(row.kind, row.name, row.role, row.email, row.accepted_at) for row in accepted] == [
        (kind, "Irma de Boer", "HR", "irma@initech.example", NOW) for kind in BOTH
    ]
    assert [(row.sha256, row.document.version.number) for row in accepted] == [
        (document.sha256, 1) for document in documents_to_accept(lead)
    ]
    assert missing(lead) == []


def test_copy_goes_by_mail_once_with_the_bytes():
    lead = make_called()
    hashes = shown(lead)

    first, second = agree(lead, hashes), agree(lead, hashes, name="Iemand anders")

    mail = Mail.objects.get()
    assert (first == second, Acceptance.objects.count(), second[0].name) == (True, 2, "Irma de Boer")
    assert (mail.to, mail.subject) == ("irma@initech.example", "Het akkoord van Initech")
    assert {bytes(file.content) for file in mail.files.all()} == {
        bytes(document.content) for document in documents_to_accept(lead)
    }
    assert [digest for digest in hashes.values() if digest not in mail.text or digest not in mail.html] == []


def test_document_that_was_replaced_meanwhile_is_not_accepted(intake_page: str):
    lead, carla = make_called(), make_staff("c@t.example")
    send_pack(lead, carla)
    before = shown(lead)
    new_terms()
    send_pack(lead, carla)
    Mail.objects.all().delete()

    with pytest.raises(DocumentChanged):
        agree(lead, before)

    assert (Acceptance.objects.count(), Mail.objects.count(), missing(lead)) == (0, 0, BOTH)


def test_only_what_is_new_is_asked_again(intake_page: str):
    lead, carla = make_called(), make_staff("c@t.example")
    send_pack(lead, carla)
    agree(lead, shown(lead))
    new_terms()
    send_pack(lead, carla)

    assert missing(lead) == [Paper.TERMS]
    agree(lead, shown(lead))
    assert (missing(lead), Acceptance.objects.count()) == ([], 3)


@pytest.mark.parametrize("kind", BOTH)
def test_one_of_two_is_not_enough(kind: str):
    lead = make_called()
    hashes = {name: digest for name, digest in shown(lead).items() if name != kind}

    with pytest.raises(NotAccepted):
        agree(lead, hashes)

    assert Acceptance.objects.count() == 0


def test_what_was_accepted_without_a_pack_stays_accepted_when_a_version_is_published():
    lead = make_called()
    agree(lead, shown(lead))

    new_terms()

    assert missing(lead) == []


def test_version_that_is_published_before_anybody_agreed_is_shown_instead():
    lead = make_called()
    before = shown(lead)

    draft = new_terms()

    assert documents_to_accept(lead)[0].version == draft
    with pytest.raises(DocumentChanged):
        agree(lead, before)


def test_hash_of_another_company_is_refused():
    mine, theirs = make_called(), make_called(company_name="Globex", email="g@globex.example")

    with pytest.raises(DocumentChanged):
        agree(mine, shown(theirs))


def test_acceptance_is_append_only():
    lead = make_called()
    agree(lead, shown(lead))

    for change in (lambda: Acceptance.objects.update(name="x"), Acceptance.objects.all().delete):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change()


def test_missing_loads_no_files(django_assert_num_queries, intake_page: str):
    lead = make_called()
    send_pack(lead, make_staff("c@t.example"))

    with django_assert_num_queries(3) as asked:
        missing(lead)

    assert [query["sql"] for query in asked.captured_queries if '"content"' in query["sql"]] == []


def test_form_asks_for_each_document_and_keeps_what_was_shown():
    papers = documents_to_accept(make_called())
    hashes = {document.kind: document.sha256 for document in papers}
    filled = {"name": "Irma", "role": "HR"} | {f"{kind}_hash": digest for kind, digest in hashes.items()}
    ticked = dict.fromkeys(hashes, "on")

    whole, half = (AcceptanceForm(data, documents=papers) for data in (filled | ticked, filled | {"terms": "on"}))

    assert (whole.is_valid(), whole.hashes) == (True, hashes)
    assert (half.is_valid(), list(half.errors)) == (False, ["processor"])


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_accept_once():
    lead = make_called()
    hashes, barrier = shown(lead), Barrier(4)

    def click(turn: int) -> list[int]:
        try:
            mine = Lead.objects.get(pk=lead.pk)
            barrier.wait()
            return [row.pk for row in agree(mine, hashes, name=f"Persoon {turn}")]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        accepted = list(pool.map(click, range(4)))

    assert accepted == [accepted[0]] * 4
    assert (Acceptance.objects.count(), Mail.objects.count()) == (2, 1)
