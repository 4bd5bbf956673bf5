"""Free times as a page shows them: weeks of days of times, by the clock of the reader."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.formats import date_format

from onboarding.appointment_forms import write_moment
from onboarding.time_zones import HOME, clock_of, day_of, is_elsewhere, local


@dataclass(frozen=True)
class Time:
    """A time to press: what it sends, and what it says; `home` is Amsterdam's clock where that differs."""

    value: str
    clock: str
    home: str

    @classmethod
    def of(cls, moment: dt.datetime, zone: str) -> "Time":
        home = f"{clock_of(moment, HOME)} Amsterdam" if is_elsewhere(moment, zone) else ""
        return cls(write_moment(moment), clock_of(moment, zone), home)


@dataclass(frozen=True)
class Day:
    name: str
    times: list[Time] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """`monday`: the first day of it, as it is said."""

    monday: str
    days: list[Day]

    @property
    def is_elsewhere(self) -> bool:
        """Whether a time of it stands beside Amsterdam's."""
        return any(time.home for day in self.days for time in day.times)


def weeks_of(slots: Iterable[dt.datetime], zone: str) -> list[Week]:
    """The times in their order, by the days and weeks of `zone`."""

    def monday(moment: dt.datetime) -> dt.date:
        day = local(moment, zone).date()
        return day - dt.timedelta(days=day.weekday())

    return [
        Week(date_format(first, "j F"), _days_of(of_week, zone)) for first, of_week in groupby(sorted(slots), monday)
    ]


def _days_of(slots: Iterable[dt.datetime], zone: str) -> list[Day]:
    by_day = groupby(slots, lambda moment: day_of(moment, zone))
    return [Day(name, [Time.of(moment, zone) for moment in moments]) for name, moments in by_day]
