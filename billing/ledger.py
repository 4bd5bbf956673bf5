"""The ledger of credit: the only code that moves it.

Invariants, proved by `manage.py check_ledger`:
- every movement runs in one transaction that holds the row lock of the membership;
- `remaining` of a grant is the sum of its entries, and never below zero or above the amount of the grant;
- an entry is written once per `source`: the same call made twice moves nothing the second time, and the same source
  with another meaning is refused;
- credit is taken from the grant that ends soonest and goes back to the grant it came from;
- what is left when a grant or its portal ends expires, and what comes back to somebody who left is withdrawn.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from billing.grace import days_of_grace, grace_until
from billing.models import Entry, EntryKind, Grant
from billing.posting import locked, new_entry, post, releases_of, taking, usable_grants
from portals.models import Membership
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


class LedgerRefusal(Exception):
    """A movement that the ledger does not make; nothing was written."""


class InsufficientCredit(LedgerRefusal):
    """More was asked than the membership may spend now."""

    def __init__(self, asked: Decimal, available: Decimal) -> None:
        super().__init__(f"Asked {asked}, available {available}.")
        self.asked = asked
        self.available = available


class RefundTooLarge(LedgerRefusal):
    """More would be given back than is left of the spend."""


class InvalidAmount(LedgerRefusal):
    """An amount that is not a positive number of whole cents."""


class SourceReused(LedgerRefusal):
    """The source, or the order number, already stands for another movement."""


class ReservationReleased(LedgerRefusal):
    """The order's reservation was undone; a new order is needed to reserve again."""


def lock(membership: Membership) -> None:
    """Hold the row of `membership` until the transaction ends: one movement of its credit at a time."""
    locked.get(pk=membership.pk)


def available(membership: Membership, *, now: dt.datetime) -> Decimal:
    """The credit in euro that `membership` may spend at `now`."""
    return sum((lot.remaining for lot in usable_grants.all(member=membership.pk, today=amsterdam_date(now))), ZERO)


@transaction.atomic
def grant(
    membership: Membership,
    *,
    amount: Decimal,
    valid_from: dt.date,
    valid_until: dt.date,
    reason: str,
    source: str,
    now: dt.datetime,
    actor: User | None = None,
) -> Grant:
    """Give `amount` euro to `membership`, to be spent from `valid_from` to `valid_until`, both included.

    The grant that `source` already names is returned as it is. Refuses InvalidAmount, and SourceReused where `source`
    names a grant of another amount or another membership.
    """
    _check_amount(amount)
    lock(membership)
    made, is_new = Grant.objects.get_or_create(
        source=source,
        defaults={
            "portal_id": membership.portal_id,
            "membership": membership,
            "amount": amount,
            "remaining": amount,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "reason": reason,
            "given_by": actor,
            "created_at": now,
        },
    )
    if is_new:
        new_entry(made, EntryKind.GRANT, amount, f"grant:{source}", now, actor).save(force_insert=True)
    elif (made.membership_id, made.amount) != (membership.pk, amount):
        raise SourceReused(f"{source} names a grant of {made.amount}.")
    return made


@transaction.atomic
def grant_many(
    amounts: dict[Membership, Decimal],
    *,
    valid_from: dt.date,
    valid_until: dt.date,
    reason: str,
    source: str,
    now: dt.datetime,
    actor: User | None = None,
) -> list[Grant]:
    """`grant` for a whole roster in a few statements: an amount in euro for each membership, once per `source`.

    Each grant's own source is `source` with the key of the membership behind it. Refuses InvalidAmount, and
    IntegrityError where one of them has been given before; nothing is written then.
    """
    for amount in amounts.values():
        _check_amount(amount)
    members = sorted(amounts, key=lambda member: member.pk)
    list(Membership.objects.select_for_update(no_key=True).filter(pk__in=[m.pk for m in members]).order_by("pk"))
    grants = Grant.objects.bulk_create(
        [
            Grant(
                portal_id=member.portal_id,
                membership=member,
                amount=amounts[member],
                remaining=amounts[member],
                valid_from=valid_from,
                valid_until=valid_until,
                reason=reason,
                source=f"{source}:{member.pk}",
                given_by=actor,
                created_at=now,
            )
            for member in members
        ],
        batch_size=1000,
    )
    entries = [new_entry(made, EntryKind.GRANT, made.amount, f"grant:{made.source}", now, actor) for made in grants]
    Entry.objects.bulk_create(entries, batch_size=1000)
    return grants


@transaction.atomic
def spend(
    membership: Membership, *, amount: Decimal, order_number: str, now: dt.datetime, actor: User | None = None
) -> list[Entry]:
    """Spend `amount` euro on an order at once, also after its reservation was undone. Returns the entries.

    Refuses InvalidAmount, InsufficientCredit, and SourceReused where the order spent another amount before.
    """
    return _take(membership, EntryKind.SPEND, amount, order_number, now, actor)


@transaction.atomic
def reserve(
    membership: Membership, *, amount: Decimal, order_number: str, now: dt.datetime, actor: User | None = None
) -> list[Entry]:
    """Set `amount` euro apart while the own part of an order is paid. Returns the entries.

    Refuses InvalidAmount, InsufficientCredit, SourceReused where the order reserved another amount before, and
    ReservationReleased where its reservation was undone.
    """
    return _take(membership, EntryKind.RESERVE, amount, order_number, now, actor)


@transaction.atomic
def release(membership: Membership, *, order_number: str, now: dt.datetime, actor: User | None = None) -> list[Entry]:
    """Undo the reservation of an order. What was reserved on a grant that has ended since expires at once."""
    lock(membership)
    released = post(releases_of(membership, order_number, now, actor))
    _settle_returned(membership, released, now, actor)
    return released


@transaction.atomic
def spend_reserved(
    membership: Membership, *, order_number: str, now: dt.datetime, actor: User | None = None
) -> list[Entry]:
    """Turn the reservation of an order, now paid, into a spend. Returns the spends; none without a reservation."""
    lock(membership)
    releases = releases_of(membership, order_number, now, actor)
    spends = [taking(entry.grant, EntryKind.SPEND, entry.amount, order_number, now, actor) for entry in releases]
    post(releases + spends)
    return spends or list(membership.entries.filter(order_number=order_number, kind=EntryKind.SPEND).order_by("pk"))


@transaction.atomic
def refund(spent: Entry, *, amount: Decimal, source: str, now: dt.datetime, actor: User | None = None) -> Entry:
    """Give `amount` euro of the spend entry `spent` back to its grant; one that ended reopens for it (`billing.grace`).

    `source` names the reason (a return, a cancelled line); the same source gives back once. To somebody who left the
    credit is given back, so that the company does not pay for it, and withdrawn at once.
    Refuses InvalidAmount, RefundTooLarge, SourceReused, and LedgerRefusal for an entry that is no spend.
    """
    _check_amount(amount)
    if spent.kind != EntryKind.SPEND:
        raise LedgerRefusal("Only a spend can be given back.")
    lock(spent.membership)
    source = f"refund:{source}:{spent.pk}"
    if done := _done(source, amount):
        return done
    given_back = spent.refunds.aggregate(total=Sum("amount"))["total"] or ZERO
    if given_back + amount > -spent.amount:
        raise RefundTooLarge(f"{amount} asked, {-spent.amount - given_back} left of the spend.")
    _reopen(spent, now)
    # A request that began before the spend was written bears an earlier time, perhaps of another month.
    posted_at = max(now, spent.posted_at)
    entry = new_entry(spent.grant, EntryKind.REFUND, amount, source, posted_at, actor, spent.order_number)
    entry.spend = spent
    post([entry])
    _settle_returned(spent.membership, [entry], now, actor)
    return entry


@transaction.atomic
def expire(membership: Membership, *, now: dt.datetime) -> list[Entry]:
    """Write off what is left on the grants of `membership` whose last day is over."""
    lock(membership)
    return _expire_ended(membership.grants.filter(remaining__gt=0).values_list("pk", flat=True), now)


@transaction.atomic
def revoke(
    given: Grant, *, amount: Decimal | None = None, source: str, now: dt.datetime, actor: User | None = None
) -> Entry | None:
    """Take `amount` euro (default: all that is left) of a grant back, once per `source`. None where nothing is left.

    Refuses InvalidAmount, SourceReused, and InsufficientCredit where less is left.
    """
    if amount is not None:
        _check_amount(amount)
    lock(given.membership)
    source = f"revoke:{source}:{given.pk}"
    if done := _done(source, None if amount is None else -amount):
        return done
    given.refresh_from_db(fields=["remaining"])
    amount = given.remaining if amount is None else amount
    if amount > given.remaining:
        raise InsufficientCredit(amount, given.remaining)
    if not amount:
        return None
    return post([new_entry(given, EntryKind.REVOKE, -amount, source, now, actor)])[0]


@transaction.atomic
def correct(given: Grant, *, amount: Decimal, source: str, now: dt.datetime, actor: User) -> Entry:
    """Correct what is left of a grant by `amount` euro, up or down, once per `source`.

    Refuses InvalidAmount, SourceReused, and LedgerRefusal where the grant would fall below zero, or rise above its
    amount once all that orders hold or spent of it came back.
    """
    _check_amount(abs(amount))
    lock(given.membership)
    source = f"correct:{source}:{given.pk}"
    if done := _done(source, amount):
        return done
    given.refresh_from_db(fields=["remaining", "amount"])
    by_orders = [EntryKind.RESERVE, EntryKind.RELEASE, EntryKind.SPEND, EntryKind.REFUND]
    used = -given.entries.filter(kind__in=by_orders).aggregate(total=Sum("amount", default=ZERO))["total"]
    if not ZERO <= given.remaining + amount <= given.amount - used:
        raise LedgerRefusal("A grant stays between zero and its amount.")
    return post([new_entry(given, EntryKind.CORRECT, amount, source, now, actor)])[0]


def _take(
    membership: Membership, kind: EntryKind, amount: Decimal, order_number: str, now: dt.datetime, actor: User | None
) -> list[Entry]:
    """Take `amount` from the usable grants, soonest-ending first; what the order already took is returned as it is."""
    _check_amount(amount)
    lock(membership)
    moved = list(Entry.objects.filter(order_number=order_number).order_by("pk"))
    if moved and not (kind == EntryKind.SPEND and _is_released(moved, membership)):
        return _repeated(moved, membership, kind, amount)
    entries = []
    missing = amount
    for lot in usable_grants.all(member=membership.pk, today=amsterdam_date(now)):
        part = min(missing, lot.remaining)
        entries.append(taking(lot, kind, part, order_number, now, actor))
        missing -= part
        if not missing:
            return post(entries)
    raise InsufficientCredit(amount, amount - missing)


def _repeated(moved: list[Entry], membership: Membership, kind: EntryKind, amount: Decimal) -> list[Entry]:
    """The entries of an order that `moved` credit before, where the call is the same as then."""
    done = [entry for entry in moved if entry.kind == kind and entry.membership_id == membership.pk]
    if sum(entry.amount for entry in done) != -amount:
        raise SourceReused(f"Order {moved[0].order_number} already moved credit in another way.")
    kinds = {entry.kind for entry in moved}
    if EntryKind.RELEASE in kinds and EntryKind.SPEND not in kinds:
        raise ReservationReleased(f"The reservation of order {moved[0].order_number} was undone.")
    return done


def _is_released(moved: list[Entry], membership: Membership) -> bool:
    """Whether an order reserved and gave all of it back: a payment that comes after that may still spend."""
    if {entry.membership_id for entry in moved} != {membership.pk}:
        return False
    only_reserved = {entry.kind for entry in moved} == {EntryKind.RESERVE, EntryKind.RELEASE}
    return only_reserved and not sum(entry.amount for entry in moved)


def _settle_returned(membership: Membership, returned: Sequence[Entry], now: dt.datetime, actor: User | None) -> None:
    """Write off at once what came back to a grant that has ended, or to somebody who left."""
    if not returned:
        return
    _expire_ended([entry.grant_id for entry in returned], now)
    if not Membership.objects.active().filter(pk=membership.pk).exists():
        for entry in returned:
            revoke(entry.grant, source=f"left:{entry.pk}", now=now, actor=actor)


def _expire_ended(grant_ids: Iterable[int], now: dt.datetime) -> list[Entry]:
    lots = Grant.objects.ended_before(amsterdam_date(now)).filter(pk__in=list(grant_ids))
    ended = [(lot, f"expire:{lot.pk}:{lot.entries.filter(kind=EntryKind.EXPIRE).count()}") for lot in lots]
    return post([new_entry(lot, EntryKind.EXPIRE, -lot.remaining, source, now, None) for lot, source in ended])


def _reopen(spent: Entry, now: dt.datetime) -> None:
    """Let what comes back of `spent` be spent after the end of its grant, as long as `billing.grace` says; what was
    unspent when the grant ended stays expired."""
    lot = spent.grant
    lot.refresh_from_db()
    until = grace_until(spent, now)
    if until:
        _expire_ended([lot.pk], now)
        lot.reopened_until, lot.grace_days = until, days_of_grace(spent)
        lot.save(update_fields=["reopened_until", "grace_days"])


def _check_amount(amount: Decimal) -> None:
    if amount <= 0 or amount != round(amount, 2):
        raise InvalidAmount(f"{amount} is not a positive amount in whole cents.")


def _done(source: str, amount: Decimal | None) -> Entry | None:
    """The entry that `source` already made; `amount` None stands for any. Refuses SourceReused for another amount."""
    entry = Entry.objects.filter(source=source).first()
    if entry and amount is not None and entry.amount != amount:
        raise SourceReused(f"{source} already moved {entry.amount}.")
    return entry
