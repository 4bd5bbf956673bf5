"""What is open on an invoice: its total, less issued credit notes, less payments. Derived from the rows, never stored.

A draft is nobody's debt, and a credit note lowers what is open on the invoices that it corrects: both have no
settlement and nothing open of their own.
"""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from billing.models import Allocation, DocumentKind, Invoice, InvoiceLine
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.sums import sum_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Settlement(TextChoices):
    """How far an issued invoice is paid."""

    OPEN = "open", _("open")
    PART_PAID = "part_paid", _("partly paid")
    PAID = "paid", _("paid")
    OVERPAID = "overpaid", _("paid too much")
    CREDITED = "credited", _("credited")


class Amounts(TypedDict):
    """In euro. `open` is below zero where more was paid than asked; `settlement` is one of Settlement, or blank."""

    paid: Decimal
    credited: Decimal
    open: Decimal
    settlement: str


if TYPE_CHECKING:
    OpenInvoice = WithAnnotations[Invoice, Amounts]

IS_DEBT = Q(kind=DocumentKind.INVOICE, issued_at__isnull=False)
SETTLEMENT = Case(
    When(~IS_DEBT, then=Value("")),
    When(open__lt=0, then=Value(Settlement.OVERPAID)),
    When(open__gt=0, paid__gt=0, then=Value(Settlement.PART_PAID)),
    When(open__gt=0, then=Value(Settlement.OPEN)),
    When(paid=0, then=Value(Settlement.CREDITED)),
    default=Value(Settlement.PAID),
)


def with_open(invoices: QuerySet[Invoice]) -> "QuerySet[OpenInvoice]":
    """`invoices`, each with the Amounts that it comes to now, in the same statement."""
    payments = Allocation.objects.filter(invoice=OuterRef("pk"))
    credit = InvoiceLine.objects.filter(corrects=OuterRef("pk"), invoice__issued_at__isnull=False)
    return (
        invoices.annotate(paid=sum_of(payments, "invoice", "amount"), credited=sum_of(credit, "corrects", "amount"))
        .annotate(
            open=Case(
                When(IS_DEBT, then=F("total") - F("credited") - F("paid")),
                default=Value(ZERO),
                output_field=DecimalField(),
            )
        )
        .annotate(settlement=SETTLEMENT)
    )


def unpaid() -> "QuerySet[OpenInvoice]":
    """The invoices on which something is open, longest due first."""
    return with_open(Invoice.objects.filter(IS_DEBT)).filter(open__gt=ZERO).order_by("due_on", "number")


def overpaid() -> "QuerySet[OpenInvoice]":
    """The invoices on which more was paid than is asked, oldest first: to be repaid, or placed elsewhere."""
    return with_open(Invoice.objects.filter(IS_DEBT)).filter(open__lt=ZERO).order_by("issued_on", "number")


def overdue(today: dt.date) -> "QuerySet[OpenInvoice]":
    """Those of them that were due before `today`, a day in Amsterdam."""
    return unpaid().filter(due_on__lt=today)
