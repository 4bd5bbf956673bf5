"""The pages behind a booking link."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.models import Mail
from onboarding import appointments, links, pipeline
from onboarding.links import make_link, token_of
from onboarding.models import AccessLink, Appointment, Coordinator, LostReason, Purpose, Stage
from tests.onboarding.calls import VIDEO, at, book, make_coordinator, make_lead_of
from tests.world import NOW, make_staff

pytestmark = pytest.mark.django_db
NINE = at("2026-11-17", "09:00")
FORM = {"at": "2026-11-17T08:00Z", "minutes": "30", "zone": "Europe/Amsterdam"}


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coen(db) -> Coordinator:
    return make_coordinator()


@pytest.fixture
def link(coen) -> AccessLink:
    return link_of(make_lead_of(coen))


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def link_of(lead, purpose=Purpose.BOOKING) -> AccessLink:
    return make_link(lead, purpose, name="Irma", email="irma@initech.example", now=NOW)


def page(link: AccessLink, more: str = "") -> str:
    return f"/booking/{token_of(link)}/{more}"


def test_page_offers_the_times_by_day(client, link):
    text = client.get(page(link)).text

    assert "<h3>Dinsdag 17 november 2026</h3>" in text
    assert text.count('name="at"') == len(appointments.slots.free_slots(Coordinator.objects.get(), minutes=30, now=NOW))
    assert 'value="2026-11-17T08:00Z" aria-label="9:00, dinsdag 17 november 2026"' in text


def test_page_costs_as_many_queries_with_three_appointments_as_with_one(client, link, coen):
    client.get(page(link))
    counts = []
    for number in range(3):
        book(make_lead_of(coen, email=f"{number}@x.example"), NINE + dt.timedelta(hours=number / 2))
        with CaptureQueriesContext(connection) as queries:
            client.get(page(link))
        counts.append(len(queries))

    assert counts == [counts[0]] * 3


def test_times_are_of_the_zone_that_was_chosen_and_it_is_remembered(client, link):
    asked = {"minutes": "60", "zone": "America/New_York"}

    text = client.get(page(link), asked).text
    again = client.get(page(link)).text

    for shown in (text, again):
        assert 'aria-label="3:00 9:00 Amsterdam, dinsdag 17 november 2026"' in shown
        assert '<option value="America/New_York" selected>' in shown


def test_time_is_confirmed_before_it_is_booked(client, link):
    asked = client.get(page(link), FORM)
    assert "dinsdag 17 november 2026, 9:00–9:30" in asked.text
    assert Appointment.objects.count() == 0

    done = client.post(page(link), FORM)

    appointment = Appointment.objects.get()
    assert (done.status_code, done.url) == (302, page(link))
    assert (appointment.starts_at, appointment.name, appointment.email) == (NINE, "Irma", "irma@initech.example")
    shown = client.get(page(link)).text
    assert "dinsdag 17 november 2026, 9:00–9:30" in shown
    assert VIDEO in shown


def test_form_that_is_sent_twice_books_once(client, link):
    for _ in range(2):
        assert client.post(page(link), FORM).url == page(link)

    assert (Appointment.objects.count(), Mail.objects.count()) == (1, 2)


def test_taken_time_is_said_and_the_rest_of_the_choice_stays(client, link, coen):
    book(make_lead_of(coen, email="other@x.example"), NINE)
    chosen = FORM | {"minutes": "60", "zone": "Europe/London"}

    for answer in (client.post(page(link), chosen, follow=True), client.get(page(link), chosen, follow=True)):
        assert "Iemand anders nam net deze tijd" in answer.text
        assert answer.redirect_chain == [(f"{page(link)}?minutes=60&zone=Europe%2FLondon", 302)]
        assert "2026-11-17T08:00Z" not in answer.text
        assert "2026-11-17T08:30Z" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "2026-11-17T08:00"},
        {"at": "yesterday"},
        {"at": ""},
        {"at": "2026-11-17T08:15Z"},
        {"at": "9999-12-31T23:59-23:00"},
        {"at": "0001-01-01T00:00+23:00"},
        {"at": "2026-11-17T08:00\0Z"},
        {"minutes": "45"},
        {"minutes": "9" * 5000},
        {"zone": "Mars/Phobos"},
        {"zone": "../../etc/passwd"},
    ],
)
def test_nonsense_books_nothing_and_shows_the_times(client, link, wrong):
    for answer in (
        client.post(page(link), FORM | wrong, follow=True),
        client.get(page(link), FORM | wrong, follow=True),
    ):
        assert answer.status_code == 200
        assert "Kies een tijd voor ons gesprek" in answer.text
    assert Appointment.objects.count() == 0


def test_moving_by_the_link(client, link):
    client.post(page(link), FORM)

    assert "Kies een andere tijd" in client.get(page(link, "move/")).text
    done = client.post(page(link, "move/"), FORM | {"at": "2026-11-18T08:00Z"})

    assert done.url == page(link)
    assert Appointment.objects.get().starts_at == at("2026-11-18", "09:00")


def test_cancelling_by_the_link_and_booking_again(client, link):
    client.post(page(link), FORM)
    assert "De afspraak afzeggen?" in client.get(page(link, "cancel/")).text
    assert Appointment.objects.standing().count() == 1

    client.post(page(link, "cancel/"))

    assert Appointment.objects.standing().count() == 0
    for more in ("cancel/", "move/", "thuiswerk.ics"):
        assert client.get(page(link, more)).url == page(link)
    assert client.post(page(link, "cancel/")).url == page(link)
    client.post(page(link), FORM)
    assert Appointment.objects.standing().count() == 1


def test_calendar_file_to_take_along(client, link):
    client.post(page(link), FORM)

    answer = client.get(page(link, "thuiswerk.ics"))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.events
    assert (str(calendar["method"]), event.start, "attendee" in event) == ("PUBLISH", NINE, False)


def test_link_of_another_company_knows_nothing_of_this_one(client, link, coen):
    client.post(page(link), FORM)
    other = link_of(make_lead_of(coen, company_name="Globex", email="g@globex.example"))

    assert "Kies een tijd voor ons gesprek" in client.get(page(other)).text
    for more in ("cancel/", "move/"):
        client.post(page(other, more), FORM | {"at": "2026-11-18T08:00Z"})
    assert client.get(page(other, "thuiswerk.ics")).url == page(other)
    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.cancelled_at) == (NINE, None)


def test_link_that_is_wrong_of_another_purpose_revoked_or_of_a_lost_lead_is_refused(client, link, coen):
    client.post(page(link), FORM)
    other = link_of(link.lead, Purpose.INTAKE)
    lost = link_of(make_lead_of(coen, email="lost@x.example"))
    pipeline.lose(lost.lead, reason=LostReason.LATER, now=NOW, actor=make_staff("c@t.example"))
    bad = [f"{token_of(link)}x", link.key, token_of(other), token_of(lost), "x.y"]

    for token in bad:
        for more in ("", "move/", "cancel/", "thuiswerk.ics"):
            for answer in (client.get(f"/booking/{token}/{more}"), client.post(f"/booking/{token}/{more}", FORM)):
                assert (answer.status_code, "Deze link werkt niet" in answer.text) == (404, True)
                assert "Initech" not in answer.text
    assert Appointment.objects.standing().count() == 1


def test_old_link_offers_a_new_one(client, link):
    with time_machine.travel(link.expires_at):
        answer = client.get(page(link))

    assert (answer.status_code, "Deze link is verlopen" in answer.text) == (410, True)


def test_link_holds_past_the_call_that_it_booked(client, link):
    late = link.expires_at - dt.timedelta(minutes=1)
    with time_machine.travel(late, tick=False):
        answer = client.get(page(link))
        last = answer.text.rpartition('name="at" value="')[2][:17]
        client.post(page(link), FORM | {"at": last})

    link.refresh_from_db()
    assert link.expires_at > Appointment.objects.get().ends_at


def test_outside_scheduler_stands_in_the_place_of_the_times(client, link, coen):
    coen.scheduler_link = "https://scheduler.example/coen"
    coen.save()

    for answer in (client.get(page(link)), client.post(page(link), FORM)):
        assert 'href="https://scheduler.example/coen"' in answer.text
        assert 'name="at"' not in answer.text
    assert Appointment.objects.count() == 0


def test_lead_without_coordinator_says_whom_to_call(client, link):
    link.lead.owner = None
    link.lead.save()

    assert "kun je nu bij niemand een tijd kiezen" in client.get(page(link)).text


def test_call_that_has_begun_shows_its_video_and_no_way_out(client, link):
    client.post(page(link), FORM)

    with time_machine.travel(NINE + dt.timedelta(minutes=5), tick=False):
        shown = client.get(page(link)).text
        client.post(page(link, "cancel/"))

    assert (VIDEO in shown, page(link, "cancel/") in shown) == (True, False)
    assert Appointment.objects.standing().count() == 1


def test_nothing_free_says_whom_to_call(client, link, coen):
    coen.hours.all().delete()

    assert "De komende drie weken is er niets vrij" in client.get(page(link)).text


def test_pages_speak_english(client, link):
    client.cookies["django_language"] = "en"

    assert "Tuesday 17 November 2026" in client.get(page(link)).text
    assert links.url_of(link).endswith(page(link))
    assert link.lead.stage == Stage.TO_CALL


def test_link_that_sends_too_much_changes_nothing_more_today(client, link, coen, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"link_booking": "2/d/key"}
    other = link_of(make_lead_of(coen, email="another@x.example"))
    client.post(page(link), FORM)
    client.post(page(link, "cancel/"))
    before = Mail.objects.count()

    refused = client.post(page(link), FORM)
    taken = client.post(page(other), FORM)

    assert (refused.status_code, "Te veel wijzigingen vandaag" in refused.text) == (429, True)
    assert (taken.status_code, Appointment.objects.standing().get().lead) == (302, other.lead)
    assert Mail.objects.count() == before + 2
    assert client.get(page(link)).status_code == 200
