"""Texts of documents: placeholders are replaced literally, markup is read before that, what is published stays."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from onboarding import documents
from onboarding.documents import Block, PublishedAlready, UnknownPlaceholder, check_text, fill, read_blocks
from onboarding.models import DocumentVersion, Paper
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_category, make_documents, make_staff

pytestmark = pytest.mark.django_db
HOSTILE = [
    "{budget}",
    "{{ 7|add:7 }}",
    "{% include 'base.html' %}",
    "{0.__class__}",
    "{company}",
    "%(budget)s %s",
    "<script>alert(1)</script>",
    "\\1 \\g<0>",
    "# Kop",
]


def words_of(pdf: bytes) -> str:
    """What a screen reader would be given: the text is glyphs, so what is read is the title and the bookmarks."""
    with pikepdf.open(BytesIO(pdf)) as file, file.open_outline() as outline:
        return " ".join([str(file.docinfo["/Title"]), *(str(item.title) for item in outline.root)])


@pytest.mark.parametrize("value", HOSTILE)
def test_value_is_put_in_as_it_is_and_not_read_again(value: str):
    assert fill("Aan {company}: {budget}.", {"company": value, "budget": "€ 250"}) == f"Aan {value}: € 250."


@pytest.mark.parametrize("value", HOSTILE)
def test_value_in_a_document_is_text(value: str):
    version = DocumentVersion(kind=Paper.TERMS, language="nl", number=1, title="{company}", body="{company}\n\n- x")
    lead = make_lead(company_name=value)
    values = documents.values_of(lead, now=NOW, language="nl")

    blocks = documents.filled_blocks(version.body, values)

    assert blocks == [Block("paragraph", [value]), Block("list", ["x"])]
    assert value in words_of(documents.version_pdf(version, values, now=NOW))


def test_markup_is_read():
    text = "# Een\n## Twee\nEerste\nregel\n\nTweede\n- a\n-  b\n\n- c\n#geen\n"

    assert read_blocks(text) == [
        Block("title", ["Een"]),
        Block("heading", ["Twee"]),
        Block("paragraph", ["Eerste", "regel"]),
        Block("paragraph", ["Tweede"]),
        Block("list", ["a", "b"]),
        Block("list", ["c"]),
        Block("paragraph", ["#geen"]),
    ]


@pytest.mark.parametrize("name", ["compny", " company", "company!r", "", "lead.company", "0", "Company"])
def test_unknown_placeholder_is_refused_by_name(name: str):
    with pytest.raises(UnknownPlaceholder) as refusal:
        check_text(f"{{company}} {{{name}}}")

    assert f"{{{name}}}" in str(refusal.value)


def test_every_placeholder_has_a_value():
    lead = make_lead(
        employees=40, budget=Decimal("250.00"), starts_on=dt.date(2027, 1, 4), owner=make_staff("c@t.example")
    )
    lead.categories.add(make_category("Bureaustoelen", "Desk chairs"))

    values = documents.values_of(lead, now=NOW, language="en")

    assert values.keys() == documents.PLACEHOLDERS.keys()
    assert (values["employees"], values["budget"], values["most"]) == ("40", "€\xa0250,00", "€\xa010.000,00")
    assert (values["months"], values["period"]) == ("3 months", "4 January 2027 to 4 April 2027")
    assert (values["categories"], values["date"]) == ("Desk chairs", "16 November 2026")


def test_what_is_not_known_is_a_dash_and_a_period_is_to_be_agreed():
    values = documents.values_of(make_lead(), now=NOW, language="nl")

    assert [values[name] for name in ("employees", "budget", "most", "categories")] == ["–"] * 4
    assert values["period"] == "vanaf een dag die we samen kiezen"


def test_first_versions_are_there_in_both_languages_and_hold_known_placeholders_only():
    make_documents()

    versions = DocumentVersion.objects.all()

    assert {(version.kind, version.language, version.number) for version in versions} == {
        (kind, language, 1)
        for kind in ("offer_letter", "terms", "processor")
        for language in ("nl", "en")
    }  # fmt: skip
    for version in versions:
        check_text(f"{version.title}\n{version.body}")
    annexes = {version.language: version.body for version in versions if version.kind == Paper.PROCESSOR_AGREEMENT}
    assert ("binnen 24 uur" in annexes["nl"], "within 24 hours" in annexes["en"]) == (True, True)
    assert ("90 dagen" in annexes["nl"], "90 days" in annexes["en"]) == (True, True)


def test_same_values_give_the_same_bytes():
    make_documents()
    version = documents.current_version(Paper.TERMS, "nl")
    values = documents.values_of(make_lead(), now=NOW, language="nl")

    first, second = (documents.version_pdf(version, values, now=NOW) for _turn in range(2))

    assert first == second


def test_published_version_never_changes():
    make_documents()
    version = documents.current_version(Paper.TERMS, "nl")

    for change in (lambda: DocumentVersion.objects.filter(pk=version.pk).update(body="x"), version.delete):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change()

    assert documents.current_version(Paper.TERMS, "nl").body == version.body


def test_new_version_is_a_copy_that_holds_once_it_is_published():
    make_documents()
    first, actor = documents.current_version(Paper.TERMS, "nl"), make_staff("c@t.example")

    draft = documents.begin_version(first, now=NOW)
    again = documents.begin_version(first, now=NOW)

    assert (draft, draft.number, draft.body, draft.is_published) == (again, 2, first.body, False)
    assert documents.current_version(Paper.TERMS, "nl") == first
    documents.publish(draft, now=NOW, actor=actor)
    assert documents.current_version(Paper.TERMS, "nl") == draft
    assert (draft.published_at, draft.published_by) == (NOW, actor)
    with pytest.raises(PublishedAlready):
        documents.publish(draft, now=NOW, actor=actor)


def test_draft_with_an_unknown_placeholder_is_not_published():
    make_documents()
    draft = documents.begin_version(documents.current_version(Paper.TERMS, "nl"), now=NOW)
    DocumentVersion.objects.filter(pk=draft.pk).update(body="{compny}")

    with pytest.raises(UnknownPlaceholder):
        documents.publish(draft, now=NOW, actor=make_staff("c@t.example"))

    draft.refresh_from_db()
    assert not draft.is_published


def test_number_is_unique_for_each_document_and_language():
    make_documents()

    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentVersion.objects.create(kind=Paper.TERMS, language="nl", number=1, title="x", body="x")
