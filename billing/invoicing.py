"""The monthly run: drafts of what each portal consumed and gave back, and nothing else.

Invariants:
- a month is closed for a portal when nothing can come into it any more: it has been over for a while, and who is still
  in the middle of a movement is waited for; earlier months that are open are closed first;
- one portal is worked on by one transaction at a time: the row of the portal is locked;
- a ledger entry is billed once, and a portal gets one invoice and one credit note for a month, however often the run
  is repeated;
- a draft has no number; `billing.issuing` gives it one.
"""

import datetime as dt

from django.db import transaction

from billing import consumption
from billing.consumption import OrderCredit
from billing.lines import lines_of
from billing.models import BilledEntry, DocumentKind, Invoice, InvoiceLine, Origin
from portals.models import Portal
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month


class MonthNotOver(Exception):
    """The month is still running, or was a moment ago: what is consumed in it can grow."""

    def __init__(self, month: Month) -> None:
        moment = f"{consumption.billable_from(month):%Y-%m-%d %H:%M}"
        super().__init__(f"{month} is not closed yet: it can be invoiced from {moment} (Amsterdam) on.")
        self.month = month


def draft_portal(portal: Portal, month: Month, *, now: dt.datetime) -> list[Invoice]:
    """Draft the invoice and the credit note of `portal` for `month`, and for each earlier month that is open; what
    exists stays as it is.

    Returns the documents of `month`, none where nothing was consumed. Refuses MonthNotOver.
    """
    check_month(month, now=now)
    with transaction.atomic():
        portal = lock_portal(portal)
        _wait_for_movements(portal)
        for open_month in consumption.open_months(portal, month):
            _close(portal, open_month, now)
        return list(portal.invoices.filter(period=month.first_day, origin=Origin.RUN).order_by("-kind"))


def lock_portal(portal: Portal) -> Portal:
    """`portal`, read anew and held until the transaction ends: one run, issue or correction of it at a time."""
    return Portal.objects.select_related("company").select_for_update(of=("self",), no_key=True).get(pk=portal.pk)


def check_month(month: Month, *, now: dt.datetime) -> None:
    """Refuses MonthNotOver until `month` is over in Amsterdam, and has been so for a quarter of an hour."""
    if now < consumption.billable_from(month):
        raise MonthNotOver(month)


def write_lines(
    invoice: Invoice, orders: list[OrderCredit], *, corrects: Invoice | None = None
) -> list[tuple[InvoiceLine, list[OrderCredit]]]:
    """The lines of `invoice` as its specification wants them, saved; each with the orders that it stands for.

    `corrects`: the invoice that all of them credit, where the orders themselves do not say it.
    """
    lines = lines_of(invoice, orders)
    for line, _group in lines:
        line.corrects = corrects or line.corrects
    InvoiceLine.objects.bulk_create(line for line, _group in lines)
    return lines


def _wait_for_movements(portal: Portal) -> None:
    """A movement holds the row of its membership until it is written: with all of these in hand, none is under way."""
    list(portal.memberships.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _close(portal: Portal, month: Month, now: dt.datetime) -> None:
    """Bill every unbilled entry up to the end of `month`."""
    entries = list(consumption.unbilled(portal, month))
    spent, returned = consumption.taken(entries), consumption.given_back(entries)
    _draft(portal, DocumentKind.INVOICE, month, [order for order in spent if order.amount], now)
    _draft(portal, DocumentKind.CREDIT_NOTE, month, returned, now)
    _settle([order for order in spent if not order.amount], month)


def _draft(portal: Portal, kind: DocumentKind, month: Month, orders: list[OrderCredit], now: dt.datetime) -> None:
    if not orders:
        return
    invoice = Invoice.objects.create(
        portal=portal,
        kind=kind,
        period=month.first_day,
        starts_on=min(month.first_day, *(order.first_day for order in orders)),
        ends_on=month.last_day,
        language=portal.company.language,
        specification=portal.company.specification,
        total=sum((order.amount for order in orders), ZERO),
        drafted_at=now,
    )
    BilledEntry.objects.bulk_create(
        BilledEntry(portal=portal, entry=entry, invoice=invoice, line=line, month=month.first_day)
        for line, group in write_lines(invoice, orders)
        for order in group
        for entry in order.entries
    )


def _settle(wiped_out: list[OrderCredit], month: Month) -> None:
    """Orders that were given back whole before they were billed: done, without a line."""
    BilledEntry.objects.bulk_create(
        BilledEntry(portal_id=entry.portal_id, entry=entry, month=month.first_day)
        for order in wiped_out
        for entry in order.entries
    )
