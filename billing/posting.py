"""How entries of the ledger come to be: from which grants, and written together with what is left of them.

For `billing.ledger` alone, which decides what moves and holds the lock of the membership.
"""

import datetime as dt
from decimal import Decimal

from django.db.models import BigIntegerField, DateField, F, Sum

from accounts.models import User
from billing.models import Entry, EntryKind, Grant
from portals.models import Membership
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.prepared import Given, Prepared

locked = Prepared(
    lambda: (
        Membership.objects.select_for_update(no_key=True)
        .filter(pk=Given("pk", BigIntegerField()))
        .order_by()
        .values_list("pk")
    )
)
usable_grants = Prepared(
    lambda: Grant.objects.filter(membership=Given("member", BigIntegerField())).usable_on(Given("today", DateField()))
)


def post(entries: list[Entry]) -> list[Entry]:
    """Write `entries` and bring `remaining` of their grants along; the caller holds the lock."""
    moved: dict[int, Decimal] = {}
    for entry in entries:
        moved[entry.grant_id] = moved.get(entry.grant_id, ZERO) + entry.amount
    for grant_id, amount in moved.items():
        if amount:
            Grant.objects.filter(pk=grant_id).update(remaining=F("remaining") + amount)
    return Entry.objects.bulk_create(entries)


def new_entry(
    lot: Grant,
    kind: EntryKind,
    amount: Decimal,
    source: str,
    now: dt.datetime,
    actor: User | None,
    order_number: str = "",
) -> Entry:
    """An unsaved entry of `amount` euro on the grant `lot`."""
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


def taking(
    lot: Grant, kind: EntryKind, part: Decimal, order_number: str, now: dt.datetime, actor: User | None
) -> Entry:
    """An unsaved entry by which an order takes `part` euro of the grant `lot`; a negative part gives back."""
    entry = new_entry(lot, kind, -part, f"{kind}:{order_number}:{lot.pk}", now, actor, order_number)
    if kind == EntryKind.SPEND:
        entry.grace_days = lot.grace_days
    return entry


def releases_of(membership: Membership, order_number: str, now: dt.datetime, actor: User | None) -> list[Entry]:
    """Unsaved entries that undo what is still reserved for an order."""
    reserved = membership.entries.filter(order_number=order_number, kind__in=[EntryKind.RESERVE, EntryKind.RELEASE])
    open_amounts = reserved.values("grant").annotate(total=Sum("amount")).filter(total__lt=0)
    amounts = dict(open_amounts.values_list("grant", "total"))
    lots = Grant.objects.filter(pk__in=amounts).order_by("pk")
    return [taking(lot, EntryKind.RELEASE, amounts[lot.pk], order_number, now, actor) for lot in lots]
