"""From a list of employees to the roster: compared with what is there, shown, and applied only when confirmed.

What is confirmed is what was stored when it was shown, compared anew at that moment; all of it happens or none.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence

import pghistory
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from billing import ledger
from onboarding.models import RosterImport
from onboarding.roster import OPENING, NoLivePeriod, RosterRefusal, credit_period, wait_for_other_rosters
from onboarding.roster_check import CheckedRow, Known, Verdict, check_list
from onboarding.roster_row import Row
from portals.models import Membership, Portal

BATCH = 1000


class ImportApplied(RosterRefusal):
    """The list was confirmed before."""


def keep_list(portal: Portal, *, name: str, rows: Sequence[Row], now: dt.datetime, actor: User) -> RosterImport:
    """Keep a list that was read, to be looked at before it is applied."""
    return RosterImport.objects.create(
        portal=portal,
        file_name=name[:120],
        rows=[dataclasses.asdict(row) for row in rows],
        uploaded_by=actor,
        uploaded_at=now,
    )


def check_rows(batch: RosterImport, *, now: dt.datetime) -> list[CheckedRow]:
    """Every row of the list with its verdict, compared with the roster as it is now."""
    return check_for(batch.portal, [Row.from_json(stored) for stored in batch.rows], now=now)


def check_for(portal: Portal, rows: Sequence[Row], *, now: dt.datetime) -> list[CheckedRow]:
    """Every row with its verdict, compared with the roster of `portal` as it is now."""
    return check_list(
        rows,
        amount=portal.credit_per_employee,
        against=known_in(portal, {row.email for row in rows}, now=now),
        domains=portal.company.domains,
    )


def known_in(portal: Portal, emails: set[str], *, now: dt.datetime) -> Known:
    """What a list with these addresses is compared with before it goes on the roster of `portal`."""
    present = list(portal.memberships.values_list("user__email", "cost_centre", "staff_number"))
    try:
        credit_period(portal, now=now)
    except NoLivePeriod as refusal:
        no_credit = str(refusal)
    else:
        no_credit = ""
    return Known(
        cost_centres={email: cost_centre for email, cost_centre, _number in present},
        staff_numbers=frozenset(number for _email, _centre, number in present if number),
        elsewhere=emails_elsewhere(emails, company=portal.company_id),
        no_credit=no_credit,
    )


def emails_elsewhere(emails: set[str], *, company: int | None) -> frozenset[str]:
    """Those of `emails` that belong to a portal of another company than `company`, or to staff."""
    others = Membership.objects.active().exclude(portal__company=company)
    working = others.filter(user__email__in=emails).values_list("user__email", flat=True)
    staff = User.objects.filter(is_staff=True, email__in=emails).values_list("email", flat=True)
    return frozenset(working) | frozenset(staff)


@transaction.atomic
def put_on_roster(portal: Portal, rows: Sequence[Row], *, now: dt.datetime, actor: User | None) -> int:
    """Put those of `rows` who are new on the roster, each with an account and opening credit; the others are left out.

    Compares with the roster as it is now, and holds the lock of all rosters until the transaction ends. Returns how
    many were added.
    """
    wait_for_other_rosters()
    return _add(portal, check_for(portal, rows, now=now), now, actor)


@transaction.atomic
def apply_import(batch: RosterImport, *, now: dt.datetime, actor: User) -> int:
    """Put the new people of the list on the roster with their credit, and note another cost centre of those who are
    there; all else of them stays as is.

    Returns for how many something was done. Refuses ImportApplied.
    """
    wait_for_other_rosters()
    batch.refresh_from_db(from_queryset=RosterImport.objects.select_for_update(of=("self",)))
    if batch.applied_at is not None:
        raise ImportApplied(_("This list was added before."))
    rows = check_rows(batch, now=now)
    batch.applied_at, batch.added = now, _add(batch.portal, rows, now, actor)
    batch.save(update_fields=["applied_at", "added"])
    moved = {c.row.email: c.row.cost_centre for c in rows if c.verdict == Verdict.CHANGED}
    return batch.added + _move(moved, batch.portal, actor)


def _add(portal: Portal, rows: Sequence[CheckedRow], now: dt.datetime, actor: User | None) -> int:
    new = [checked for checked in rows if checked.verdict == Verdict.NEW]
    members = _make_memberships(portal, new, now)
    _give_opening_credit(portal, members, new, now, actor)
    return len(new)


def _make_memberships(portal: Portal, new: Sequence[CheckedRow], now: dt.datetime) -> list[Membership]:
    """Accounts where there are none, without a password and so without the cost of hashing one; then memberships."""
    accounts = [
        User(email=c.row.email, name=c.row.name, language=portal.language, password=make_password(None)) for c in new
    ]
    User.objects.bulk_create(accounts, batch_size=BATCH, ignore_conflicts=True)
    keys = dict(User.objects.filter(email__in=[c.row.email for c in new]).values_list("email", "pk"))
    return Membership.objects.bulk_create(
        [
            Membership(
                portal=portal,
                user_id=keys[c.row.email],
                staff_number=c.row.staff_number,
                cost_centre=c.row.cost_centre,
                created_at=now,
            )
            for c in new
        ],
        batch_size=BATCH,
    )


def _move(cost_centres: dict[str, str], portal: Portal, actor: User) -> int:
    """Give the people with these e-mails another cost centre."""
    members = list(portal.memberships.filter(user__email__in=cost_centres).select_related("user"))
    for member in members:
        member.cost_centre = cost_centres[member.user.email]
    with pghistory.context(actor=actor.pk):
        return Membership.objects.bulk_update(members, ["cost_centre"], batch_size=BATCH)


def _give_opening_credit(
    portal: Portal, members: list[Membership], new: Sequence[CheckedRow], now: dt.datetime, actor: User | None
) -> None:
    amounts = {member: c.amount for member, c in zip(members, new, strict=True) if c.amount}
    if not amounts:
        return
    valid_from, valid_until = credit_period(portal, now=now)
    ledger.grant_many(
        amounts,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=OPENING,
        source="opening",
        now=now,
        actor=actor,
    )
