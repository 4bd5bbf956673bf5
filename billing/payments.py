"""Which invoice a payment is for: placed by a person or by what the payment says, and undone.

Invariants:
- what is placed of a payment never exceeds it, and goes the way that it went: in or out;
- nothing is changed or deleted: an allocation that was wrong is taken back by one of the opposite amount, once;
- every step holds the lock of the payment's row.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from billing.models import Allocation, BankEntry, Basis, Invoice
from billing.open_items import with_open
from thuiswerk.lib.money import ZERO


class PlacingRefused(Exception):
    """A payment that is not placed so; nothing was written."""


class MoreThanRest(PlacingRefused):
    """More than what of the payment has no place yet, or the other way round."""


class RestChanged(PlacingRefused):
    """Something of the payment was placed or undone since whoever asks looked at it, perhaps by a second press."""


class NotIssued(PlacingRefused):
    """A draft is nobody's debt."""


class NothingToRepay(PlacingRefused):
    """Less than this is to be paid back on the credit note."""


class NoteMissing(PlacingRefused):
    """What is for no invoice of ours says what it is for."""


class AlreadyUndone(PlacingRefused):
    """It was taken back before, or takes back another itself."""


@dataclass(frozen=True)
class Part:
    """An amount for `invoice`, signed as the payment; `credit_note` where that is what is paid back, `reverses` where
    it takes back what another payment was placed on."""

    invoice: Invoice
    amount: Decimal
    credit_note: Invoice | None = None
    reverses: Allocation | None = None


@transaction.atomic
def allocate(
    entry: BankEntry,
    *,
    to: Invoice,
    amount: Decimal,
    now: dt.datetime,
    actor: User | None,
    seen: Decimal | None = None,
) -> list[Allocation]:
    """Place `amount` of `entry` on an invoice, or on the invoices that a credit note `to` made paid too much. `seen`:
    what of it had no place yet when that was asked.

    Refuses RestChanged, NotIssued, NothingToRepay and MoreThanRest.
    """
    lock(entry)
    if seen is not None and seen != rest_of(entry):
        raise RestChanged
    if to.issued_at is None:
        raise NotIssued
    parts = repayment(to, amount) if to.is_credit_note else [Part(to, amount)]
    return place(entry, parts, basis=Basis.PERSON, now=now, actor=actor)


@transaction.atomic
def accept(entry: BankEntry, parts: list[Part], *, now: dt.datetime, actor: User) -> list[Allocation]:
    """Place `parts` of `entry` as they were proposed. Refuses MoreThanRest."""
    lock(entry)
    return place(entry, parts, basis=Basis.PERSON, now=now, actor=actor)


@transaction.atomic
def set_aside(entry: BankEntry, *, note: str, now: dt.datetime, actor: User) -> Allocation:
    """Note that the rest of `entry` is for none of our invoices. Refuses NoteMissing and MoreThanRest."""
    lock(entry)
    if not note.strip():
        raise NoteMissing
    amount = rest_of(entry)
    _check(entry, [amount])
    return Allocation.objects.create(
        entry=entry, note=note.strip(), amount=amount, basis=Basis.PERSON, placed_at=now, placed_by=actor
    )


@transaction.atomic
def move(invoice: Invoice, amount: Decimal, *, to: Invoice, now: dt.datetime, actor: User | None) -> list[Allocation]:
    """Place on `to` what of `amount` euro was paid on `invoice`: the payments that came last first, each taken back and
    placed anew. What came back to its payer since stays where it is. The caller holds the payments."""
    left = amount
    moved: list[Allocation] = []
    placed = Allocation.objects.standing().not_reversed().filter(invoice=invoice, amount__gt=0)
    for allocation in placed.select_related("entry").order_by("-entry__booked_on", "-pk"):
        if (part := min(left, allocation.amount)) <= 0:
            break
        undo(allocation, now=now, actor=actor, basis=Basis.CORRECTION)
        stays = allocation.amount - part
        parts = [Part(to, part), *([Part(invoice, stays)] if stays else [])]
        moved += place(allocation.entry, parts, basis=Basis.CORRECTION, now=now, actor=actor)
        left -= part
    return moved


@transaction.atomic
def undo(allocation: Allocation, *, now: dt.datetime, actor: User | None, basis: Basis = Basis.PERSON) -> Allocation:
    """Take an allocation back in full. Refuses AlreadyUndone."""
    lock(allocation.entry)
    if not Allocation.objects.standing().filter(pk=allocation.pk).exists():
        raise AlreadyUndone
    return Allocation.objects.create(
        portal_id=allocation.portal_id,
        entry_id=allocation.entry_id,
        invoice_id=allocation.invoice_id,
        credit_note_id=allocation.credit_note_id,
        note=allocation.note,
        amount=-allocation.amount,
        basis=basis,
        undoes=allocation,
        placed_at=now,
        placed_by=actor,
    )


def place(
    entry: BankEntry, parts: list[Part], *, basis: Basis, now: dt.datetime, actor: User | None
) -> list[Allocation]:
    """Write `parts`, if any, of a payment whose row is locked. Refuses MoreThanRest."""
    if not parts:
        return []
    _check(entry, [part.amount for part in parts])
    return Allocation.objects.bulk_create(
        Allocation(
            portal_id=part.invoice.portal_id,
            entry=entry,
            invoice=part.invoice,
            credit_note=part.credit_note,
            reverses=part.reverses,
            amount=part.amount,
            basis=basis,
            placed_at=now,
            placed_by=actor,
        )
        for part in parts
    )


def repayment(credit_note: Invoice, amount: Decimal) -> list[Part]:
    """How `amount`, below zero, is spread over the invoices that `credit_note` made paid too much, by number. Refuses
    NothingToRepay."""
    parts, left = [], -amount
    for invoice, most in repayable(credit_note).items():
        if (part := min(left, most)) > 0:
            parts.append(Part(invoice, -part, credit_note))
            left -= part
    if left or not parts:
        raise NothingToRepay
    return parts


def repayable(credit_note: Invoice) -> dict[Invoice, Decimal]:
    """What is to be paid back on `credit_note`: of each invoice that it corrects what was paid too much, up to what the
    credit note took off it and was not paid back yet."""
    lines = credit_note.lines.order_by().values("corrects").annotate(sum=Sum("amount"))
    taken_off: dict[int, Decimal] = {row["corrects"]: row["sum"] for row in lines}
    paid = Allocation.objects.filter(credit_note=credit_note).order_by().values("invoice").annotate(sum=Sum("amount"))
    for row in paid:
        taken_off[row["invoice"]] += row["sum"]
    overpaid = with_open(Invoice.objects.filter(pk__in=taken_off)).filter(open__lt=ZERO).order_by("number")
    most = {invoice: min(-invoice.open, taken_off[invoice.pk]) for invoice in overpaid}
    return {invoice: amount for invoice, amount in most.items() if amount > 0}


def overpaid_on(invoice: Invoice) -> Decimal:
    """By how much more was paid on an issued invoice than it asks now, in euro."""
    return max(-with_open(Invoice.objects.filter(pk=invoice.pk)).get().open, ZERO)


def lock_payments_of(invoice: Invoice) -> None:
    """Hold every payment of `invoice` until the transaction ends."""
    entries = BankEntry.objects.filter(pk__in=invoice.allocations.values("entry"))
    list(entries.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def lock(entry: BankEntry) -> None:
    """Hold the row of a payment until the transaction ends: nobody else places or undoes any of it."""
    BankEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)


def rest_of(entry: BankEntry) -> Decimal:
    """What of a payment has no place yet, in euro, signed as the payment."""
    placed = entry.allocations.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return entry.amount - placed


def _check(entry: BankEntry, amounts: list[Decimal]) -> None:
    rest = rest_of(entry)
    fits = all(amount and (amount > 0) == (rest > 0) for amount in amounts)
    if not (rest and fits) or abs(sum(amounts, ZERO)) > abs(rest):
        raise MoreThanRest
