"""The day on which a parcel comes: the delivery days of the calendar, counted from the cut-off in Amsterdam.

Parcels come every day but Sundays and Dutch public holidays; the exceptions of the operator overrule both.
"""

import datetime as dt
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thuiswerk.lib.periods import AMSTERDAM, amsterdam_date, is_public_holiday

SUNDAY = 6


@lru_cache(maxsize=256)
def _words(day: date, is_tomorrow: bool, _language: str | None) -> str:
    """The same few days stand on every page."""
    written = date_format(day, "l j F")
    return _("tomorrow, %(day)s") % {"day": written} if is_tomorrow else written


@dataclass(frozen=True, slots=True)
class DeliveryCalendar:
    """What can be promised at `now` (aware). `closed`: days without parcels, and `opened`: days
    with, whatever day of the week it is."""

    now: dt.datetime
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    @property
    def cut_off(self) -> dt.time:
        """Until when in Amsterdam an order still counts for today."""
        cut_off: dt.time = settings.DELIVERY_CUT_OFF
        return cut_off

    def delivers(self, day: date) -> bool:
        """Whether parcels come on `day`."""
        if day in self.closed or day in self.opened:
            return day in self.opened
        return day.weekday() != SUNDAY and not is_public_holiday(day)

    def day(self, delivery_days: int | None) -> date | None:
        """The day on which comes what takes so many delivery days, 1 being the next; None: nothing is promised."""
        if delivery_days is None:
            return None
        day = self._ordered_on()
        for _number in range(delivery_days):
            day = self._next(day)
        return day

    def words(self, day: date | None) -> str:
        """`day` as the reader says it: "tomorrow, Tuesday 24 November" or "Wednesday 25 November"; empty for None."""
        if day is None:
            return ""
        return _words(day, day == amsterdam_date(self.now) + timedelta(days=1), get_language())

    def _ordered_on(self) -> date:
        """The day that the order counts for: tomorrow, once the cut-off has passed."""
        local = self.now.astimezone(AMSTERDAM)
        return local.date() + timedelta(days=local.time() >= self.cut_off)

    def _next(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.delivers(day):
            day += timedelta(days=1)
        return day
