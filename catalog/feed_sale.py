"""A sale price of a feed, and the times between which it counts: before and after them nobody is charged it."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from thuiswerk.lib.money import euro
from thuiswerk.lib.periods import AMSTERDAM


class Step(NamedTuple):
    """A change of price that is still to come: at `due_at`, of a product that costs `before` then."""

    due_at: dt.datetime
    before: Decimal
    after: Decimal


class Sale(NamedTuple):
    """What a product costs usually and in its sale, in euro, and when that starts and ends; None where it does not."""

    usual: Decimal
    price: Decimal
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None

    def price_at(self, moment: dt.datetime) -> Decimal:
        """What the product costs at `moment`."""
        waits = self.starts_at is not None and moment < self.starts_at
        return self.usual if waits or self.is_over(moment) else self.price

    def is_over(self, moment: dt.datetime) -> bool:
        """Whether the sale has ended at `moment`."""
        return self.ends_at is not None and self.ends_at <= moment

    def steps_after(self, now: dt.datetime) -> tuple[Step, ...]:
        """The changes of price that are to come after `now`."""
        start = [Step(self.starts_at, self.usual, self.price)] if self.starts_at else []
        end = [Step(self.ends_at, self.price, self.usual)] if self.ends_at else []
        return tuple(step for step in start + end if step.due_at > now)

    def notice_at(self, now: dt.datetime) -> str:
        """What to tell of a sale that does not count at `now`; nothing of one that does."""
        if self.starts_at and now < self.starts_at:
            text, moment = _("The sale price of %(price)s counts from %(moment)s."), self.starts_at
        elif self.ends_at and self.is_over(now):
            text, moment = _("The sale price of %(price)s is over since %(moment)s."), self.ends_at
        else:
            return ""
        told = date_format(moment.astimezone(AMSTERDAM), "j F Y H:i")
        return text % {"price": euro(self.price), "moment": told}


def read_period(text: str) -> tuple[dt.datetime, dt.datetime]:
    """The start and end of two times of ISO 8601 with a slash between; in Amsterdam where they name no zone, and the
    whole of the last day where it is only a day. Refuses ValueError."""
    first, last = text.split("/")
    start, end = _moment(first), _moment(last)
    if len(last.strip()) == len("2026-11-30"):
        end = (end.astimezone(AMSTERDAM) + dt.timedelta(days=1)).replace(hour=0)
    if end <= start:
        raise ValueError(text)
    return start, end


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
