"""What an employer reads of an employee: the literal lines of its invoices, and those that the next ones will have."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from billing.invoicing import orders_of
from billing.models import EntryKind
from portals.models import Membership
from thuiswerk.lib.periods import Month


@dataclass(frozen=True)
class EmployerRow:
    """A line as it stands on the company's document `number`; empty while that has not been made."""

    number: str
    spent_on: dt.date
    order_number: str
    staff_number: str
    amount: Decimal


def employer_rows(membership: Membership) -> list[EmployerRow]:
    """Every line about `membership`, newest first. The ledger is read as the invoice reads it: by the same function."""
    rows = [*_invoiced(membership), *_to_come(membership)]
    return sorted(rows, key=lambda row: (row.spent_on, row.order_number), reverse=True)


def _invoiced(membership: Membership) -> Iterator[EmployerRow]:
    lines = membership.portal.invoice_lines.filter(billed_entries__entry__membership=membership)
    for line in lines.select_related("invoice").distinct():
        yield EmployerRow(line.invoice.number, line.spent_on, line.order_number, line.staff_number, line.amount)


def _to_come(membership: Membership) -> Iterator[EmployerRow]:
    moved = membership.entries.filter(billed=None, kind__in=(EntryKind.SPEND, EntryKind.REFUND))
    entries = moved.select_related("membership").order_by("posted_at", "pk")
    for _month, of_month in groupby(entries, key=lambda entry: Month.of(entry.posted_at)):
        for order in orders_of(of_month):
            if order.amount:
                yield EmployerRow("", order.spent_on, order.number, order.staff_number, order.amount)
