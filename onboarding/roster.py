"""The roster: who takes part in a portal, with which opening credit, and how the person hears of it.

An account is known by its work e-mail and is never made twice. A work e-mail takes part in the portals of one company.
Nobody is invited twice, and a leaver keeps the orders that were paid for.
"""

import datetime as dt
from decimal import Decimal

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from billing import ledger
from onboarding.arrivals import first_key
from portals.models import Membership, Portal, PortalState, Role
from thuiswerk.lib.mail import compose
from thuiswerk.lib.nudge import nudge
from thuiswerk.lib.periods import amsterdam_date

OPENING = "Thuiswerktegoed"
_LOCK = 7_310_043  # of the rosters among the advisory locks of PostgreSQL


class RosterRefusal(Exception):
    """Something that the roster does not do; nothing was written. Its text is for the coordinator."""


class AlreadyOnRoster(RosterRefusal):
    """The person or the staff number is in this portal already."""


class WorksElsewhere(RosterRefusal):
    """The e-mail belongs to somebody of another company, or of the operator."""


class NoLivePeriod(RosterRefusal):
    """Credit needs a live period that is not over, and the portal has none."""


class GivenBefore(RosterRefusal):
    """The same form gave credit before, of another amount."""


class InvitedBefore(RosterRefusal):
    """The person has the invitation already."""


class NotOpenForInvitations(RosterRefusal):
    """The portal is in build or closed."""


class EmployeeDisabled(RosterRefusal):
    """The person may not enter the portal."""


@transaction.atomic
def add_employee(
    portal: Portal,
    *,
    email: str,
    name: str = "",
    staff_number: str = "",
    cost_centre: str = "",
    amount: Decimal,
    now: dt.datetime,
    actor: User | None,
    role: str = Role.EMPLOYEE,
) -> Membership:
    """Put a person on the roster with `amount` euro of opening credit; the account is made where there is none.

    The account has no password: the first login asks for one. Refuses AlreadyOnRoster, WorksElsewhere, NoLivePeriod.
    """
    wait_for_other_rosters()  # So does a second click, which is then told.
    email = User.objects.normalize_email(email)
    check_email(portal, email)
    if amount:
        credit_period(portal, now=now)
    if portal.memberships.filter(user__email=email).exists():
        raise AlreadyOnRoster(_("%(email)s takes part in this portal already.") % {"email": email})
    if staff_number and portal.memberships.filter(staff_number=staff_number).exists():
        raise AlreadyOnRoster(_("Staff number %(number)s is in use in this portal.") % {"number": staff_number})
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email, name=name, language=portal.language
    )
    membership = Membership.objects.create(
        portal=portal, user=user, role=role, staff_number=staff_number, cost_centre=cost_centre, created_at=now
    )
    if amount:
        give_credit(membership, amount=amount, reason=OPENING, source=opening_source(membership), now=now, actor=actor)
    return membership


def wait_for_other_rosters() -> None:
    """Hold the lock of all rosters until the transaction ends.

    Who is added to one has to be looked for in all others, also of other companies, and nobody may come in between.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def check_email(portal: Portal, email: str) -> None:
    """Refuses WorksElsewhere for an address that belongs to another company's portal or to the operator's staff."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise RosterRefusal(_("%(email)s is not an e-mail address.") % {"email": email}) from error
    if User.objects.filter(email=email, is_staff=True).exists():
        raise WorksElsewhere(_("%(email)s belongs to a colleague of the back office.") % {"email": email})
    if Membership.objects.active().filter(user__email=email).exclude(portal__company=portal.company_id).exists():
        raise WorksElsewhere(_("%(email)s takes part in a portal of another company.") % {"email": email})


@transaction.atomic
def give_credit(
    membership: Membership, *, amount: Decimal, reason: str, source: str, now: dt.datetime, actor: User | None
) -> None:
    """Grant `amount` euro for the live period of the portal, once per `source`.

    Refuses NoLivePeriod, EmployeeDisabled, GivenBefore, and InvalidAmount of the ledger.
    """
    valid_from, valid_until = credit_period(membership.portal, now=now)
    ledger.lock(membership)
    membership.refresh_from_db(fields=["disabled_at"])
    if not membership.is_active:
        raise EmployeeDisabled(_("%(person)s may not enter this portal.") % {"person": membership})
    try:
        ledger.grant(
            membership,
            amount=amount,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
            source=source,
            now=now,
            actor=actor,
        )
    except ledger.SourceReused as refusal:
        raise GivenBefore(
            _("%(person)s got credit by this form before, of another amount. Nothing was added.")
            % {"person": membership}
        ) from refusal


def credit_period(portal: Portal, *, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The first and the last day of credit given now. Refuses NoLivePeriod: it would expire unspent."""
    if portal.live_from is None or portal.live_until is None:
        raise NoLivePeriod(_("Set the live period of the portal first: credit is valid during it."))
    if portal.live_until < amsterdam_date(now):
        raise NoLivePeriod(_("The live period of the portal is over: set a new one before you give credit."))
    return portal.live_from, portal.live_until


def opening_source(membership: Membership) -> str:
    """What makes the opening grant of a membership the only one."""
    return f"opening:{membership.pk}"


@transaction.atomic
def invite(membership: Membership, *, now: dt.datetime) -> None:
    """Mail the person where the portal is, once. Holds no secret: the login asks for a code sent to the same address.

    Refuses NotOpenForInvitations and EmployeeDisabled.
    """
    locked = Membership.objects.select_for_update(of=("self",)).select_related("portal__company", "user")
    member = locked.get(pk=membership.pk)
    check_invitable(member.portal)
    if not member.is_active:
        raise EmployeeDisabled(_("%(person)s may not enter this portal.") % {"person": member})
    if member.invited_at is None:
        member.invited_at = now
        member.save(update_fields=["invited_at"])
        message = compose(
            "onboarding/mail/invitation",
            {"portal": member.portal, "person": member.user, "credit": member.grants.all().total_remaining()},
            language=member.user.language,
        )
        outbox.queue(message, to=member.user.email, key=first_key(member.pk), now=now)
    membership.invited_at = member.invited_at


@transaction.atomic
def request_invitations(portal: Portal, *, now: dt.datetime) -> int:
    """Ask for the invitation of everybody who has none yet; a task sends them. Returns how many were asked for.

    Refuses NotOpenForInvitations.
    """
    from onboarding.tasks import send_invitations

    check_invitable(portal)
    waiting = portal.memberships.filter(
        invited_at__isnull=True, invite_requested_at__isnull=True, disabled_at__isnull=True
    )
    asked = waiting.update(invite_requested_at=now)
    nudge(send_invitations)
    return asked


def check_invitable(portal: Portal) -> None:
    """Refuses NotOpenForInvitations for a portal that is in build or closed."""
    if portal.state in {PortalState.BUILD, PortalState.CLOSED}:
        raise NotOpenForInvitations(
            _("Make the portal ready first: an invitation to a shop in build or a closed one leads nowhere.")
        )


@transaction.atomic
def disable(membership: Membership, *, now: dt.datetime, actor: User | None) -> None:
    """Block a leaver at once and take unspent credit back. Orders and reserved credit stay as they are.

    What the person kept for later, such as home addresses, is thrown away.
    """
    ledger.lock(membership)
    membership.refresh_from_db()
    if membership.disabled_at is None:
        membership.disabled_at = now
        with pghistory.context(actor=actor.pk if actor else None):
            membership.save(update_fields=["disabled_at"])
    for given in membership.grants.filter(remaining__gt=0):
        ledger.revoke(given, source=f"leaver:{membership.disabled_at:%Y%m%dT%H%M%S%f}", now=now, actor=actor)
    membership.addresses.all().delete()
    membership.wishes.all().delete()


@transaction.atomic
def enable(membership: Membership, *, actor: User | None) -> None:
    """Let a person in again. Credit that was taken back stays so: give new credit where that is meant.

    Refuses WorksElsewhere for somebody who has joined another company since, and EmployeeDisabled for somebody whose
    data were deleted.
    """
    if membership.forgotten_at is not None:
        raise EmployeeDisabled(_("The data of this person were deleted. Add the person anew."))
    wait_for_other_rosters()
    check_email(membership.portal, membership.user.email)
    membership.disabled_at = None
    with pghistory.context(actor=actor.pk if actor else None):
        membership.save(update_fields=["disabled_at"])
