"""What happened to a portal, from the history that the database keeps: who did what, when and why."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from onboarding.after_models import DeletionReport
from portals.models import Portal, PortalState

SHOWN = 30


@dataclass(frozen=True)
class Moment:
    """Something that happened; `who` is empty where it happened by itself."""

    at: dt.datetime
    told: str
    who: str = ""
    reason: str = ""
    report: DeletionReport | None = None


def timeline(portal: Portal) -> list[Moment]:
    """The last moments of `portal`, the latest first."""
    moments = [*_changes(portal), *_plans(portal), *_settlements(portal), *_deletions(portal)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:SHOWN]


def _changes(portal: Portal) -> list[Moment]:
    """Changes of the state and of the period."""
    events: list[Any] = list(cast("Any", portal).events.select_related("pgh_context").order_by("pgh_id"))
    pairs = [(before, after, _metadata(after)) for before, after in pairwise(events)]
    people = User.objects.in_bulk({data["actor"] for *_events, data in pairs if data.get("actor")})
    return [
        Moment(after.pgh_created_at, told, _name(people.get(data.get("actor"))), data.get("reason", ""))
        for before, after, data in pairs
        for told in _told(before, after)
    ]


def _metadata(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}


def _told(before: Any, after: Any) -> list[str]:
    told = []
    if before.state != after.state:
        told.append(_state_told(before.state, after.state))
    if before.live_from != after.live_from and after.live_from:
        told.append(_("The first day became %(day)s.") % {"day": date_format(after.live_from)})
    if before.live_until != after.live_until and after.live_until:
        told.append(_("The last day became %(day)s.") % {"day": date_format(after.live_until)})
    return told


def _state_told(before: str, after: str) -> str:
    if after == PortalState.READY:
        again = before in {PortalState.PAUSED, PortalState.CLOSED}
        return _("Opened again.") if again else _("Made ready.")
    return {PortalState.PAUSED: _("Paused."), PortalState.CLOSED: _("Closed.")}.get(PortalState(after), _("In build."))


def _plans(portal: Portal) -> list[Moment]:
    plan = getattr(portal, "invitation_plan", None)
    if plan is None:
        return []
    planned = Moment(plan.planned_at, _("The invitations were planned."), _name(plan.planned_by))
    asked = [Moment(plan.asked_at, _("Everybody's invitation was asked for."))] if plan.asked_at else []
    return [planned, *asked]


def _settlements(portal: Portal) -> list[Moment]:
    settlements = portal.settlements.select_related("settled_by")
    return [Moment(one.settled_at, _("The books were settled."), _name(one.settled_by)) for one in settlements]


def _deletions(portal: Portal) -> list[Moment]:
    return [
        Moment(
            report.made_at,
            ngettext(
                "The personal data of %(count)d person were deleted.",
                "The personal data of %(count)d people were deleted.",
                report.people,
            )
            % {"count": report.people},
            report=report,
        )
        for report in portal.deletion_reports.all()
    ]


def _name(user: User | None) -> str:
    return user.get_full_name() if user else ""
