"""The day on which a parcel comes: moments around the cut-off, Sundays, holidays and both changes of the clock."""

import datetime as dt

import pytest
from django.utils import translation

from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.periods import AMSTERDAM

UTC = dt.UTC


def at(text: str, zone: dt.tzinfo = AMSTERDAM) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# Ordered at (Amsterdam), delivery days, delivered on.
MOMENTS = [
    # An ordinary week: 16 November 2026 is a Monday.
    ("2026-11-16 00:00", 1, "2026-11-17"),
    ("2026-11-16 10:00", 1, "2026-11-17"),
    ("2026-11-16 23:58:59.999999", 1, "2026-11-17"),
    ("2026-11-16 23:59", 1, "2026-11-18"),
    ("2026-11-16 23:59:59", 1, "2026-11-18"),
    ("2026-11-17 00:00", 1, "2026-11-18"),
    # Friday to Monday: nothing comes on Sunday.
    ("2026-11-20 12:00", 1, "2026-11-21"),
    ("2026-11-20 23:59", 1, "2026-11-23"),
    ("2026-11-21 12:00", 1, "2026-11-23"),
    ("2026-11-21 23:59", 1, "2026-11-23"),
    ("2026-11-22 23:58", 1, "2026-11-23"),
    ("2026-11-22 23:59", 1, "2026-11-24"),
    # Christmas 2026: Friday and Saturday, then a Sunday. New Year's Day is a Friday.
    ("2026-12-23 23:58", 1, "2026-12-24"),
    ("2026-12-23 23:59", 1, "2026-12-28"),
    ("2026-12-24 12:00", 1, "2026-12-28"),
    ("2026-12-31 12:00", 1, "2027-01-02"),
    # Easter 2027, from Good Friday to Easter Monday.
    ("2027-03-25 12:00", 1, "2027-03-27"),
    ("2027-03-27 12:00", 1, "2027-03-30"),
    # King's Day, and 5 May, which is a holiday every fifth year only.
    ("2027-04-26 12:00", 1, "2027-04-28"),
    ("2027-05-04 12:00", 1, "2027-05-05"),
    ("2030-05-04 12:00", 1, "2030-05-06"),
    # Ascension Day 2027 fell on 6 May, Whit Monday on 17 May.
    ("2027-05-05 12:00", 1, "2027-05-07"),
    ("2027-05-15 12:00", 1, "2027-05-18"),
    # More than one delivery day: those without parcels do not count.
    ("2026-11-16 10:00", 3, "2026-11-19"),
    ("2026-11-20 10:00", 2, "2026-11-23"),
    ("2026-12-24 10:00", 3, "2026-12-30"),
    # The clock went forward on Sunday 29 March 2026, goes back on Sunday 25 October, and forward on Easter Sunday 2027.
    ("2026-03-28 23:59", 1, "2026-03-30"),
    ("2026-03-29 03:00", 1, "2026-03-30"),
    ("2026-03-29 23:58", 1, "2026-03-30"),
    ("2026-03-29 23:59", 1, "2026-03-31"),
    ("2026-10-24 23:58", 1, "2026-10-26"),
    ("2026-10-25 02:30", 1, "2026-10-26"),
    ("2026-10-25 23:58", 1, "2026-10-26"),
    ("2026-10-25 23:59", 1, "2026-10-27"),
    ("2027-03-27 23:59", 1, "2027-03-30"),
    ("2027-03-28 23:58", 1, "2027-03-30"),
    ("2027-03-28 23:59", 1, "2027-03-30"),
]


@pytest.mark.parametrize(("ordered", "days", "delivered"), MOMENTS)
def test_day_follows_from_the_moment_of_ordering(ordered: str, days: int, delivered: str):
    assert DeliveryCalendar(at(ordered)).day(days) == day(delivered)


@pytest.mark.parametrize(
    ("ordered", "delivered"),
    [
        # 23:59 in Amsterdam is 22:59 UTC in winter and 21:59 UTC in summer.
        ("2026-11-16 22:58:59", "2026-11-17"),
        ("2026-11-16 22:59", "2026-11-18"),
        ("2026-07-13 21:58:59", "2026-07-14"),
        ("2026-07-13 21:59", "2026-07-15"),
        # The evening before each change of the clock and the evening after it, and the hour that comes twice.
        ("2026-03-28 22:59", "2026-03-30"),
        ("2026-03-29 21:58", "2026-03-30"),
        ("2026-03-29 21:59", "2026-03-31"),
        ("2026-10-25 00:30", "2026-10-26"),
        ("2026-10-25 01:30", "2026-10-26"),
        ("2026-10-24 21:58", "2026-10-26"),
        ("2026-10-25 22:58", "2026-10-26"),
        ("2026-10-25 22:59", "2026-10-27"),
        ("2027-03-29 21:58", "2027-03-30"),
        ("2027-03-29 21:59", "2027-03-31"),
    ],
)
def test_cut_off_is_by_the_clock_of_amsterdam(ordered: str, delivered: str):
    assert DeliveryCalendar(at(ordered, UTC)).day(1) == day(delivered)


def test_exceptions_overrule_the_calendar():
    sunday, tuesday = day("2026-11-22"), day("2026-11-24")
    calendar = DeliveryCalendar(at("2026-11-21 12:00"), closed=frozenset({tuesday}), opened=frozenset({sunday}))

    assert [calendar.day(days) for days in (1, 2, 3)] == [sunday, day("2026-11-23"), day("2026-11-25")]


def test_what_is_not_promised_has_no_day():
    calendar = DeliveryCalendar(at("2026-11-16 10:00"))

    assert calendar.day(None) is None
    assert calendar.words(None) == ""


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("nl", 1, "morgen, dinsdag 24 november"),
        ("nl", 2, "woensdag 25 november"),
        ("en", 1, "tomorrow, Tuesday 24 November"),
        ("en", 2, "Wednesday 25 November"),
    ],
)
def test_day_is_said_in_the_language_of_the_reader(language: str, number: int, words: str):
    calendar = DeliveryCalendar(at("2026-11-23 10:00"))

    with translation.override(language):
        assert calendar.words(calendar.day(number)) == words


def test_tomorrow_is_not_said_of_the_day_after_the_cut_off():
    calendar = DeliveryCalendar(at("2026-11-23 23:59:30"))

    with translation.override("en"):
        assert calendar.words(calendar.day(1)) == "Wednesday 25 November"
