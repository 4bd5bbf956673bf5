"""Texts of documents in the back office: edited as a draft, looked at, published, and then left alone."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding import documents
from onboarding.models import DocumentVersion, Paper
from tests.world import NOW, make_documents, make_user

LIST = "/admin/onboarding/documentversion/"


@pytest.fixture
def terms(office) -> DocumentVersion:
    make_documents()
    return documents.current_version(Paper.TERMS, "nl")


def page(version: DocumentVersion, name: str = "change") -> str:
    return f"{LIST}{version.pk}/{name}/"


def colleague(role: str):
    """Somebody with the rights that the migrations gave to this role."""
    user = make_user(f"{role}@t.example", role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def draft_of(office, version: DocumentVersion) -> DocumentVersion:
    office.post(page(version, "next"))
    return DocumentVersion.objects.get(kind=version.kind, language=version.language, number=version.number + 1)


def test_new_version_is_edited_and_published(office, terms, world):
    draft = draft_of(office, terms)

    office.post(page(draft), {"title": "Nieuw", "body": "Voor {company}"})
    office.post(page(draft, "publish"))

    draft.refresh_from_db()
    assert (draft.title, draft.body, draft.published_by) == ("Nieuw", "Voor {company}", world.coordinator)
    assert documents.current_version(Paper.TERMS, "nl") == draft


def test_unknown_placeholder_is_refused_with_its_name(office, terms):
    draft = draft_of(office, terms)

    answer = office.post(page(draft), {"title": "{compny}", "body": "{0.__class__}"})

    assert answer.context["adminform"].form.errors == {
        "title": ["Deze invulvelden bestaan niet: {compny}."],
        "body": ["Deze invulvelden bestaan niet: {0.__class__}."],
    }
    draft.refresh_from_db()
    assert draft.body == terms.body


def test_every_placeholder_is_listed_beside_the_field(office, terms):
    shown = office.get(page(draft_of(office, terms))).content.decode()

    assert [name for name in documents.PLACEHOLDERS if f"<code>{{{name}}}</code>" not in shown] == []


def test_published_version_is_not_edited(office, terms):
    answer = office.post(page(terms), {"title": "x", "body": "x"})

    before = terms.body
    terms.refresh_from_db()
    assert (answer.status_code, terms.body) == (403, before)


def test_version_is_looked_at_as_a_pdf(office, terms):
    answer = office.get(page(terms, "preview"))

    assert (answer.headers["Content-Type"], b"".join(answer)[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("name", ["next", "publish"])
def test_nothing_changes_by_looking(name, office, terms):
    count = DocumentVersion.objects.count()

    assert (office.get(page(terms, name)).status_code, DocumentVersion.objects.count()) == (404, count)


def test_coordinator_looks_and_administrator_edits(office, terms):
    office.client.force_login(colleague("coordinator"))
    by_coordinator = [office.get(page(terms)).status_code, office.post(page(terms, "next")).status_code]
    office.client.force_login(colleague("administrator"))
    by_administrator = [office.get(page(terms)).status_code, office.post(page(terms, "next")).status_code]
    office.client.force_login(colleague("finance"))
    by_finance = [office.get(page(terms)).status_code, office.get(page(terms, "preview")).status_code]

    assert (by_coordinator, by_administrator, by_finance) == ([200, 404], [200, 302], [403, 404])


def test_list_costs_the_same_for_more_versions(office, terms, world):
    costs = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert office.get(LIST).status_code == 200
        costs.append(len(asked))
        draft = draft_of(office, documents.current_version(Paper.TERMS, "nl"))
        documents.publish(draft, now=NOW, actor=world.coordinator)

    assert costs[0] == costs[1]
