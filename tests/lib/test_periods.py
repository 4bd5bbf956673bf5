"""Days and months of business, with the nights and the days on which calendars trip."""

import datetime as dt

import pytest

from portals.models import Portal
from thuiswerk.lib.periods import AMSTERDAM, Month, add_months, amsterdam_date, first_invoice_day, is_working_day

UTC = dt.UTC


def test_month_of_the_last_evening_in_utc_is_the_next_month():
    assert Month.of(dt.datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == Month(2026, 11)
    assert Month.of(dt.datetime(2026, 10, 31, 22, 30, tzinfo=UTC)) == Month(2026, 10)


@pytest.mark.parametrize(
    ("month", "start", "hours"),
    [
        (Month(2026, 3), dt.datetime(2026, 2, 28, 23, tzinfo=UTC), 31 * 24 - 1),
        (Month(2026, 10), dt.datetime(2026, 9, 30, 22, tzinfo=UTC), 31 * 24 + 1),
        (Month(2026, 11), dt.datetime(2026, 10, 31, 23, tzinfo=UTC), 30 * 24),
    ],
)
def test_month_with_a_clock_change_is_an_hour_shorter_or_longer(month: Month, start: dt.datetime, hours: int):
    assert month.start.astimezone(UTC) == start
    assert month.end.astimezone(UTC) - month.start.astimezone(UTC) == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2026, 3, 28, 23, 0, tzinfo=UTC), dt.date(2026, 3, 29)),
        (dt.datetime(2026, 3, 29, 21, 59, tzinfo=UTC), dt.date(2026, 3, 29)),
        (dt.datetime(2026, 3, 29, 22, 0, tzinfo=UTC), dt.date(2026, 3, 30)),
        (dt.datetime(2026, 10, 24, 22, 0, tzinfo=UTC), dt.date(2026, 10, 25)),
        (dt.datetime(2026, 10, 25, 22, 59, tzinfo=UTC), dt.date(2026, 10, 25)),
        (dt.datetime(2026, 10, 25, 23, 0, tzinfo=UTC), dt.date(2026, 10, 26)),
    ],
)
def test_amsterdam_date_on_both_nights_of_the_clock_change(moment: dt.datetime, day: dt.date):
    assert amsterdam_date(moment) == day


def test_month_ends_on_the_leap_day():
    assert Month(2028, 2).last_day == dt.date(2028, 2, 29)
    assert Month(2027, 2).last_day == dt.date(2027, 2, 28)


def test_month_knows_its_neighbours_over_the_year():
    assert Month(2026, 12).next == Month(2027, 1)
    assert Month(2027, 1).previous == Month(2026, 12)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (dt.date(2026, 11, 30), dt.date(2027, 2, 28)),
        (dt.date(2027, 11, 30), dt.date(2028, 2, 29)),
        (dt.date(2028, 2, 29), dt.date(2028, 5, 29)),
        (dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
    ],
)
def test_live_period_of_three_months_is_clamped_at_the_end_of_a_month(day: dt.date, later: dt.date):
    assert add_months(day, 3) == later
    assert Portal.default_live_until(day) == later


@pytest.mark.parametrize("text", ["2026-13", "2026", "oktober", "2026-10-01", "", "9999-12", "0001-01"])
def test_parse_refuses_what_is_not_a_month(text: str):
    with pytest.raises(ValueError, match="is not a month"):
        Month.parse(text)


def test_parse_reads_back_what_a_month_writes():
    assert Month.parse("2026-10") == Month(2026, 10)
    assert str(Month(2026, 3)) == "2026-03"


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (Month(2026, 11), dt.date(2026, 11, 9)),
        (Month(2026, 10), dt.date(2026, 10, 8)),
        (Month(2026, 8), dt.date(2026, 8, 10)),
        (Month(2028, 6), dt.date(2028, 6, 8)),
    ],
)
def test_first_invoice_day_is_the_first_working_day_from_the_eighth(month: Month, day: dt.date):
    assert first_invoice_day(month) == day


def test_whit_monday_in_the_second_week_moves_the_run():
    assert not is_working_day(dt.date(2030, 6, 10))
    assert first_invoice_day(Month(2030, 6)) == dt.date(2030, 6, 11)


def test_start_of_a_month_is_midnight_in_amsterdam():
    assert Month(2026, 11).start == dt.datetime(2026, 11, 1, 0, 0, tzinfo=AMSTERDAM)
