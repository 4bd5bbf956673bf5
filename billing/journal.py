"""What the operator's books say of our documents and of the payments for them, on accounts of the balance sheet.

- An invoice asks back what was spent as means of payment (decisions 0003 and 0004): a claim on the company against
  credit that the orders used. No turnover and no VAT are in it; those were booked with the orders.
- A payment stands on the suspense account from the day that the bank names; the day on which it was placed takes it
  from there to the invoice. So a period whose statements are in never changes, whenever somebody places a payment.
- What was placed without an invoice is for none of our documents: it stays on the suspense account.
- Every booking balances.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum, TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Allocation, BankEntry, Invoice, InvoiceLine
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date, start_of_day
from thuiswerk.lib.spreadsheet import csv_of


class Journal(TextChoices):
    """The books of first entry, by the code that they have in a file."""

    SALES = "TW", gettext_lazy("Sales")
    BANK = "TWB", gettext_lazy("Bank")
    PLACED = "TWM", gettext_lazy("Payments placed")


@dataclass(frozen=True)
class BookingLine:
    """An amount on an account of the balance sheet: debit above zero, credit below; whose it is, of which invoice."""

    account: str
    amount: Decimal
    customer: str = ""
    invoice: str = ""


@dataclass(frozen=True)
class Booking:
    """What one document or payment does to the books."""

    journal: Journal
    number: str
    day: dt.date
    text: str
    lines: tuple[BookingLine, ...]


@dataclass(frozen=True)
class Book:
    """The bookings of a period, journal by journal, and the companies in them as their last document calls them."""

    bookings: tuple[Booking, ...]
    buyers: dict[str, dict[str, str]]


def accounts() -> dict[str, str]:
    """The numbers of the accounts, each with its name."""
    return {
        settings.ACCOUNT_DEBTORS: _("Debtors"),
        settings.ACCOUNT_CREDIT: _("Credit used in orders, to be invoiced"),
        settings.ACCOUNT_BANK: _("Bank"),
        settings.ACCOUNT_SUSPENSE: _("Payments to be placed"),
    }


def book(first_day: dt.date, last_day: dt.date) -> Book:
    """What happened from `first_day` to `last_day`, in the order of the books."""
    documents = list(documents_of(first_day, last_day))
    placed = list(_placed(first_day, last_day))
    invoices = [*(one.invoice for one in placed if one.invoice), *documents]
    corrected = _corrected(documents)
    bookings = [booking_of(invoice, corrected.get(invoice.pk, {})) for invoice in documents]
    bookings += [_of_bank(entry) for entry in _payments(first_day, last_day)]
    bookings += [_of_place(allocation) for allocation in placed]
    return Book(tuple(bookings), {invoice.buyer["customer_number"]: invoice.buyer for invoice in invoices})


def journal_csv(first_day: dt.date, last_day: dt.date) -> bytes:
    """The bookings of a period, a row for each line, in the operator's language."""
    with translation.override(settings.LANGUAGE_CODE):
        names = accounts()
        header = [
            _("Journal"),
            _("Document"),
            _("Date"),
            _("Period"),
            _("Account"),
            _("Account name"),
            _("Description"),
            _("Customer number"),
            _("Invoice"),
            _("Debit side"),
            _("Credit side"),
            _("VAT code"),
        ]
        found = book(first_day, last_day).bookings
        return csv_of(header, [_cells(booking, line, names) for booking in found for line in booking.lines])


def documents_of(first_day: dt.date, last_day: dt.date) -> Iterator[Invoice]:
    """The documents issued from `first_day` to `last_day`, in the order of the books."""
    issued = Invoice.objects.filter(issued_on__range=(first_day, last_day))
    yield from issued.order_by("issued_on", "number").iterator()


def booking_of(invoice: Invoice, corrected: dict[str, Decimal]) -> Booking:
    """The booking of an issued document; a credit note on each of the invoices that it takes an amount off."""
    if invoice.number is None or invoice.issued_on is None:
        raise ValueError("A draft is not in the books.")
    text, customer = _text_of(invoice) % {"month": invoice.month}, invoice.buyer["customer_number"]
    claims = {invoice.number: invoice.total}
    if invoice.is_credit_note:
        claims = {number: -amount for number, amount in corrected.items()}
    lines = [BookingLine(settings.ACCOUNT_DEBTORS, claim, customer, number) for number, claim in claims.items()]
    lines.append(BookingLine(settings.ACCOUNT_CREDIT, -sum(claims.values(), ZERO), customer, invoice.number))
    return Booking(Journal.SALES, invoice.number, invoice.issued_on, text, tuple(lines))


def _corrected(documents: Iterable[Invoice]) -> dict[int, dict[str, Decimal]]:
    """What each credit note among `documents` takes off which invoice, by its id and their numbers."""
    found: dict[int, dict[str, Decimal]] = {}
    lines = InvoiceLine.objects.filter(invoice__in=[document.pk for document in documents], corrects__isnull=False)
    sums = lines.order_by("corrects__number").values_list("invoice", "corrects__number").annotate(sum=Sum("amount"))
    for note, number, amount in sums:
        found.setdefault(note, {})[str(number)] = amount
    return found


def _text_of(invoice: Invoice) -> str:
    if not invoice.is_credit_note:
        return _("Credit used, %(month)s")
    return _("Correction of credit used, %(month)s") if invoice.is_correction else _("Credit given back, %(month)s")


def _payments(first_day: dt.date, last_day: dt.date) -> Iterator[BankEntry]:
    entries = BankEntry.objects.filter(booked_on__range=(first_day, last_day))
    yield from entries.order_by("booked_on", "pk").iterator()


def _placed(first_day: dt.date, last_day: dt.date) -> Iterator[Allocation]:
    """By the day in Amsterdam on which somebody, or the import, placed it."""
    start, end = start_of_day(first_day), start_of_day(last_day + dt.timedelta(days=1))
    placed = Allocation.objects.filter(placed_at__gte=start, placed_at__lt=end, invoice__isnull=False)
    yield from placed.select_related("invoice").order_by("placed_at", "pk").iterator()


def _of_bank(entry: BankEntry) -> Booking:
    lines = (
        BookingLine(settings.ACCOUNT_BANK, entry.amount),
        BookingLine(settings.ACCOUNT_SUSPENSE, -entry.amount),
    )
    return Booking(Journal.BANK, f"B{entry.pk}", entry.booked_on, " ".join([entry.name, entry.text]).strip(), lines)


def _of_place(allocation: Allocation) -> Booking:
    """What came in is owed no longer."""
    assert allocation.invoice  # noqa: S101 Those without one are not in this journal.
    text = _("Payment of %(number)s") if allocation.amount > 0 else _("Payment of %(number)s, back")
    customer, of = allocation.invoice.buyer["customer_number"], str(allocation.invoice.number)
    lines = (
        BookingLine(settings.ACCOUNT_DEBTORS, -allocation.amount, customer, of),
        BookingLine(settings.ACCOUNT_SUSPENSE, allocation.amount, customer, of),
    )
    day = amsterdam_date(allocation.placed_at)
    return Booking(Journal.PLACED, f"P{allocation.pk}", day, text % {"number": of}, lines)


def _cells(booking: Booking, line: BookingLine, names: dict[str, str]) -> list[object]:
    return [
        booking.journal.value,
        booking.number,
        booking.day,
        f"{booking.day:%Y-%m}",
        line.account,
        names[line.account],
        booking.text,
        line.customer,
        line.invoice,
        max(line.amount, ZERO),
        max(-line.amount, ZERO),
        settings.JOURNAL_VAT_CODE,
    ]
