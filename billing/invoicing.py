"""The company's monthly invoice: what its people consumed of their credit, and nothing else.

Invariants:
- consumed in a month is what was spent in it (Amsterdam time) less what was given back of those spends in the same
  month; what expired, was withdrawn or is only reserved is never invoiced;
- a month is invoiced when nothing can come into it any more: it has been over for a while, and who is still in the
  middle of a movement is waited for;
- one portal is invoiced by one transaction at a time: the row of the portal is locked;
- a ledger entry is billed once, and a portal gets one invoice for a month, however often the run is repeated;
- the number is taken last, from a locked row, in the same transaction: no number is lost and none is given twice.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.db.models.functions import TruncMonth
from stdnum import bic, iban

from billing.models import BilledEntry, DocumentKind, Entry, EntryKind, Invoice, InvoiceLine, NumberSeries
from billing.payment import creditor_reference
from portals.models import Company, Portal
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.nudge import nudge
from thuiswerk.lib.periods import AMSTERDAM, Month, amsterdam_date

# A movement bears the time at which its request or task began, and shows when its transaction ends. A task is stopped
# after five minutes (CELERY_TASK_TIME_LIMIT), and a request waits ten seconds for a connection: after a quarter of an
# hour both have long begun their transaction, which is then waited for.
SETTLING = dt.timedelta(minutes=15)
NUMBER_LETTER = {DocumentKind.INVOICE: "F", DocumentKind.CREDIT_NOTE: "C"}
BUYER_NEEDS = ("legal_name", "street", "postal_code", "city", "invoice_email")
SELLER_NEEDS = ("name", "address")


class InvoiceRefused(Exception):
    """An invoice that cannot be made; nothing was written and no number is lost."""


class MonthNotOver(InvoiceRefused):
    """The month is still running, or was a moment ago: what is consumed in it can grow."""

    def __init__(self, month: Month) -> None:
        moment = f"{billable_from(month):%Y-%m-%d %H:%M}"
        super().__init__(f"{month} is not closed yet: it can be invoiced from {moment} (Amsterdam) on.")
        self.month = month


class CompanyIncomplete(InvoiceRefused):
    """The company lacks data that an invoice must carry; `missing` holds the names of the fields."""

    def __init__(self, company: Company, missing: list[str]) -> None:
        super().__init__(f"{company} has no {', '.join(missing)}.")
        self.company = company
        self.missing = missing


class OperatorIncomplete(InvoiceRefused):
    """The installation does not say who sends the invoice or where it is paid; `missing` names the settings."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"Not set, or not valid: {', '.join(missing)}.")
        self.missing = missing


@dataclass
class ConsumedOrder:
    """The credit that one order took in a month, net of what was given back."""

    number: str
    spent_on: dt.date
    staff_number: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return -sum((entry.amount for entry in self.entries), ZERO)


def invoice_portal(portal: Portal, month: Month, *, now: dt.datetime) -> Invoice | None:
    """Issue the invoice of what `portal` consumed in `month`; the one that exists is returned as it is.

    None where nothing was consumed. Refuses MonthNotOver, CompanyIncomplete, OperatorIncomplete.
    """
    check_month(month, now=now)
    with transaction.atomic():
        portal = Portal.objects.select_related("company").select_for_update(of=("self",), no_key=True).get(pk=portal.pk)
        if issued := portal.invoices.filter(period=month.first_day, kind=DocumentKind.INVOICE).first():
            return issued
        _wait_for_movements(portal)
        orders = consumed_orders(portal, month)
        billable = [order for order in orders if order.amount]
        if billable:
            check_parties(portal.company)
        invoice = _issue(portal, month, billable, now) if billable else None
        _settle([order for order in orders if not order.amount], invoice, month)
        return invoice


def consumed_orders(portal: Portal, month: Month) -> list[ConsumedOrder]:
    """Every order with credit spent in `month` and not yet billed, oldest first; some may net to zero."""
    of_month = portal.entries.filter(posted_at__gte=month.start, posted_at__lt=month.end, billed=None)
    return orders_of(of_month.select_related("membership").order_by("posted_at", "pk"))


def orders_of(entries: Iterable[Entry]) -> list[ConsumedOrder]:
    """The orders that entries of one month (oldest first) spent credit on, each less what was given back of it."""
    entries = list(entries)
    spends = [entry for entry in entries if entry.kind == EntryKind.SPEND]
    orders: dict[str, ConsumedOrder] = {}
    for entry in spends:
        day, staff_number = amsterdam_date(entry.posted_at), entry.membership.staff_number
        order = orders.setdefault(entry.order_number, ConsumedOrder(entry.order_number, day, staff_number))
        order.entries.append(entry)
    spend_ids = {entry.pk for entry in spends}
    for entry in entries:
        if entry.kind == EntryKind.REFUND and entry.spend_id in spend_ids:
            orders[entry.order_number].entries.append(entry)
    return list(orders.values())


def open_months(now: dt.datetime) -> Iterator[tuple[int, Month]]:
    """Every portal (its id) and closed month in which credit was spent that no run has settled, oldest first."""
    running = Month.of(now - SETTLING)
    open_spends = Entry.objects.filter(kind=EntryKind.SPEND, billed=None, posted_at__lt=running.start)
    by_month = open_spends.annotate(month=TruncMonth("posted_at", tzinfo=AMSTERDAM)).values("month", "portal")
    for row in by_month.annotate(first=Min("posted_at")).order_by("month", "portal"):
        yield row["portal"], Month.of(row["first"])


def billable_from(month: Month) -> dt.datetime:
    """The first moment at which `month` can be invoiced."""
    return month.end + SETTLING


def check_month(month: Month, *, now: dt.datetime) -> None:
    """Refuses MonthNotOver until `month` is over in Amsterdam, and has been so for SETTLING."""
    if now < billable_from(month):
        raise MonthNotOver(month)


def check_parties(company: Company) -> None:
    """Refuses OperatorIncomplete or CompanyIncomplete where an invoice would lack what it must say."""
    if faults := _faults_of_seller():
        raise OperatorIncomplete([f"OPERATOR_{key.upper()}" for key in faults])
    if missing := [name for name in BUYER_NEEDS if not getattr(company, name).strip()]:
        raise CompanyIncomplete(company, missing)


def _faults_of_seller() -> list[str]:
    """What of the operator is lacking, or is no account: an issued invoice would ask for payment there for good."""
    operator = settings.OPERATOR
    faults = [key for key in SELLER_NEEDS if not operator[key].strip()]
    if not iban.is_valid(operator["iban"]):
        faults.append("iban")
    if operator["bic"] and not bic.is_valid(operator["bic"]):
        faults.append("bic")
    return faults


def _wait_for_movements(portal: Portal) -> None:
    """A movement holds the row of its membership until it is written: with all of these in hand, none is under way."""
    list(portal.memberships.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _issue(portal: Portal, month: Month, orders: list[ConsumedOrder], now: dt.datetime) -> Invoice:
    company, today = portal.company, amsterdam_date(now)
    number = _next_number(DocumentKind.INVOICE, today.year)
    invoice = Invoice.objects.create(
        portal=portal,
        period=month.first_day,
        number=number,
        issued_on=today,
        due_on=today + dt.timedelta(days=company.payment_days),
        issued_at=now,
        language=company.language,
        seller=_seller(),
        buyer=_buyer(portal),
        vat_sentence=settings.INVOICE_VAT_SENTENCE[company.language],
        payment_reference=creditor_reference(number),
        total=sum((order.amount for order in orders), ZERO),
    )
    _bill(invoice, orders, month)
    _render_soon(invoice)
    return invoice


def _bill(invoice: Invoice, orders: list[ConsumedOrder], month: Month) -> None:
    lines = InvoiceLine.objects.bulk_create(
        InvoiceLine(
            portal=invoice.portal,
            invoice=invoice,
            position=position,
            order_number=order.number,
            spent_on=order.spent_on,
            staff_number=order.staff_number,
            amount=order.amount,
        )
        for position, order in enumerate(orders, start=1)
    )
    BilledEntry.objects.bulk_create(
        BilledEntry(portal=invoice.portal, entry=entry, invoice=invoice, line=line, month=month.first_day)
        for line, order in zip(lines, orders, strict=True)
        for entry in order.entries
    )


def _settle(wiped_out: list[ConsumedOrder], invoice: Invoice | None, month: Month) -> None:
    """Orders that were given back whole in the month they were placed: done, without a line."""
    BilledEntry.objects.bulk_create(
        BilledEntry(portal_id=entry.portal_id, entry=entry, invoice=invoice, month=month.first_day)
        for order in wiped_out
        for entry in order.entries
    )


def _next_number(kind: DocumentKind, year: int) -> str:
    """The next number of the year; the row stays locked until the document is committed with it."""
    NumberSeries.objects.get_or_create(kind=kind, year=year)
    series = NumberSeries.objects.select_for_update().get(kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{NUMBER_LETTER[kind]}{year}-{series.last:04d}"


def _seller() -> dict[str, str]:
    operator: dict[str, str] = settings.OPERATOR
    return operator | {"iban": iban.compact(operator["iban"]), "bic": bic.compact(operator["bic"])}


def _buyer(portal: Portal) -> dict[str, object]:
    company = portal.company
    return {
        "name": company.legal_name,
        "contact": company.contact_name,
        "address": company.address_lines,
        "kvk_number": company.kvk_number,
        "email": company.invoice_email,
        "reference": company.reference,
        "portal": portal.name,
    }


def _render_soon(invoice: Invoice) -> None:
    from billing.tasks import render_invoice

    nudge(render_invoice, invoice.pk)
