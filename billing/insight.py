"""What an employer reads of an employee: the literal lines of its documents, and those that the next ones will have."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import or_

from django.db.models import Q
from django.utils import translation

from billing.consumption import MOVED, given_back, taken
from billing.lines import lines_of
from billing.models import DocumentKind, Invoice, InvoiceLine
from billing.wording import products_of
from portals.models import Membership, Specification
from thuiswerk.lib.periods import Month


@dataclass(frozen=True)
class EmployerRow:
    """A line as it stands on the company's document `number`; empty while that has not been made.

    `amount` is negative on a credit note, and None where the line is a total of colleagues together.
    """

    number: str
    first_day: dt.date
    last_day: dt.date
    order_number: str
    staff_number: str
    name: str
    cost_centre: str
    products: str
    amount: Decimal | None

    @property
    def says(self) -> str:
        """Whom or what the line names, as far as it does."""
        return ", ".join(text for text in (self.order_number, self.name, self.staff_number, self.cost_centre) if text)


def employer_rows(membership: Membership) -> list[EmployerRow]:
    """Every line about `membership`, newest first. What is to come is read as the run reads it."""
    rows = [*_invoiced(membership), *_to_come(membership)]
    return sorted(rows, key=lambda row: (row.first_day, row.order_number), reverse=True)


def _invoiced(membership: Membership) -> Iterator[EmployerRow]:
    ties = ("billed_entries", "rebilled_entries", "taken_back_entries")
    mine = reduce(or_, (Q(**{f"{tie}__entry__membership": membership}) for tie in ties))
    for line in membership.portal.invoice_lines.filter(mine).select_related("invoice").distinct():
        yield _row(line, line.invoice)


def _to_come(membership: Membership) -> Iterator[EmployerRow]:
    moved = membership.entries.filter(MOVED, billed=None).select_related("membership__user")
    portal, company = membership.portal, membership.portal.company
    for _month, of_month in groupby(moved.order_by("posted_at", "pk"), key=lambda entry: Month.of(entry.posted_at)):
        entries = list(of_month)
        for kind, orders in (
            (DocumentKind.INVOICE, taken(entries)),
            (DocumentKind.CREDIT_NOTE, given_back(entries)),
        ):
            draft = Invoice(portal=portal, kind=kind, specification=company.specification, language=company.language)
            for line, _group in lines_of(draft, orders):
                yield _row(line, draft)


def _row(line: InvoiceLine, invoice: Invoice) -> EmployerRow:
    amount = -line.amount if invoice.is_credit_note else line.amount
    with translation.override(invoice.language):
        products = products_of(line)
    return EmployerRow(
        number=invoice.number or "",
        first_day=line.first_day,
        last_day=line.last_day,
        order_number=line.order_number,
        staff_number=line.staff_number,
        name=line.name,
        cost_centre=line.cost_centre,
        products=products,
        amount=None if invoice.specification == Specification.COST_CENTRE else amount,
    )
