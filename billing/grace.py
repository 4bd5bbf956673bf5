"""How long credit can be spent that comes back after the end of its grant, or of its portal.

- What was bought before the end comes back for the whole period of grace (`CREDIT_GRACE_DAYS`), from that day on.
- What was bought in a period of grace comes back for half as many days as that period had: 30, 15, 7, 3, 1, none. Who
  returns a chair has time for another, and nobody keeps credit alive by buying and cancelling again and again.
- Days that are left of a period are never taken away: credit that comes back gets the later of both last days.
"""

import datetime as dt

from django.conf import settings

from billing.models import Entry
from thuiswerk.lib.periods import amsterdam_date


def days_of_grace(spent: Entry) -> int:
    """For how many days a refund of the spend `spent` reopens its grant, if that has ended."""
    return settings.CREDIT_GRACE_DAYS if spent.grace_days is None else spent.grace_days // 2


def grace_until(spent: Entry, now: dt.datetime) -> dt.date | None:
    """The day until which a refund of `spent` at `now` reopens its grant; None where it adds none."""
    days = days_of_grace(spent)
    until = amsterdam_date(now) + dt.timedelta(days=days)
    stands = spent.grant.reopened_until
    is_longer = days and (stands is None or until > stands)
    return until if is_longer and spent.grant.has_ended_at(now) else None


def usable_until(spent: Entry, now: dt.datetime) -> dt.date | None:
    """The last day on which credit of `spent` can be spent that comes back at `now`; None where it no longer can."""
    until = grace_until(spent, now) or spent.grant.last_day
    return until if until >= amsterdam_date(now) else None
