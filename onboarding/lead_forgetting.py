"""What a company told of itself goes when nothing came of it: a year after its request was lost or fell silent.

The consent of the sign-up form promises that year. What stays of a request names nobody: its stages with their times,
and how big the company was. A request that led to a live portal is kept with its customer, but for the list of
employees that was handed over, which the portal has used. Each request goes in a transaction of its own that holds it,
so a run that is killed or made twice deletes everything once.
"""

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import Max

from onboarding import pipeline
from onboarding.intake_models import Intake
from onboarding.lead_erasing import drop_pictures, erase_lead
from onboarding.lead_models import Lead, LostReason, Stage
from thuiswerk.lib.periods import amsterdam_date, start_of_day

KEPT = dt.timedelta(days=365)  # as `sign_up_form.CONSENT` says
LIST_KEPT = dt.timedelta(days=30)  # after the portal went live, so that a mistake in it can be looked up
# What shows that a request is still alive: rows of a lead, with the time of each.
SIGNS = {
    "steps": "made_at",
    "notes": "written_at",
    "sign_ups": "sent_at",
    "appointments": "ends_at",
    "offer_packs": "sent_at",
    "acceptances": "accepted_at",
    "intake__entries": "made_at",
    "build__rounds": "asked_at",
    "build__rounds__remarks": "written_at",
}

log = structlog.get_logger(__name__)


def forget_leads(*, now: dt.datetime) -> int:
    """Delete what is due at `now`. Returns how many requests and lists."""
    over = start_of_day(amsterdam_date(now) - KEPT + dt.timedelta(days=1))
    old = Lead.objects.exclude(stage=Stage.LIVE).filter(forgotten_at=None, stage_since__lt=over)
    forgotten = sum(_forget(pk, now) for pk in old.order_by("pk").values_list("pk", flat=True))
    lists = _forget_lists(now)
    if forgotten or lists:
        log.info("leads_forgotten", leads=forgotten, lists=lists)
    return forgotten + lists


def last_sign(lead: Lead) -> dt.date:
    """The last day on which something was done for the request; of a lost one the day on which it was lost.

    A next action that is planned counts as the day for which it is planned.
    """
    if lead.stage == Stage.LOST:
        return amsterdam_date(lead.stage_since)
    found = Lead.objects.filter(pk=lead.pk).aggregate(
        **{rows.replace("__", "_"): Max(f"{rows}__{field}") for rows, field in SIGNS.items()}
    )
    days = [amsterdam_date(moment) for moment in (lead.stage_since, *found.values()) if moment]
    return max([*days, lead.next_action_on] if lead.next_action_on else days)


def is_due(lead: Lead, *, now: dt.datetime) -> bool:
    """Whether the year after its last sign of life is over, and nothing came of it."""
    if lead.stage == Stage.LIVE or lead.forgotten_at is not None:
        return False
    return amsterdam_date(now) >= last_sign(lead) + KEPT


@transaction.atomic
def _forget(pk: int, now: dt.datetime) -> int:
    lead = pipeline.lock(Lead.objects.get(pk=pk))
    if not is_due(lead, now=now):
        return 0
    if lead.stage != Stage.LOST:
        lead.lost_reason = LostReason.NO_ANSWER
        lead.save(update_fields=["lost_reason"])
        pipeline.move(lead, Stage.LOST, now=now)
    erase_lead(lead, now=now)
    return 1


def _forget_lists(now: dt.datetime) -> int:
    """The lists of employees, and the pictures, of portals that have used them."""
    used = Intake.objects.filter(lead__build__went_live_at__lt=now - LIST_KEPT).exclude(rows=[], logo="", header="")
    return sum(_forget_list(pk) for pk in used.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _forget_list(pk: int) -> int:
    intake = Intake.objects.select_for_update(of=("self",)).get(pk=pk)
    if not (intake.rows or intake.logo or intake.header):
        return 0
    drop_pictures(intake)
    intake.rows, intake.list_name = [], ""
    intake.save(update_fields=["rows", "list_name", "logo", "header"])
    return 1
