"""The personal data of people who never ordered go, a set time after the end of a portal.

- Who has an order, or spent credit, is kept: Dutch tax law asks for seven years of the books (AWR, article 52). So are
  the contacts of the company.
- Each person goes in a transaction of their own that holds portal, person and account, so a run that is killed or made
  twice deletes everything once. An account goes with the last place that it is needed for.
- The company gets one report of all that went since the one before.
"""

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from billing.models import Entry, EntryKind
from onboarding.after_models import Erasure
from onboarding.deletion_report import make_report
from onboarding.erasing import erase
from orders.models import Order
from portals.models import Membership, Portal, PortalPhase, PortalState, Role
from thuiswerk.lib.periods import amsterdam_date

USED = (EntryKind.SPEND, EntryKind.RESERVE)


def forget_people(*, now: dt.datetime) -> int:
    """Delete what is due at `now`, and report it. Returns how many people."""
    forgotten = 0
    for portal in _ended(now):
        if is_due(portal, now=now):
            forgotten += sum(_forget(pk, now) for pk in never_ordered(portal).values_list("pk", flat=True))
    for portal in Portal.objects.filter(pk__in=Erasure.objects.filter(report=None).values("portal")).order_by("pk"):
        make_report(portal, now=now)
    return forgotten


def is_due(portal: Portal, *, now: dt.datetime) -> bool:
    """Whether the set time after the end of `portal` is over."""
    end = ended_on(portal, now=now)
    return end is not None and amsterdam_date(now) > end + dt.timedelta(days=settings.PERSONAL_DATA_DAYS)


def ended_on(portal: Portal, *, now: dt.datetime) -> dt.date | None:
    """The last day of a portal that has ended: of its period, or the day on which it was closed before that."""
    if portal.phase(now) != PortalPhase.ENDED or portal.live_until is None:
        return None
    if portal.state != PortalState.CLOSED:
        return portal.live_until
    events = cast("Any", portal).events.order_by("pgh_id")
    open_until = events.exclude(state=PortalState.CLOSED).last()
    closed = events.filter(state=PortalState.CLOSED, pgh_id__gt=open_until.pgh_id if open_until else 0).first()
    return min(portal.live_until, amsterdam_date(closed.pgh_created_at)) if closed else portal.live_until


def never_ordered(portal: Portal) -> QuerySet[Membership]:
    """Employees of `portal` that hold nothing of its books open: no order, nothing spent or reserved, nothing left."""
    return _without_orders(portal.memberships.filter(forgotten_at=None, role=Role.EMPLOYEE)).order_by("pk")


def _without_orders(members: QuerySet[Membership]) -> QuerySet[Membership]:
    orders = Order.objects.filter(membership=OuterRef("pk")).order_by()
    used = Entry.objects.filter(membership=OuterRef("pk"), kind__in=USED).order_by()
    return members.exclude(Exists(orders) | Exists(used) | Q(grants__remaining__gt=0))


def _ended(now: dt.datetime) -> QuerySet[Portal]:
    over = Q(live_until__lt=amsterdam_date(now)) | Q(state=PortalState.CLOSED)
    people = Membership.objects.filter(portal=OuterRef("pk"), forgotten_at=None, role=Role.EMPLOYEE).order_by()
    return Portal.objects.real().filter(over, Exists(people)).exclude(state=PortalState.BUILD).order_by("pk")


@transaction.atomic
def _forget(pk: int, now: dt.datetime) -> int:
    """Forget one person, unless another worker was first, or the portal was opened again meanwhile."""
    member = Membership.objects.get(pk=pk)
    portal = Portal.objects.select_for_update(of=("self",), no_key=True).get(pk=member.portal_id)
    user = User.objects.select_for_update(no_key=True).get(pk=member.user_id)
    held = Membership.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk)
    member = held.get()
    if not (is_due(portal, now=now) and never_ordered(portal).filter(pk=pk).exists()):
        return 0
    member.portal, member.user = portal, user
    elsewhere = user.memberships.filter(forgotten_at=None).exclude(pk=pk).exists()
    erase(member, with_account=not (elsewhere or user.is_staff), now=now)
    return 1
