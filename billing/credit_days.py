"""On which days a grant can be spent, said once for every statement that asks.

A grant runs from its first to its last day, and no longer than its portal: a portal that is closed, or whose live
period is over, takes no credit but what came back after that end, for its period of grace.
"""

import datetime as dt

from django.db.models import Q

from portals.models import PortalState
from thuiswerk.lib.prepared import Given


def spendable_on(day: dt.date | Given) -> Q:
    """The condition under which a grant can be spent on `day` (Amsterdam)."""
    open_until = Q(portal__live_until__isnull=True) | Q(portal__live_until__gte=day)
    runs = Q(valid_until__gte=day) & open_until & ~Q(portal__state=PortalState.CLOSED)
    return Q(valid_from__lte=day) & (runs | Q(reopened_until__gte=day))


def ended_by(day: dt.date | Given) -> Q:
    """The condition under which a grant can be spent neither on `day` (Amsterdam) nor later."""
    is_over = Q(valid_until__lt=day) | Q(portal__live_until__lt=day) | Q(portal__state=PortalState.CLOSED)
    return is_over & (Q(reopened_until__isnull=True) | Q(reopened_until__lt=day))
