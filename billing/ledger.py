"""The ledger of credit: the only code that moves it.

Invariants, proved by `manage.py check_ledger`:
- every movement runs in one transaction that holds the row lock of the membership;
- `remaining` of a grant is the sum of its entries, and never below zero or above the amount of the grant;
- an entry is written once per `source`: the same call made twice moves nothing the second time;
- credit is taken from the grant that ends soonest and goes back to the grant it came from.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from accounts.models import User
from billing.models import Entry, EntryKind, Grant
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


def lock(membership: Membership) -> None:
    """Hold the row of `membership` until the transaction ends: one movement of its credit at a time."""
    Membership.objects.select_for_update(no_key=True).values_list("pk").get(pk=membership.pk)


def available(membership: Membership, *, now: dt.datetime) -> Decimal:
    """The credit in euro that `membership` may spend at `now`."""
    return membership.grants.usable_on(amsterdam_date(now)).total_remaining()


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

    The grant that `source` already names is returned as it is. Refuses InvalidAmount.
    """
    _check_amount(amount)
    lock(membership)
    made, is_new = Grant.objects.get_or_create(
        source=source,
        defaults={
            "portal_id": membership.portal_id,
            "membership": membership,
            "amount": amount,
            "remaining": ZERO,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "reason": reason,
            "given_by": actor,
            "created_at": now,
        },
    )
    if is_new:
        _post([_entry(made, EntryKind.GRANT, amount, f"grant:{source}", now, actor)])
        made.refresh_from_db(fields=["remaining"])
    return made


@transaction.atomic
def spend(
    membership: Membership, *, amount: Decimal, order_number: str, now: dt.datetime, actor: User | None = None
) -> list[Entry]:
    """Spend `amount` euro on an order at once. Returns the entries. Refuses InvalidAmount, InsufficientCredit."""
    return _take(membership, EntryKind.SPEND, amount, order_number, f"spend:{order_number}", now, actor)


@transaction.atomic
def reserve(
    membership: Membership, *, amount: Decimal, order_number: str, now: dt.datetime, actor: User | None = None
) -> list[Entry]:
    """Set `amount` euro apart while the own part of an order is paid. Refuses InvalidAmount, InsufficientCredit."""
    return _take(membership, EntryKind.RESERVE, amount, order_number, f"reserve:{order_number}", now, actor)


@transaction.atomic
def release(membership: Membership, *, order_number: str, now: dt.datetime, actor: User | None = None) -> list[Entry]:
    """Undo the reservation of an order. What was reserved on a grant that has ended since expires at once."""
    lock(membership)
    released = _post(_releases(membership, order_number, now, actor))
    _expire_ended((entry.grant_id for entry in released), now)
    return released


@transaction.atomic
def spend_reserved(
    membership: Membership, *, order_number: str, now: dt.datetime, actor: User | None = None
) -> list[Entry]:
    """Turn the reservation of an order, now paid, into a spend. Returns the spends; none without a reservation."""
    lock(membership)
    releases = _releases(membership, order_number, now, actor)
    spends = [
        _entry(
            entry.grant,
            EntryKind.SPEND,
            -entry.amount,
            f"spend:{order_number}:{entry.grant_id}",
            now,
            actor,
            order_number,
        )
        for entry in releases
    ]
    _post(releases + spends)
    return spends


@transaction.atomic
def refund(spent: Entry, *, amount: Decimal, source: str, now: dt.datetime, actor: User | None = None) -> Entry:
    """Give `amount` euro of the spend entry `spent` back to its grant; a grant that ended reopens for it.

    `source` names the reason (a return, a cancelled line); the same source gives back once. Refuses InvalidAmount,
    RefundTooLarge, and LedgerRefusal for an entry that is no spend.
    """
    _check_amount(amount)
    if spent.kind != EntryKind.SPEND:
        raise LedgerRefusal("Only a spend can be given back.")
    lock(spent.membership)
    source = f"refund:{source}:{spent.pk}"
    if done := Entry.objects.filter(source=source).first():
        return done
    given_back = spent.refunds.aggregate(total=Sum("amount"))["total"] or ZERO
    if given_back + amount > -spent.amount:
        raise RefundTooLarge(f"{amount} asked, {-spent.amount - given_back} left of the spend.")
    _reopen(spent.grant, now)
    entry = _entry(spent.grant, EntryKind.REFUND, amount, source, now, actor, spent.order_number)
    entry.spend = spent
    return _post([entry])[0]


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

    Refuses InvalidAmount, and InsufficientCredit where less is left.
    """
    lock(given.membership)
    source = f"revoke:{source}:{given.pk}"
    if done := Entry.objects.filter(source=source).first():
        return done
    given.refresh_from_db(fields=["remaining"])
    amount = given.remaining if amount is None else amount
    if not given.remaining and not amount:
        return None
    _check_amount(amount)
    if amount > given.remaining:
        raise InsufficientCredit(amount, given.remaining)
    return _post([_entry(given, EntryKind.REVOKE, -amount, source, now, actor)])[0]


def correct(given: Grant, *, amount: Decimal, source: str, now: dt.datetime, actor: User) -> Entry:
    """Correct what is left of a grant by `amount` euro, up or down, once per `source`.

    Refuses InvalidAmount, and LedgerRefusal where the grant would fall below zero or rise above its amount.
    """
    _check_amount(abs(amount))
    with transaction.atomic():
        lock(given.membership)
        source = f"correct:{source}:{given.pk}"
        if done := Entry.objects.filter(source=source).first():
            return done
        given.refresh_from_db(fields=["remaining", "amount"])
        if not ZERO <= given.remaining + amount <= given.amount:
            raise LedgerRefusal("A grant stays between zero and its amount.")
        return _post([_entry(given, EntryKind.CORRECT, amount, source, now, actor)])[0]


def _take(
    membership: Membership,
    kind: EntryKind,
    amount: Decimal,
    order_number: str,
    source: str,
    now: dt.datetime,
    actor: User | None,
) -> list[Entry]:
    """Take `amount` from the usable grants, soonest-ending first; what `source` already took is returned as it is."""
    _check_amount(amount)
    lock(membership)
    if done := list(Entry.objects.filter(source__startswith=f"{source}:", membership=membership)):
        return done
    entries = []
    missing = amount
    for lot in membership.grants.usable_on(amsterdam_date(now)):
        part = min(missing, lot.remaining)
        entries.append(_entry(lot, kind, -part, f"{source}:{lot.pk}", now, actor, order_number))
        missing -= part
        if not missing:
            return _post(entries)
    raise InsufficientCredit(amount, amount - missing)


def _releases(membership: Membership, order_number: str, now: dt.datetime, actor: User | None) -> list[Entry]:
    """Unsaved entries that undo what is still reserved for an order."""
    reserved = membership.entries.filter(order_number=order_number, kind__in=[EntryKind.RESERVE, EntryKind.RELEASE])
    open_amounts = reserved.values("grant").annotate(total=Sum("amount")).filter(total__lt=0)
    amounts = dict(open_amounts.values_list("grant", "total"))
    return [
        _entry(lot, EntryKind.RELEASE, -amounts[lot.pk], f"release:{order_number}:{lot.pk}", now, actor, order_number)
        for lot in Grant.objects.filter(pk__in=amounts).order_by("pk")
    ]


def _expire_ended(grant_ids: Iterable[int], now: dt.datetime) -> list[Entry]:
    today = amsterdam_date(now)
    left_over = Grant.objects.filter(pk__in=list(grant_ids), remaining__gt=0, valid_until__lt=today)
    ended = [lot for lot in left_over if lot.last_day < today]
    counts = {lot.pk: lot.entries.filter(kind=EntryKind.EXPIRE).count() for lot in ended}
    return _post(
        [_entry(lot, EntryKind.EXPIRE, -lot.remaining, f"expire:{lot.pk}:{counts[lot.pk]}", now, None) for lot in ended]
    )


def _reopen(lot: Grant, now: dt.datetime) -> None:
    """Let a grant that ended be spent for the grace period; what was still unspent at its end stays expired."""
    today = amsterdam_date(now)
    lot.refresh_from_db()
    if lot.last_day >= today and lot.valid_until >= today:
        return
    _expire_ended([lot.pk], now)
    lot.reopened_until = today + dt.timedelta(days=settings.CREDIT_GRACE_DAYS)
    lot.save(update_fields=["reopened_until"])


def _entry(
    lot: Grant,
    kind: EntryKind,
    amount: Decimal,
    source: str,
    now: dt.datetime,
    actor: User | None,
    order_number: str = "",
) -> Entry:
    return Entry(
        portal_id=lot.portal_id,
        membership_id=lot.membership_id,
        grant=lot,
        kind=kind,
        amount=amount,
        order_number=order_number,
        source=source,
        posted_at=now,
        actor=actor,
    )


def _post(entries: list[Entry]) -> list[Entry]:
    """Write `entries` and bring `remaining` of their grants along; the caller holds the lock."""
    moved: dict[int, Decimal] = {}
    for entry in entries:
        moved[entry.grant_id] = moved.get(entry.grant_id, ZERO) + entry.amount
    for grant_id, amount in moved.items():
        if amount:
            Grant.objects.filter(pk=grant_id).update(remaining=F("remaining") + amount)
    return Entry.objects.bulk_create(entries)


def _check_amount(amount: Decimal) -> None:
    if amount <= 0 or amount != round(amount, 2):
        raise InvalidAmount(f"{amount} is not a positive amount in whole cents.")
