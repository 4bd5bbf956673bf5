"""Until when an employee may order: as long as the portal is live, and after that what came back may still be spent."""

import datetime as dt

from django.db.models import Min

from billing.models import Grant
from portals.models import Membership
from thuiswerk.lib.periods import amsterdam_date


def may_order(member: Membership, *, now: dt.datetime) -> bool:
    """Whether the shop of `member` (with its portal loaded) is open to them at `now`, as its pages say it too."""
    portal = member.portal
    return portal.is_live(now) or portal.is_open_to(_returned_until(member, now), now)


def _returned_until(member: Membership, now: dt.datetime) -> dt.date | None:
    lots = Grant.objects.returned_on(amsterdam_date(now)).filter(membership=member)
    until: dt.date | None = lots.order_by().aggregate(first=Min("reopened_until"))["first"]
    return until
