"""Days and months of business: always Europe/Amsterdam, whatever the machine's or the reader's clock says."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def amsterdam_date(moment: dt.datetime) -> dt.date:
    """The calendar day in Amsterdam at `moment` (aware)."""
    return moment.astimezone(AMSTERDAM).date()


def start_of_day(day: dt.date) -> dt.datetime:
    """The first moment of `day` in Amsterdam."""
    return dt.datetime.combine(day, dt.time.min, AMSTERDAM)


def add_months(day: dt.date, months: int) -> dt.date:
    """`day` moved by `months`; the last day of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month in Amsterdam; `start` and `end` are aware moments, `end` itself outside the month."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `2026-10`. Refuses (ValueError) anything else."""
        try:
            day = dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=AMSTERDAM)
        except ValueError:
            raise ValueError(f"{text!r} is not a month; write it as 2026-10.") from None
        if not 2000 <= day.year <= 2999:
            raise ValueError(f"{text!r} is not a month of our time.")
        return cls(day.year, day.month)

    @classmethod
    def of(cls, moment: dt.datetime) -> "Month":
        """The month in which `moment` (aware) falls."""
        day = amsterdam_date(moment)
        return cls(day.year, day.month)

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.number, 1)

    @property
    def last_day(self) -> dt.date:
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def start(self) -> dt.datetime:
        return start_of_day(self.first_day)

    @property
    def end(self) -> dt.datetime:
        return start_of_day(self.next.first_day)

    @property
    def next(self) -> "Month":
        day = add_months(self.first_day, 1)
        return Month(day.year, day.month)

    @property
    def previous(self) -> "Month":
        day = add_months(self.first_day, -1)
        return Month(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def is_working_day(day: dt.date) -> bool:
    """Monday to Friday and no Dutch public holiday."""
    return day.weekday() < 5 and not is_public_holiday(day)


def is_public_holiday(day: dt.date) -> bool:
    """A Dutch public holiday. Good Friday counts as one, 5 May every fifth year."""
    return day in _dutch_holidays(day.year)


def first_invoice_day(month: Month) -> dt.date:
    """The first working day of the second week (day 8 to 14) of `month`: the day on which the invoice run starts."""
    days = [month.first_day.replace(day=number) for number in range(8, 15)]
    return next(day for day in days if is_working_day(day))


@lru_cache(maxsize=8)
def _dutch_holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("NL", years=year)
