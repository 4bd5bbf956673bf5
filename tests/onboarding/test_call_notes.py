"""The notes of the call come before what the form said, and what they said before stays readable."""

import datetime as dt
from decimal import Decimal

import pytest

from onboarding import call_notes
from onboarding.call_notes import FIELDS, LeadEnded, lead_figures
from onboarding.models import Lead, LeadNote, Stage
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_category, make_staff

pytestmark = pytest.mark.django_db


def said(**fields):
    nothing = dict.fromkeys(FIELDS, "") | dict.fromkeys(("head_count", "budget", "starts_on"))
    return nothing | {"months": 3, "categories": []} | fields


def asked() -> Lead:
    lead = make_lead(
        Stage.CALL_HELD, employees=40, budget=Decimal(200), starts_on=dt.date(2027, 1, 4), wishes="Groene stoelen"
    )
    lead.categories.add(make_category("Bureaus", "Desks"))
    return lead


def test_figures_are_those_of_the_form_until_there_are_notes():
    lead = asked()

    figures = lead_figures(lead)

    assert (figures.employees, figures.budget, figures.starts_on) == (40, Decimal(200), dt.date(2027, 1, 4))
    assert (figures.months, figures.wishes) == (3, "Groene stoelen")
    assert [category.name_nl for category in figures.categories] == ["Bureaus"]


def test_notes_come_first_and_what_they_leave_open_is_the_form():
    lead, chairs = asked(), make_category("Stoelen")

    call_notes.write(lead, said(head_count=55, months=6, categories=[chairs]), now=NOW, actor=make_staff("c@t.example"))

    for figures in (lead_figures(lead), lead_figures(Lead.objects.get())):
        assert (figures.employees, figures.budget, figures.months) == (55, Decimal(200), 6)
        assert (figures.categories, figures.wishes) == ([chairs], "Groene stoelen")


def test_budget_of_nothing_is_a_figure():
    lead = asked()

    call_notes.write(lead, said(budget=Decimal(0)), now=NOW, actor=make_staff("c@t.example"))

    assert lead_figures(lead).budget == 0


def test_what_changed_is_kept_as_a_note():
    lead, carla = asked(), make_staff("c@t.example")

    call_notes.write(lead, said(budget=Decimal(250), needs="Stoelen"), now=NOW, actor=carla)
    call_notes.write(lead, said(budget=Decimal(300), needs="Stoelen"), now=NOW, actor=carla)
    call_notes.write(lead, said(budget=Decimal(300), needs="Stoelen"), now=NOW, actor=carla)

    texts = [note.text for note in LeadNote.objects.order_by("pk")]
    assert texts == [
        "Uit het gesprek:\nBehoeften: Stoelen\nBudget per medewerker: €\xa0250,00\nMaanden: 3",
        "Uit het gesprek:\nBudget per medewerker: €\xa0300,00",
    ]
    assert {note.author for note in LeadNote.objects.all()} == {carla}


@pytest.mark.parametrize("stage", [Stage.LOST, Stage.LIVE])
def test_lead_that_has_ended_gets_no_notes(stage: Stage):
    lead = make_lead(stage)

    with pytest.raises(LeadEnded):
        call_notes.write(lead, said(), now=NOW, actor=make_staff("c@t.example"))

    assert LeadNote.objects.count() == 0
