"""What a payment is for by what it says: placed by itself where that is beyond doubt. Everything else is a person's.

- What came in is placed on the invoice whose reference it names, whatever the amount, as long as something is open
  there; on invoices named by number, or on several, only where it comes to exactly what is open on them.
- What went out is placed on a credit note, or on invoices that were paid too much, named by number, where it comes to
  exactly what is to be paid back.
- What takes an earlier payment back is placed where that one is, where there is one such payment only.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.db.models import Q

from billing import payments
from billing.models import Allocation, AllocationQuerySet, BankEntry, Basis, Invoice
from billing.open_items import with_open
from billing.payments import Part
from thuiswerk.lib.money import ZERO

if TYPE_CHECKING:
    from billing.open_items import OpenInvoice

REFERENCE = re.compile(r"(?=(RF\d\d[A-Z0-9]{1,21}))")
NUMBER = re.compile(r"(?<![A-Z0-9])([FC])[ -]?(20\d\d)[ ./-]?(\d{4,})")
SHORTEST = len("RF00X")


def match(entry: BankEntry, *, now: dt.datetime) -> list[Allocation]:
    """Place what is beyond doubt of `entry`, which has no place yet and which the caller holds."""
    if entry.is_reversal:
        return payments.place(entry, _taken_back(entry), basis=Basis.REVERSAL, now=now, actor=None)
    named, references = named_in(entry), references_in(entry)
    parts = _paid(entry, named, references) if entry.amount > 0 else _repaid(entry, named)
    by_reference = all(part.invoice.payment_reference in references for part in parts)
    basis = Basis.REFERENCE if by_reference else Basis.NUMBER
    return payments.place(entry, parts, basis=basis, now=now, actor=None)


def named_in(entry: BankEntry) -> "list[OpenInvoice]":
    """The issued documents that a payment names, by reference or by number, longest due first."""
    references, numbers = references_in(entry), numbers_in(entry)
    if not references | numbers:
        return []
    named = Invoice.objects.issued().filter(Q(payment_reference__in=references) | Q(number__in=numbers))
    return list(with_open(named).order_by("due_on", "number"))


def references_in(entry: BankEntry) -> set[str]:
    """Everything in a payment that may be a creditor reference (ISO 11649), however it is spaced: where one ends cannot
    be seen."""
    text = re.sub(r"[^A-Z0-9]", "", f"{entry.references}{entry.text}{entry.end_to_end_id}".upper())
    codes = [found[1] for found in REFERENCE.finditer(text)]
    return {code[:end] for code in codes for end in range(SHORTEST, len(code) + 1)}


def numbers_in(entry: BankEntry) -> set[str]:
    """Every number in a payment that looks like one of our documents'."""
    text = f"{entry.text} {entry.end_to_end_id}".upper()
    return {f"{letter}{year}-{position}" for letter, year, position in NUMBER.findall(text)}


def payments_taken_back(entry: BankEntry) -> AllocationQuerySet:
    """What was placed of earlier payments of the opposite amount, to or from the same account, and stands."""
    earlier = BankEntry.objects.filter(amount=-entry.amount, booked_on__lte=entry.booked_on)
    same_account = earlier.filter(iban__in=(entry.iban, "")) if entry.iban else earlier
    placed = Allocation.objects.standing().not_reversed()
    return placed.filter(invoice__isnull=False, entry__in=same_account).select_related("entry", "invoice")


def reversing(allocations: list[Allocation]) -> list[Part]:
    """What takes `allocations` back."""
    return [Part(given.invoice, -given.amount, given.credit_note, given) for given in allocations if given.invoice]


def _paid(entry: BankEntry, named: "list[OpenInvoice]", references: set[str]) -> list[Part]:
    invoices = [invoice for invoice in named if not invoice.is_credit_note]
    if any(invoice.open <= 0 for invoice in invoices):
        return []
    if len(invoices) == 1 and invoices[0].payment_reference in references:
        return [Part(invoices[0], entry.amount)]
    return _exactly(entry, [Part(invoice, invoice.open) for invoice in invoices])


def _repaid(entry: BankEntry, named: "list[OpenInvoice]") -> list[Part]:
    match [document for document in named if document.is_credit_note]:
        case [note]:
            parts = [Part(invoice, -amount, note) for invoice, amount in payments.repayable(note).items()]
        case []:
            parts = [Part(invoice, invoice.open) for invoice in named if invoice.open < 0]
        case _:
            parts = []
    return _exactly(entry, parts)


def _taken_back(entry: BankEntry) -> list[Part]:
    same = [given for given in payments_taken_back(entry) if _says_the_same(given.entry, entry)]
    return reversing(same) if len({given.entry_id for given in same}) == 1 else []


def _says_the_same(payment: BankEntry, reversal: BankEntry) -> bool:
    if reversal.end_to_end_id and payment.end_to_end_id == reversal.end_to_end_id:
        return True
    return bool({*named_in(payment)} & {*named_in(reversal)})


def _exactly(entry: BankEntry, parts: list[Part]) -> list[Part]:
    return parts if sum((part.amount for part in parts), ZERO) == entry.amount else []
