"""Reminders: a day and an hour before, each once to each side, whenever and however often the job runs."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Mail
from onboarding import appointments
from onboarding.models import Appointment, Coordinator, Lead
from tests.onboarding.calls import at, book, make_coordinator, make_lead_of
from tests.world import NOW

pytestmark = pytest.mark.django_db
WEDNESDAY = at("2026-11-18", "09:00")
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
SIDES = ["irma@initech.example", "coen@thuiswerk.example"]


@pytest.fixture
def coen() -> Coordinator:
    return make_coordinator()


def sent() -> list[tuple[str, str]]:
    """The reminders that were queued: which, and to whom."""
    keys = Mail.objects.filter(key__startswith="appointment:").order_by("pk").values_list("key", "to")
    return [(key.split(":")[2], to) for key, to in keys if key.split(":")[2] in {"day", "hour"}]


def run(*moments: dt.datetime) -> list[int]:
    return [appointments.remind(now=moment) for moment in moments]


def test_reminders_go_a_day_and_an_hour_before_to_both_sides(coen):
    book(make_lead_of(coen), WEDNESDAY)
    second = dt.timedelta(seconds=1)

    counts = run(
        WEDNESDAY - DAY - second, WEDNESDAY - DAY, WEDNESDAY - DAY, WEDNESDAY - HOUR - second, WEDNESDAY - HOUR,
        WEDNESDAY - HOUR, WEDNESDAY,
    )  # fmt: skip

    assert counts == [0, 2, 0, 0, 2, 0, 0]
    assert sent() == [(news, side) for news in ("day", "hour") for side in SIDES]


def test_call_that_is_booked_less_than_a_day_ahead_has_no_reminder_of_the_day(coen):
    book(make_lead_of(coen), at("2026-11-17", "09:30"))  # it is 10:00 the day before

    run(NOW + HOUR, at("2026-11-17", "08:30"))

    assert [news for news, _ in sent()] == ["hour", "hour"]


def test_missed_runs_are_caught_up_as_long_as_it_makes_sense(coen):
    book(make_lead_of(coen), WEDNESDAY)

    assert run(WEDNESDAY - 3 * HOUR, WEDNESDAY - 2 * HOUR, WEDNESDAY - dt.timedelta(minutes=1)) == [2, 0, 2]

    book(make_lead_of(coen, email="late@x.example"), at("2026-11-19", "09:00"))
    assert run(at("2026-11-19", "07:30"), at("2026-11-19", "09:00")) == [0, 0]


def test_moved_call_is_reminded_of_anew_and_not_at_its_old_time(coen):
    appointment = book(make_lead_of(coen), WEDNESDAY)
    run(WEDNESDAY - DAY)
    friday = at("2026-11-20", "09:00")

    appointments.reschedule(appointment, starts_at=friday, minutes=30, time_zone="UTC", now=WEDNESDAY - 20 * HOUR)

    assert run(WEDNESDAY - HOUR, friday - DAY, friday - HOUR) == [0, 2, 2]


def test_cancelled_call_is_not_reminded_of(coen):
    appointment = book(make_lead_of(coen), WEDNESDAY)
    appointments.cancel(appointment, now=NOW + HOUR)

    assert run(WEDNESDAY - DAY, WEDNESDAY - HOUR) == [0, 0]


def test_cancelled_between_the_query_and_the_mail_is_not_reminded_of(coen, monkeypatch):
    appointment = book(make_lead_of(coen), WEDNESDAY)
    is_due = appointments._is_due

    def and_meanwhile_cancelled(one, news, now):
        Appointment.objects.filter(pk=appointment.pk).update(cancelled_at=now)
        return is_due(one, news, now)

    monkeypatch.setattr(appointments, "_is_due", and_meanwhile_cancelled)

    assert run(WEDNESDAY - DAY) == [0]


def test_one_side_that_was_told_before_a_crash_is_not_told_again(coen):
    book(make_lead_of(coen), WEDNESDAY)
    run(WEDNESDAY - DAY)
    Mail.objects.filter(key__contains=":day:", to=SIDES[1]).delete()

    assert run(WEDNESDAY - DAY + HOUR) == [1]
    assert sorted(sent()) == sorted(("day", side) for side in SIDES)


def test_job_costs_as_many_queries_for_three_that_were_reminded_of_as_for_one(coen, django_assert_num_queries):
    for number in range(3):
        book(make_lead_of(coen, email=f"{number}@x.example"), WEDNESDAY + number * HOUR)
        run(WEDNESDAY - DAY + number * HOUR)
        with django_assert_num_queries(3):
            assert run(WEDNESDAY - DAY + number * HOUR) == [0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    booked=st.integers(1, 60 * 40),
    runs=st.lists(st.integers(0, 60 * 45), max_size=25),
)
def test_whatever_the_runs_nothing_is_told_twice_and_nobody_skipped(coen, booked, runs):
    """`booked`: minutes before the call. `runs`: minutes after 45 hours before it, in any order, some of them twice."""
    Mail.objects.all().delete()
    Lead.objects.all().delete()
    made = WEDNESDAY - dt.timedelta(minutes=booked)
    appointment = book(make_lead_of(coen), WEDNESDAY)
    Appointment.objects.filter(pk=appointment.pk).update(set_at=made)
    moments = [WEDNESDAY - 45 * HOUR + dt.timedelta(minutes=minute) for minute in [*runs, *runs]]

    run(*moments)

    expected = []
    if booked > 24 * 60 and any(DAY >= WEDNESDAY - moment > 2 * HOUR for moment in moments):
        expected += [("day", side) for side in SIDES]
    if booked > 60 and any(HOUR >= WEDNESDAY - moment > 0 * HOUR for moment in moments):
        expected += [("hour", side) for side in SIDES]
    assert sorted(sent()) == sorted(expected)
