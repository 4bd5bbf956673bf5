"""Times on offer: hours, holidays, exceptions, what is taken, and the two days on which the clock changes."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import slots
from onboarding.models import Coordinator, HoursException, HoursKind, WorkingHours
from tests.onboarding.calls import at, book, make_coordinator, make_lead_of
from tests.world import NOW
from thuiswerk.lib.periods import AMSTERDAM

pytestmark = pytest.mark.django_db
MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
AFTERNOON = ["13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30"]


@pytest.fixture
def coen() -> Coordinator:
    return make_coordinator()


def clocks(coordinator: Coordinator, day: str, *, minutes: int = 30, now: dt.datetime = NOW) -> list[str]:
    """The free times of a day by the clock of Amsterdam."""
    local = (slot.astimezone(AMSTERDAM) for slot in slots.free_slots(coordinator, minutes=minutes, now=now))
    return [f"{moment:%H:%M}" for moment in local if str(moment.date()) == day]


def night(coordinator: Coordinator, starts: str, ends: str) -> None:
    """Bookable on Sundays only, from and until."""
    coordinator.hours.all().delete()
    times = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    WorkingHours.objects.create(coordinator=coordinator, weekday=6, **times)


def off(coordinator: Coordinator, day: str, kind: HoursKind = HoursKind.CLOSED, **times: str) -> None:
    clocks = {name: dt.time.fromisoformat(clock) for name, clock in times.items()}
    HoursException.objects.create(coordinator=coordinator, date=day, kind=kind, **clocks)


def test_new_coordinator_is_offered_office_hours_in_half_hours(coen):
    assert clocks(coen, "2026-11-17") == MORNING + AFTERNOON
    assert clocks(coen, "2026-11-21") == []


def test_hour_fits_wholly_before_the_break_and_before_the_end(coen):
    assert clocks(coen, "2026-11-17", minutes=60) == MORNING[:-1] + AFTERNOON[:-1]


def test_today_is_offered_from_four_hours_ahead(coen):
    assert clocks(coen, "2026-11-16") == AFTERNOON[2:]  # it is 10:00
    assert clocks(coen, "2026-11-16", now=NOW + dt.timedelta(minutes=1)) == AFTERNOON[3:]


def test_last_day_on_offer_is_three_weeks_ahead(coen):
    assert clocks(coen, "2026-12-07") == MORNING + AFTERNOON
    assert clocks(coen, "2026-12-08") == []


def test_holiday_is_closed_unless_opened(coen):
    christmas = at("2026-12-14", "08:00")
    assert clocks(coen, "2026-12-25", now=christmas) == []

    off(coen, "2026-12-25", HoursKind.OPEN, starts="10:00", ends="11:00")

    assert clocks(coen, "2026-12-25", now=christmas) == ["10:00", "10:30"]


def test_exceptions_close_a_day_or_hours_and_open_others(coen):
    off(coen, "2026-11-17")
    off(coen, "2026-11-18", starts="09:15", ends="16:00")
    off(coen, "2026-11-21", HoursKind.OPEN, starts="10:00", ends="11:00")
    off(coen, "2026-11-21", starts="10:30", ends="10:45")

    assert clocks(coen, "2026-11-17") == []
    assert clocks(coen, "2026-11-18") == ["16:00", "16:30"]
    assert clocks(coen, "2026-11-21") == ["10:00"]


def test_what_is_taken_is_not_offered_and_what_was_cancelled_is(coen):
    appointment = book(make_lead_of(coen), at("2026-11-17", "09:30"), minutes=60)

    assert clocks(coen, "2026-11-17") == ["09:00", *MORNING[3:], *AFTERNOON]
    assert clocks(coen, "2026-11-17", minutes=60)[0] == "10:30"
    moving = slots.free_slots(coen, minutes=30, now=NOW, moving=appointment)
    assert at("2026-11-17", "10:00") in moving

    appointment.cancelled_at = NOW
    appointment.save()
    assert clocks(coen, "2026-11-17") == MORNING + AFTERNOON


def test_calls_of_a_colleague_are_not_in_the_way(coen):
    book(make_lead_of(coen), at("2026-11-17", "09:30"))
    other = make_coordinator(coen.user.__class__.objects.create_user("dora@thuiswerk.example", name="Dora"))

    assert clocks(other, "2026-11-17") == MORNING + AFTERNOON


def test_half_hours_that_come_twice_are_offered_twice(coen):
    night(coen, "01:00", "04:00")
    now = at("2026-10-20", "10:00")

    offered = [slot for slot in slots.free_slots(coen, minutes=60, now=now) if slot < at("2026-10-26", "00:00")]

    first = dt.datetime(2026, 10, 24, 23, tzinfo=dt.UTC)  # 1:00 in summer
    assert offered == [first + dt.timedelta(minutes=30 * number) for number in range(7)]
    assert clocks(coen, "2026-10-25", now=now) == [
        "01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30",
    ]  # fmt: skip


def test_half_hours_that_do_not_exist_are_not_offered(coen):
    now = at("2027-03-20", "10:00")
    off(coen, "2027-03-28", HoursKind.OPEN, starts="01:00", ends="04:00")  # which is Easter

    assert clocks(coen, "2027-03-28", now=now) == ["01:00", "01:30", "03:00", "03:30"]
    assert clocks(coen, "2027-03-28", minutes=60, now=now) == ["01:00", "01:30", "03:00"]


def test_office_hours_stay_at_their_clock_over_the_change(coen):
    for before, after, now in (
        ("2026-10-23", "2026-10-26", at("2026-10-20", "10:00")),
        ("2027-03-25", "2027-03-30", at("2027-03-20", "10:00")),  # Good Friday and Easter Monday are closed
    ):
        assert clocks(coen, before, now=now) == clocks(coen, after, now=now) == MORNING + AFTERNOON


def test_until_midnight_counts_to_the_end_of_the_day(coen):
    night(coen, "23:00", "23:59:59.999999")

    assert clocks(coen, "2026-11-22") == ["23:00", "23:30"]


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from(slots.LENGTHS))
def test_every_time_on_offer_lies_within_hours_and_days(minute, minutes):
    open_at = [dt.time(9), dt.time(17)]
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    coordinator = FakeCoordinator([(day, *open_at) for day in range(7)])

    offered = slots.offered_slots(coordinator, minutes=minutes, now=now)

    assert len(offered) == len(set(offered)) > 0
    for slot in offered:
        begins, ends = (moment.astimezone(AMSTERDAM) for moment in (slot, slot + dt.timedelta(minutes=minutes)))
        assert begins.time() >= open_at[0]
        assert ends.time() <= open_at[1]
        assert begins.minute in (0, 30)
        assert now + slots.NOTICE <= slot <= now + dt.timedelta(days=slots.DAYS + 1)


class FakeCoordinator:
    """Hours without a database, for many examples."""

    def __init__(self, rows):
        self.rows = [WorkingHours(weekday=day, starts=starts, ends=ends) for day, starts, ends in rows]
        self.hours = self
        self.hours_exceptions = self

    def all(self):
        return self.rows

    def filter(self, **kwargs):
        return []


def test_times_cost_three_queries_however_much_is_planned(coen, django_assert_num_queries):
    for number in range(3):
        with django_assert_num_queries(3):
            slots.free_slots(coen, minutes=30, now=NOW)
        lead = make_lead_of(coen, email=f"{number}@initech.example")
        book(lead, at("2026-11-17", "09:00") + dt.timedelta(hours=number / 2))
        off(coen, f"2026-11-{18 + number}")
