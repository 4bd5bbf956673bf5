"""What the operator's books say of our documents: one booking for each, on two accounts of the balance sheet.

An invoice asks back what was spent as means of payment (decisions 0003 and 0004): a claim on the company against credit
that the orders used. No turnover and no VAT are in it; those were booked with the orders. Every booking balances.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from billing.models import Invoice


@dataclass(frozen=True)
class BookingLine:
    """An amount on an account of the balance sheet: debit above zero, credit below."""

    account: str
    amount: Decimal


@dataclass(frozen=True)
class Booking:
    """What one document does to the books."""

    number: str
    day: dt.date
    text: str
    customer: str
    lines: tuple[BookingLine, ...]


def accounts() -> dict[str, str]:
    """The numbers of the accounts, each with its name."""
    return {settings.ACCOUNT_DEBTORS: _("Debtors"), settings.ACCOUNT_CREDIT: _("Credit used in orders, to be invoiced")}


def documents(first_day: dt.date, last_day: dt.date) -> Iterator[Invoice]:
    """The documents issued from `first_day` to `last_day`, in the order of the books."""
    issued = Invoice.objects.filter(issued_on__range=(first_day, last_day))
    yield from issued.order_by("issued_on", "number").iterator()


def booking_of(invoice: Invoice) -> Booking:
    """The booking of an issued document."""
    claim = -invoice.total if invoice.is_credit_note else invoice.total
    text = _("Credit given back, %(month)s") if invoice.is_credit_note else _("Credit used, %(month)s")
    lines = (BookingLine(settings.ACCOUNT_DEBTORS, claim), BookingLine(settings.ACCOUNT_CREDIT, -claim))
    customer = invoice.buyer["customer_number"]
    if invoice.number is None or invoice.issued_on is None:
        raise ValueError("A draft is not in the books.")
    return Booking(invoice.number, invoice.issued_on, text % {"month": invoice.month}, customer, lines)
