"""The way of a lead from its form to a live portal: which step may follow which, and what each needs to be true.

Every step is a row with actor and time, written under the lock of the lead. Whoever asks for a step, a screen, a form
of the company or a job: what is not in `NEXT`, or lacks what it needs, is refused here.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from onboarding import links
from onboarding.lead_models import Lead, LeadStep, LostReason, Stage

NEXT: dict[str, tuple[Stage, ...]] = {
    Stage.NEW: (Stage.TO_CALL, Stage.CALLED, Stage.CALL_PLANNED, Stage.LOST),
    Stage.TO_CALL: (Stage.CALLED, Stage.CALL_PLANNED, Stage.LOST),
    Stage.CALLED: (Stage.TO_CALL, Stage.CALL_PLANNED, Stage.CALL_HELD, Stage.LOST),
    Stage.CALL_PLANNED: (Stage.CALL_HELD, Stage.TO_CALL, Stage.LOST),
    Stage.CALL_HELD: (Stage.OFFER_SENT, Stage.CALL_PLANNED, Stage.LOST),
    Stage.OFFER_SENT: (Stage.AGREED, Stage.CALL_PLANNED, Stage.LOST),
    Stage.AGREED: (Stage.DATA_RECEIVED, Stage.OFFER_SENT, Stage.LOST),
    Stage.DATA_RECEIVED: (Stage.IN_BUILD, Stage.AGREED, Stage.LOST),
    Stage.IN_BUILD: (Stage.COMPANY_CHECK, Stage.LOST),
    Stage.COMPANY_CHECK: (Stage.APPROVED, Stage.IN_BUILD, Stage.LOST),
    Stage.APPROVED: (Stage.LIVE, Stage.IN_BUILD, Stage.LOST),
    Stage.LIVE: (),
    Stage.LOST: (Stage.TO_CALL,),
}
# The steps by which somebody of the operator has spoken to the company.
CONTACT = frozenset({Stage.CALLED, Stage.CALL_PLANNED, Stage.CALL_HELD})


class StepRefused(Exception):
    """The lead cannot go there; nothing was written. Its text is for the coordinator."""


class NoWayFromHere(StepRefused):
    """The stage of the lead has no way to the one that was asked for."""


class NotYet(StepRefused):
    """There is a way, but what the step stands for has not happened."""


class ReasonMissing(StepRefused):
    """A lead is lost for a reason."""


# What has to be there before a stage is true, each with what is said without it.
Evidence = Callable[[Lead], bool]
NEEDS: dict[str, tuple[Evidence, Promise]] = {
    Stage.OFFER_SENT: (
        lambda lead: _any(lead, "offer_packs"),
        gettext_lazy("Send the offer pack: the stage follows by itself."),
    ),
    Stage.DATA_RECEIVED: (
        lambda lead: _is(lead, "intake", "submitted_at"),
        gettext_lazy("The company has not handed over its data yet."),
    ),
    Stage.IN_BUILD: (
        lambda lead: hasattr(lead, "build"),
        gettext_lazy("Make the portal: the stage follows by itself."),
    ),
    Stage.COMPANY_CHECK: (
        lambda lead: _is(lead, "build", "open_round"),
        gettext_lazy("Ask the company to check: the stage follows by itself."),
    ),
    Stage.APPROVED: (
        lambda lead: _is(lead, "build", "approval"),
        gettext_lazy("The company approves its portal by itself, on the page of its check."),
    ),
    Stage.LIVE: (
        lambda lead: _is(lead, "build", "went_live_at"),
        gettext_lazy("The portal goes live on its date, when nothing is missing."),
    ),
}
# The same of a single way.
NEEDS_OF_WAY: dict[tuple[str, str], tuple[Evidence, Promise]] = {
    (Stage.DATA_RECEIVED, Stage.AGREED): (
        lambda lead: not _is(lead, "intake", "submitted_at"),
        gettext_lazy("Give the data back: the stage follows by itself."),
    ),
    (Stage.LOST, Stage.TO_CALL): (
        lambda lead: lead.forgotten_at is None,
        gettext_lazy("What was known of this lead was deleted."),
    ),
}


@transaction.atomic
def begin(lead: Lead, *, now: dt.datetime, actor: User | None = None) -> None:
    """Save a lead that is new, with its first step; `actor` where a colleague made it."""
    lead.stage, lead.created_at, lead.stage_since = Stage.NEW, now, now
    lead.save()
    LeadStep.objects.create(
        lead=lead, to_stage=Stage.NEW, made_at=now, actor=actor, by="" if actor else lead.contact_name
    )


def lock(lead: Lead) -> Lead:
    """Hold the lead until the transaction ends, and see it as it is now."""
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update(of=("self",), no_key=True))
    return lead


@transaction.atomic
def move(
    lead: Lead, stage: Stage, *, now: dt.datetime, actor: User | None = None, by: str = "", note: str = ""
) -> None:
    """Take the lead to `stage`, once: where it is there already, nothing happens.

    `by`: who of the company did it, where no colleague did. Refuses NoWayFromHere, NotYet, ReasonMissing.
    """
    lock(lead)
    if lead.stage == stage:
        return
    if stage == Stage.LOST and not lead.lost_reason:
        raise ReasonMissing(_("Say why this lead is lost."))
    check_step(lead, stage)
    LeadStep.objects.create(
        lead=lead, from_stage=lead.stage, to_stage=stage, made_at=now, actor=actor, by=by, note=note
    )
    lead.stage, lead.stage_since = stage, now
    if actor is not None and stage in CONTACT and lead.first_contact_at is None:
        lead.first_contact_at = now
    if stage != Stage.LOST:
        lead.lost_reason = ""
    lead.save(update_fields=["stage", "stage_since", "first_contact_at", "lost_reason"])


@transaction.atomic
def lose(lead: Lead, *, reason: LostReason, note: str = "", now: dt.datetime, actor: User) -> None:
    """End a lead of which nothing comes, and every link that was sent for it. Refuses NoWayFromHere."""
    lock(lead)
    lead.lost_reason = reason
    lead.save(update_fields=["lost_reason"])
    move(lead, Stage.LOST, now=now, actor=actor, note=note)
    lead.next_action, lead.next_action_on = "", None
    lead.save(update_fields=["next_action", "next_action_on"])
    links.revoke_links(lead, now=now)


def check_step(lead: Lead, stage: Stage) -> None:
    """Refuses NoWayFromHere and NotYet."""
    if stage not in NEXT[lead.stage]:
        raise NoWayFromHere(
            _("This lead is “%(now)s”; it cannot become “%(then)s”.")
            % {"now": lead.get_stage_display(), "then": stage.label}
        )
    needed = NEEDS.get(stage) or NEEDS_OF_WAY.get((lead.stage, stage))
    if needed is not None and not needed[0](lead):
        raise NotYet(str(needed[1]))


def steps_from(lead: Lead) -> list[Stage]:
    """The steps that a coordinator may take now by hand."""
    possible = []
    for stage in NEXT[lead.stage]:
        try:
            check_step(lead, stage)
        except StepRefused:
            continue
        possible.append(stage)
    return possible


def _any(lead: Lead, rows: str) -> bool:
    return bool(getattr(lead, rows).exists())


def _is(lead: Lead, row: str, field: str) -> bool:
    return getattr(getattr(lead, row, None), field, None) is not None
