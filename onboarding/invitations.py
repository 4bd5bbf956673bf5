"""Invitations from the day of opening on: asked for once for everybody, mailed in portions, and once more on request.

Invariants: a person gets the first invitation once, and a repeated one at most once a day; both are held by the keys of
their mails. What waits is a row, so a run that is missed, killed or made twice leaves nobody out and does nothing
twice. Nothing is mailed for a portal that is not open or about to open: its rows wait.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from onboarding import arrivals, roster
from onboarding.after_models import InvitationAgain, InvitationPlan
from portals.models import Membership, Portal, PortalState
from thuiswerk.lib.mail import compose
from thuiswerk.lib.nudge import nudge
from thuiswerk.lib.periods import amsterdam_date, start_of_day

# A little less than what lies between two runs of the job, so that the next one finds room again.
PORTION = dt.timedelta(seconds=50)


class PeriodIsOver(roster.RosterRefusal):
    """Nobody is invited after the last day of the portal."""


@dataclass(frozen=True)
class Resent:
    """What came of a request to invite people once more, in people."""

    asked: int
    came_back: int
    today: int


@transaction.atomic
def plan_invitations(
    portal: Portal, *, day: dt.date | None = None, invites_newcomers: bool = True, now: dt.datetime, actor: User | None
) -> InvitationPlan:
    """Have everybody on the roster invited on `day`, or without one on the portal's first day; a day that has passed
    means now. Planned anew, who has an invitation gets no other.

    Refuses NotOpenForInvitations for a closed portal, and PeriodIsOver for a day after its end.
    """
    portal = Portal.objects.select_for_update(of=("self",), no_key=True).get(pk=portal.pk)
    if portal.state == PortalState.CLOSED:
        raise roster.NotOpenForInvitations(_("This shop is closed: nobody can be invited."))
    if day and portal.live_until and day > portal.live_until:
        raise PeriodIsOver(_("The shop has ended by then. Choose an earlier day."))
    plan, _made = InvitationPlan.objects.update_or_create(
        portal=portal,
        defaults={
            "day": day,
            "invites_newcomers": invites_newcomers,
            "planned_at": now,
            "planned_by": actor,
            "asked_at": None,
        },
    )
    return plan


def open_portals(*, now: dt.datetime) -> int:
    """Ask for the invitations of every portal whose day has come, and of newcomers afterwards. Returns how many."""
    today = amsterdam_date(now)
    plans = InvitationPlan.objects.select_related("portal").alias(due_on=Coalesce("day", "portal__live_from"))
    due = plans.filter(_open(now), due_on__lte=today)
    due = due.filter(Q(asked_at__isnull=True) | Q(invites_newcomers=True))
    return sum(_ask(plan, now) for plan in due.order_by("portal"))


def send_portion(*, now: dt.datetime) -> int:
    """Mail what was asked for, the longest waiting first, as many as the setting allows. Returns how many."""
    room = settings.INVITATIONS_PER_MINUTE - _mailed_since(now - PORTION)
    mailed = 0
    for member in _waiting(now):
        if mailed >= room:
            return mailed
        with suppress(roster.RosterRefusal):
            roster.invite(member, now=now)
            mailed += 1
    for again in _waiting_again(now):
        if mailed >= room:
            return mailed
        mailed += _send_again(again.pk, now)
    return mailed


@transaction.atomic
def resend_invitations(members: QuerySet[Membership], *, now: dt.datetime, actor: User | None) -> Resent:
    """Ask for one more invitation of those of `members` who were invited and have not come.

    Left out are those whose address refused an earlier one, until it is corrected, and those who were sent one today,
    or for whom one still waits.
    """
    from onboarding.tasks import send_invitations

    today = amsterdam_date(now)
    late = members.filter(arrivals.not_come(), _open(now))
    reachable = late.exclude(arrivals.came_back())
    waiting = InvitationAgain.objects.filter(membership=OuterRef("pk"), done_at__isnull=True).order_by()
    fresh = reachable.filter(~Exists(waiting), invited_at__lt=start_of_day(today))
    rows = [
        InvitationAgain(
            portal_id=portal, membership_id=pk, key=f"{arrivals.first_key(pk)}:{today}", asked_at=now, asked_by=actor
        )
        for pk, portal in fresh.order_by("pk").values_list("pk", "portal")
    ]
    before = InvitationAgain.objects.filter(key__in=[row.key for row in rows]).count()
    InvitationAgain.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    nudge(send_invitations)
    reached = reachable.count()
    return Resent(len(rows) - before, late.count() - reached, reached - len(rows) + before)


@transaction.atomic
def _ask(plan: InvitationPlan, now: dt.datetime) -> int:
    plan = InvitationPlan.objects.select_for_update(of=("self",)).select_related("portal").get(pk=plan.pk)
    if plan.asked_at and not plan.invites_newcomers:
        return 0  # Another worker was first.
    asked = 0
    with suppress(roster.RosterRefusal):
        asked = roster.request_invitations(plan.portal, now=now)
        if plan.asked_at is None:
            plan.asked_at = now
            plan.save(update_fields=["asked_at"])
    return asked


def _mailed_since(moment: dt.datetime) -> int:
    again = InvitationAgain.objects.filter(done_at__gt=moment).count()
    return Membership.objects.filter(invited_at__gt=moment).count() + again


def _open(now: dt.datetime) -> Q:
    """The condition for rows of portals that an invitation may lead to."""
    ends = amsterdam_date(now)
    return Q(portal__state=PortalState.READY, portal__live_until__gte=ends, portal__is_example=False)


def _waiting(now: dt.datetime) -> QuerySet[Membership]:
    asked = Membership.objects.active().filter(invite_requested_at__isnull=False, invited_at__isnull=True)
    return asked.filter(_open(now)).order_by("invite_requested_at", "pk")[: _most()]


def _waiting_again(now: dt.datetime) -> QuerySet[InvitationAgain]:
    asked = InvitationAgain.objects.filter(_open(now), done_at__isnull=True)
    return asked.order_by("pk")[: _most()]


def _most() -> int:
    return settings.INVITATIONS_PER_MINUTE


@transaction.atomic
def _send_again(pk: int, now: dt.datetime) -> int:
    """Mail one repeated invitation, unless it is another worker's or the person has come meanwhile."""
    rows = InvitationAgain.objects.select_for_update(of=("self",), skip_locked=True)
    again = rows.select_related("portal__company", "membership__user").filter(pk=pk, done_at__isnull=True).first()
    if again is None:
        return 0
    again.done_at = now
    again.save(update_fields=["done_at"])
    member = again.membership
    late = Membership.objects.filter(arrivals.not_come(), pk=member.pk).exclude(arrivals.came_back())
    if not late.exists():
        return 0
    message = compose(
        "onboarding/mail/invitation",
        {
            "portal": again.portal,
            "person": member.user,
            "credit": member.grants.all().total_remaining(),
            "is_again": True,
        },
        language=member.user.language,
    )
    outbox.queue(message, to=member.user.email, key=again.key, now=now)
    return 1
