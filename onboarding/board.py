"""The pipeline at a glance: open leads by stage, and how long a company waits until somebody speaks to it."""

import datetime as dt
from dataclasses import dataclass
from statistics import median

from accounts.models import User
from onboarding.lead_models import ENDED, Lead, Stage
from thuiswerk.lib.periods import amsterdam_date

RECENT = dt.timedelta(days=30)


@dataclass(frozen=True)
class Card:
    """A lead on the board."""

    lead: Lead
    is_overdue: bool


@dataclass(frozen=True)
class Column:
    """A stage with its leads, overdue first."""

    stage: Stage
    cards: list[Card]


@dataclass(frozen=True)
class Figures:
    """How the pipeline is doing. `typical` is the median time from form to first contact of the last 30 days, None
    without any; `waiting` is how many nobody has spoken to, `longest` how long the first of them waits."""

    open: int
    overdue: int
    typical: dt.timedelta | None
    waiting: int
    longest: dt.timedelta | None
    live: int
    lost: int


def board_of(*, owner: User | None = None, now: dt.datetime) -> list[Column]:
    """The open stages in their order, in one query; with `owner` only that colleague's leads."""
    leads = Lead.objects.open().select_related("owner").by_urgency()
    if owner is not None:
        leads = leads.filter(owner=owner)
    today = amsterdam_date(now)
    columns = {stage: Column(stage, []) for stage in Stage if stage not in ENDED}
    for lead in leads:
        columns[Stage(lead.stage)].cards.append(Card(lead, lead.is_overdue(today)))
    return list(columns.values())


def figures_of(*, now: dt.datetime) -> Figures:
    """The figures above the board."""
    recent = Lead.objects.filter(created_at__gte=now - RECENT)
    reached = recent.filter(first_contact_at__isnull=False).values_list("created_at", "first_contact_at")
    seconds = [(contact - asked).total_seconds() for asked, contact in reached if contact]
    waiting = Lead.objects.open().filter(first_contact_at=None).order_by("created_at")
    first = waiting.first()
    return Figures(
        open=Lead.objects.open().count(),
        overdue=Lead.objects.open().filter(next_action_on__lt=amsterdam_date(now)).count(),
        typical=dt.timedelta(seconds=median(seconds)) if seconds else None,
        waiting=waiting.count(),
        longest=now - first.created_at if first else None,
        live=Lead.objects.filter(stage=Stage.LIVE, stage_since__gte=now - RECENT).count(),
        lost=Lead.objects.filter(stage=Stage.LOST, stage_since__gte=now - RECENT).count(),
    )
