"""Calls are booked, moved and cancelled, each told to both sides with a calendar file that says the same."""

import datetime as dt

import pytest
from django.core import mail as sent
from django.db import IntegrityError, transaction
from icalendar import Calendar

from accounts.models import Mail
from accounts.outbox import send_due
from onboarding import appointments, links, pipeline
from onboarding.appointments import AlreadyPlanned, NobodyToCall, NotASlot, NothingPlanned, SlotTaken
from onboarding.models import AccessLink, Appointment, Coordinator, LeadStep, LostReason, Stage
from tests.onboarding.calls import VIDEO, at, book, make_coordinator, make_lead_of
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_staff

pytestmark = pytest.mark.django_db
NINE = at("2026-11-17", "09:00")
TEN = at("2026-11-17", "10:00")
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def coen() -> Coordinator:
    return make_coordinator()


def files(side: str = "irma@initech.example") -> list[Calendar]:
    """The calendar files that went to one side, in their order."""
    mails = Mail.objects.filter(to=side, files__isnull=False).order_by("pk")
    return [Calendar.from_ical(bytes(mail.files.get().content)) for mail in mails]


def event_of(calendar: Calendar):
    (event,) = calendar.events
    return event


def test_booking_plans_the_lead_and_tells_both(coen):
    lead = make_lead_of(coen)

    appointment = book(lead, NINE, minutes=60, by="Irma", email="irma@initech.example")

    assert (appointment.starts_at, appointment.ends_at, appointment.video_link) == (NINE, TEN, VIDEO)
    step = LeadStep.objects.get()
    assert (lead.stage, step.by, step.actor) == (Stage.CALL_PLANNED, "Irma", None)
    assert list(Mail.objects.order_by("pk").values_list("to", "subject")) == [
        (
            "irma@initech.example",
            "Je afspraak staat: dinsdag 17 november 2026, 9:00–10:00 (Amsterdam, Brussel, Berlijn, Parijs, Madrid)",
        ),
        (
            "coen@thuiswerk.example",
            "Je afspraak staat: dinsdag 17 november 2026, 9:00–10:00 (Amsterdam, Brussel, Berlijn, Parijs, Madrid)"
            " (Initech)",
        ),
    ]
    link = AccessLink.objects.get()
    told = Mail.objects.get(to="irma@initech.example")
    assert links.url_of(link) in told.text
    assert VIDEO in told.text
    assert VIDEO in told.html


def test_mail_is_in_the_language_and_zone_of_the_company(coen):
    lead = make_lead_of(coen, language="en")

    book(lead, NINE, time_zone="America/New_York")

    told = Mail.objects.get(to=lead.email)
    assert told.subject == (
        "Your appointment stands: Tuesday 17 November 2026, 3:00–3:30 (New York, Toronto) · 9:00–9:30 Amsterdam"
    )
    assert event_of(files()[0])["summary"] == "Call about the Thuiswerkwinkel of Initech"
    assert event_of(files()[0])["summary"].params["LANGUAGE"] == "en"


def test_by_telephone_the_colleague_is_the_actor(coen):
    lead = make_lead_of(coen)
    appointment = book(lead, NINE, actor=coen.user)

    step = LeadStep.objects.get()
    assert (appointment.made_by, appointment.name, step.actor, step.by) == (coen.user, "Irma", coen.user, "")


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [("08:30", 30), ("12:00", 30), ("11:30", 60), ("09:15", 30), ("09:00", 45), ("09:00", 0), ("09:00", 120)],
)
def test_what_is_not_on_offer_is_refused(coen, clock, minutes):
    with pytest.raises(NotASlot):
        book(make_lead_of(coen), at("2026-11-17", clock), minutes=minutes)

    assert (Appointment.objects.count(), Mail.objects.count(), LeadStep.objects.count()) == (0, 0, 0)


def test_time_of_another_company_is_refused_also_in_part(coen):
    book(make_lead_of(coen), TEN, minutes=60)
    other = make_lead_of(coen, company_name="Globex", email="g@globex.example")

    for clock, minutes in (("10:00", 30), ("10:30", 30), ("09:30", 60), ("10:30", 60)):
        with pytest.raises(SlotTaken):
            book(other, at("2026-11-17", clock), minutes=minutes)
    assert book(other, NINE, minutes=60).lead == other


def test_lead_has_one_appointment_to_come_and_may_have_another_after_it(coen):
    lead = make_lead_of(coen)
    first = book(lead, NINE)

    with pytest.raises(AlreadyPlanned):
        book(lead, TEN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            lead=lead, coordinator=coen, starts_at=TEN, ends_at=TEN + dt.timedelta(hours=1), made_at=NOW, set_at=NOW
        )
    second = book(lead, at("2026-11-18", "09:00"), now=first.ends_at)

    first.refresh_from_db()
    assert (first.passed_at, second.passed_at) == (first.ends_at, None)


def test_lead_without_coordinator_or_that_ended_is_refused(coen):
    for lead in (make_lead(), make_lead_of(coen, Stage.LOST), make_lead_of(coen, Stage.LIVE)):
        with pytest.raises(NobodyToCall):
            book(lead, NINE)


def test_later_stage_is_not_taken_back(coen):
    lead = make_lead_of(coen, Stage.IN_BUILD)

    appointment = book(lead, NINE)
    appointments.cancel(appointment, now=LATER)

    lead.refresh_from_db()
    assert (lead.stage, LeadStep.objects.count()) == (Stage.IN_BUILD, 0)


def test_calendar_files_of_one_appointment_replace_each_other(coen):
    lead = make_lead_of(coen)
    appointment = book(lead, NINE)
    appointments.reschedule(appointment, starts_at=TEN, minutes=60, time_zone="Europe/London", now=LATER)
    appointments.cancel(appointment, now=LATER + dt.timedelta(hours=1), by="Irma")

    for side in ("irma@initech.example", "coen@thuiswerk.example"):
        calendars = files(side)
        events = [event_of(calendar) for calendar in calendars]
        assert [str(calendar["method"]) for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [int(event["sequence"]) for event in events] == [0, 1, 2]
        assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert {str(event["uid"]) for event in events} == {f"{appointment.uid}@localhost"}
        assert [event.start for event in events] == [NINE, TEN, TEN]
        assert [event.end for event in events] == [NINE + dt.timedelta(minutes=30), *[TEN + dt.timedelta(hours=1)] * 2]
        assert [(str(event["url"]), str(event["location"])) for event in events] == [(VIDEO, VIDEO)] * 3
        assert {str(person) for person in events[0]["attendee"]} == {
            "mailto:irma@initech.example",
            "mailto:coen@thuiswerk.example",
        }


@pytest.mark.parametrize(
    ("day", "clock", "fold", "utc"),
    [
        ("2026-10-25", "02:30", 0, "20261025T003000Z"),
        ("2026-10-25", "02:30", 1, "20261025T013000Z"),
        ("2026-10-26", "09:00", 0, "20261026T080000Z"),
        ("2026-10-23", "09:00", 0, "20261023T070000Z"),
        ("2027-03-28", "03:00", 0, "20270328T010000Z"),
        ("2027-03-26", "09:00", 0, "20270326T080000Z"),
        ("2027-03-30", "09:00", 0, "20270330T070000Z"),
    ],
)
def test_calendar_file_holds_the_moment_on_both_sides_of_the_change(coen, day, clock, fold, utc):
    moment = at(day, clock, fold=fold).astimezone(dt.UTC)
    coen.hours_exceptions.create(date=day, kind="open", starts="00:00", ends="23:30")

    appointment = book(make_lead_of(coen), moment, minutes=60, now=moment - dt.timedelta(days=3))

    assert appointment.ends_at - appointment.starts_at == dt.timedelta(hours=1)
    event = event_of(files()[0])
    assert event["dtstart"].to_ical().decode() == utc
    assert (event.start, event.end) == (moment, moment + dt.timedelta(hours=1))
    assert (
        f"{clock.lstrip('0') if clock[1] != '0' else clock[1:]}" in Mail.objects.get(to="irma@initech.example").subject
    )


def test_calendar_file_goes_as_an_invitation(coen, settings):
    book(make_lead_of(coen), NINE)

    send_due(now=NOW)

    (part,) = [part for part in sent.outbox[0].message().walk() if part.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_filename()) == ("REQUEST", "thuiswerk.ics")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert event_of(calendar).start == NINE


def test_moving_keeps_the_own_time_free_and_frees_the_old_one(coen):
    appointment = book(make_lead_of(coen), NINE, minutes=60)

    appointments.reschedule(
        appointment, starts_at=NINE + dt.timedelta(minutes=30), minutes=60, time_zone="UTC", now=LATER
    )

    other = make_lead_of(coen, email="g@globex.example")
    assert book(other, NINE).starts_at == NINE
    with pytest.raises(SlotTaken):
        appointments.reschedule(appointment, starts_at=NINE, minutes=60, time_zone="UTC", now=LATER)


def test_moving_to_the_same_time_tells_nobody(coen):
    appointment = book(make_lead_of(coen), NINE)

    appointments.reschedule(appointment, starts_at=NINE, minutes=30, time_zone="UTC", now=LATER)

    assert (appointment.sequence, Mail.objects.count()) == (0, 2)


def test_cancelled_one_frees_its_time_and_is_not_touched_again(coen):
    lead = make_lead_of(coen)
    appointment = book(lead, NINE)

    appointments.cancel(appointment, now=LATER, by="Irma")

    lead.refresh_from_db()
    assert (lead.stage, LeadStep.objects.last().by) == (Stage.TO_CALL, "Irma")
    for act in (
        lambda: appointments.cancel(appointment, now=LATER),
        lambda: appointments.reschedule(appointment, starts_at=TEN, minutes=30, time_zone="UTC", now=LATER),
    ):
        with pytest.raises(NothingPlanned):
            act()
    assert book(make_lead_of(coen, email="g@globex.example"), NINE).starts_at == NINE
    assert book(lead, TEN, now=LATER).starts_at == TEN


def test_what_has_begun_is_not_moved_or_cancelled(coen):
    appointment = book(make_lead_of(coen), NINE)

    with pytest.raises(NothingPlanned):
        appointments.cancel(appointment, now=NINE)


def test_booking_link_goes_by_mail_in_the_language_of_the_company(coen):
    dutch, english = make_lead_of(coen), make_lead_of(coen, language="en", email="i@initech.example")

    for lead in (dutch, english, dutch):
        appointments.mail_booking_link(lead, now=NOW, actor=coen.user)

    mails = Mail.objects.order_by("pk")
    assert [mail.subject for mail in mails] == ["Kies een tijd voor ons gesprek", "Choose a time for our call"]
    assert [
        links.url_of(lead.links.get()) in mail.text for lead, mail in zip((dutch, english), mails, strict=True)
    ] == [
        True,
        True,
    ]


def test_outside_scheduler_stands_in_the_mail(coen):
    coen.scheduler_link = "https://scheduler.example/coen"
    coen.save()

    appointments.mail_booking_link(make_lead_of(coen), now=NOW)

    told = Mail.objects.get()
    assert ("https://scheduler.example/coen" in told.text, "/booking/" in told.text) == (True, False)


def test_lost_lead_takes_its_appointment_with_it(coen):
    lead = make_lead_of(coen)
    appointment = book(lead, NINE)
    pipeline.lose(lead, reason=LostReason.LATER, now=LATER, actor=make_staff("c@t.example"))

    appointments.remind(now=LATER)
    appointments.remind(now=LATER)

    appointment.refresh_from_db()
    assert appointment.cancelled_at == LATER
    assert Mail.objects.filter(subject__startswith="Je afspraak is afgezegd").count() == 2
    lead.refresh_from_db()
    assert lead.stage == Stage.LOST
