"""A company books its call on a narrow phone without scripts, moves it and calls it off, in both languages."""

import pytest
from playwright.sync_api import expect

from onboarding.links import make_link, token_of
from onboarding.models import Appointment, Purpose
from tests.onboarding.calls import at, make_coordinator, make_lead_of
from tests.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)
DUTCH = {
    "choose": "Kies een tijd voor ons gesprek", "zone": "Je tijdzone", "show": "Toon de tijden", "time": "4:00",
    "day": "dinsdag 17 november 2026", "confirm": "Klopt dit?", "make": "Afspraak maken", "yours": "Je afspraak",
    "other": "Kies een andere tijd", "move": "Afspraak verzetten", "cancel": "Afspraak afzeggen",
    "sure": "De afspraak afzeggen?",
}  # fmt: skip
ENGLISH = {
    "choose": "Choose a time for our call", "zone": "Your time zone", "show": "Show the times", "time": "4:00",
    "day": "Tuesday 17 November 2026", "confirm": "Is this right?", "make": "Make the appointment",
    "yours": "Your appointment", "other": "Choose another time", "move": "Move the appointment",
    "cancel": "Cancel the appointment", "sure": "Cancel the appointment?",
}  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("nl-NL", DUTCH), ("en", ENGLISH)], ids=["nl", "en"])
@pytest.mark.parametrize(("width", "scripts", "dark"), [(360, False, False), (1280, True, True)], ids=["phone", "desk"])
def test_company_books_moves_and_cancels_by_its_link(visit, world, language, words, width, scripts, dark):
    lead = make_lead_of(make_coordinator(), language=language[:2])
    link = make_link(lead, Purpose.BOOKING, name="Irma", email=lead.email, now=NOW)
    visitor = visit(width=width, scripts=scripts, dark=dark, language=language)

    visitor.open(f"{visitor.site.main}/booking/{token_of(link)}/")
    visitor.arrives_at(words["choose"])
    visitor.check()
    visitor.field(words["zone"]).select_option("America/New_York")
    visitor.button(words["show"]).click()
    visitor.check()
    visitor.button(f"{words['time']} 10:00 Amsterdam, {words['day']}").click()
    visitor.arrives_at(words["confirm"])
    visitor.check()
    visitor.button(words["make"]).click()
    visitor.arrives_at(words["yours"])
    expect(visitor.page.get_by_role("alert").or_(visitor.page.get_by_role("status")).first).to_be_visible()
    visitor.check()
    assert Appointment.objects.get().starts_at == at("2026-11-17", "10:00")

    visitor.link(words["other"]).click()
    visitor.arrives_at(words["other"])
    visitor.check()
    visitor.button(f"5:00 11:00 Amsterdam, {words['day']}").click()
    visitor.button(words["move"]).click()
    visitor.arrives_at(words["yours"])
    assert Appointment.objects.get().starts_at == at("2026-11-17", "11:00")

    visitor.link(words["cancel"]).click()
    visitor.arrives_at(words["sure"])
    visitor.check()
    visitor.button(words["cancel"]).click()
    visitor.arrives_at(words["choose"])
    assert Appointment.objects.standing().count() == 0
