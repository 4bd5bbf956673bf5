"""From a list of employees to the roster: compared with what is there, shown, and applied only when confirmed.

What is confirmed is what was stored when it was shown, compared anew at that moment; all of it happens or none.
"""

import dataclasses
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pghistory
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from billing import ledger
from onboarding.models import RosterImport
from onboarding.roster import OPENING, NoLivePeriod, RosterRefusal, credit_period, wait_for_other_rosters
from onboarding.roster_file import Row, read_roster
from portals.models import Membership, Portal

BATCH = 1000


class ImportApplied(RosterRefusal):
    """The list was confirmed before."""


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    DOUBLE = "double"
    WRONG = "wrong"


@dataclass
class CheckedRow:
    """A row with what will happen to it, the credit in euro that it brings, and the cost centre that it replaces."""

    row: Row
    verdict: Verdict
    amount: Decimal
    replaces: str = ""

    @property
    def errors(self) -> dict[str, str]:
        return self.row.errors


def upload_roster(portal: Portal, *, file_name: str, content: bytes, now: dt.datetime, actor: User) -> RosterImport:
    """Read and keep a list, to be looked at before it is applied. Refuses UnreadableFile."""
    rows = read_roster(content)
    return RosterImport.objects.create(
        portal=portal,
        file_name=file_name[:120],
        rows=[dataclasses.asdict(row) for row in rows],
        uploaded_by=actor,
        uploaded_at=now,
    )


def check_rows(batch: RosterImport, *, now: dt.datetime) -> list[CheckedRow]:
    """Every row of the list with its verdict, compared with the roster as it is now."""
    rows = [Row.from_json(stored) for stored in batch.rows]
    present = dict(batch.portal.memberships.values_list("user__email", "cost_centre"))
    numbers = set(batch.portal.memberships.exclude(staff_number="").values_list("staff_number", flat=True))
    foreign = _emails_elsewhere(batch.portal, {row.email for row in rows})
    seen: set[str] = set()
    people = {(row.email, row.staff_number) for row in rows if row.staff_number}
    times = Counter(number for _email, number in people)
    checked = []
    for row in rows:
        verdict = _verdict(row, present, seen)
        if verdict == Verdict.NEW:
            _find_clashes(row, numbers, times, foreign)
            _find_missing_period(row, batch.portal, now)
            verdict = Verdict.WRONG if row.errors else Verdict.NEW
        seen.add(row.email)
        checked.append(CheckedRow(row, verdict, _amount(row, batch.portal), present.get(row.email, "")))
    return checked


@transaction.atomic
def apply_import(batch: RosterImport, *, now: dt.datetime, actor: User) -> int:
    """Put the new people of the list on the roster with their credit, and note another cost centre of those who are
    there; all else of them stays as is.

    Returns for how many something was done. Refuses ImportApplied, NoLivePeriod.
    """
    wait_for_other_rosters()
    batch.refresh_from_db(from_queryset=RosterImport.objects.select_for_update(of=("self",)))
    if batch.applied_at is not None:
        raise ImportApplied(_("This list was added before."))
    rows = check_rows(batch, now=now)
    new = [checked for checked in rows if checked.verdict == Verdict.NEW]
    members = _make_memberships(batch.portal, new, now)
    changed = _move({c.row.email: c.row.cost_centre for c in rows if c.verdict == Verdict.CHANGED}, batch.portal, actor)
    _give_opening_credit(batch.portal, members, new, now, actor)
    batch.applied_at, batch.added = now, len(new)
    batch.save(update_fields=["applied_at", "added"])
    return len(new) + changed


def _verdict(row: Row, present: dict[str, str], seen: set[str]) -> Verdict:
    if row.errors:
        return Verdict.WRONG
    if row.email in seen:
        return Verdict.DOUBLE
    if row.email not in present:
        return Verdict.NEW
    return Verdict.CHANGED if row.cost_centre not in ("", present[row.email]) else Verdict.KNOWN


def _find_clashes(row: Row, numbers: set[str], times: Counter[str], foreign: set[str]) -> None:
    if row.email in foreign:
        row.errors["email"] = _(
            "This address takes part in a portal of another company, or belongs to the back office."
        )
    if row.staff_number in numbers:
        row.errors["staff_number"] = _("This staff number is in use in this portal.")
    elif times[row.staff_number] > 1:
        row.errors["staff_number"] = _("This staff number stands in the list more than once.")


def _find_missing_period(row: Row, portal: Portal, now: dt.datetime) -> None:
    if not _amount(row, portal):
        return
    try:
        credit_period(portal, now=now)
    except NoLivePeriod as refusal:
        row.errors["amount"] = str(refusal)


def _emails_elsewhere(portal: Portal, emails: set[str]) -> set[str]:
    """Those of `emails` that belong to another company's portal or to staff."""
    others = Membership.objects.active().exclude(portal__company=portal.company_id)
    working = others.filter(user__email__in=emails).values_list("user__email", flat=True)
    staff = User.objects.filter(is_staff=True, email__in=emails).values_list("email", flat=True)
    return set(working) | set(staff)


def _amount(row: Row, portal: Portal) -> Decimal:
    if "amount" in row.errors:
        return Decimal("0.00")
    return portal.credit_per_employee if row.amount is None else Decimal(row.amount)


def _make_memberships(portal: Portal, new: list[CheckedRow], now: dt.datetime) -> list[Membership]:
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
    portal: Portal, members: list[Membership], new: list[CheckedRow], now: dt.datetime, actor: User
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
