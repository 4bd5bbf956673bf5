"""Corrections: an issued invoice, or lines of it, is credited and billed anew with the company's data of today.

Invariants:
- the credit note and the new invoice come to the same amount, so that a correction never changes what is owed in all:
  that changes with the ledger alone;
- what was given back of a line since is not credited a second time: only what still stands of it is corrected;
- both documents are issued together, or neither is;
- what was paid on the credited part counts for the new invoice, which asks for the rest only.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from billing.consumption import OrderCredit, carriers_of, taken
from billing.invoicing import lock_portal, write_lines
from billing.issuing import issue
from billing.models import Correction, DocumentKind, Entry, EntryKind, Invoice, InvoiceLine, Origin, RebilledEntry
from billing.payments import lock_payments_of, move, overpaid_on
from thuiswerk.lib.money import ZERO


class CorrectionRefused(Exception):
    """A correction that is not made; nothing was written."""


class ReasonMissing(CorrectionRefused):
    """Every correction says why."""


class NotCorrectable(CorrectionRefused):
    """It is no issued invoice."""


class NothingStands(CorrectionRefused):
    """All of it was credited before."""


class CreditNoteUnderway(CorrectionRefused):
    """A draft credit note names the invoice: it is issued first."""


@transaction.atomic
def correct(
    invoice: Invoice,
    *,
    lines: Sequence[InvoiceLine] | None = None,
    reason: str,
    source: str,
    now: dt.datetime,
    actor: User | None = None,
) -> Correction:
    """Credit what stands of `lines` (default: of all) of an issued invoice and bill it anew, once per `source`.

    Refuses ReasonMissing, NotCorrectable, NothingStands, CreditNoteUnderway, and DocumentHeld where one of the two
    documents has a finding.
    """
    portal = lock_portal(invoice.portal)
    if done := Correction.objects.filter(source=source).first():
        return done
    _check(invoice, reason)
    orders = standing_orders(invoice, lines)
    if not orders:
        raise NothingStands
    credit_note = _draft(invoice, DocumentKind.CREDIT_NOTE, invoice.specification, orders, reason, now)
    replacement = _draft(invoice, DocumentKind.INVOICE, portal.company.specification, orders, reason, now)
    correction = Correction.objects.create(
        portal=portal,
        invoice=invoice,
        credit_note=credit_note,
        replacement=replacement,
        reason=reason.strip(),
        requested_at=now,
        requested_by=actor,
        source=source,
    )
    _rebill(correction, orders)
    correction.credit_note = issue(credit_note, now=now, actor=actor)
    correction.replacement = _issue_prepaid(replacement, invoice, now=now, actor=actor)
    return correction


def standing_orders(invoice: Invoice, lines: Sequence[InvoiceLine] | None = None) -> list[OrderCredit]:
    """The orders on `lines` (default: on all) of `invoice`, each with what still stands of it: less what credit notes
    and corrections took away since."""
    chosen = invoice.lines.all() if lines is None else invoice.lines.filter(pk__in=[line.pk for line in lines])
    first = Entry.objects.filter(kind=EntryKind.SPEND, billed__line__in=chosen)
    moved = Entry.objects.filter(kind=EntryKind.SPEND, rebilled__line__in=chosen)
    ids = {*first.values_list("pk", flat=True), *moved.values_list("pk", flat=True)}
    here = [pk for pk, carrier in carriers_of(ids).items() if carrier.pk == invoice.pk]
    refunds = Entry.objects.filter(spend__in=here, billed__isnull=False)
    entries = Entry.objects.filter(pk__in=here) | refunds
    orders = taken(entries.select_related("membership__user").order_by("posted_at", "pk").distinct())
    return [order for order in orders if order.amount]


def standing_lines(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """The lines of `invoice` of which something still stands."""
    spends = [order.entries[0].pk for order in standing_orders(invoice)]
    ties = Q(billed_entries__entry__in=spends) | Q(rebilled_entries__entry__in=spends)
    return invoice.lines.filter(ties).select_related("invoice").distinct()


def _check(invoice: Invoice, reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
    if invoice.is_credit_note or invoice.issued_at is None:
        raise NotCorrectable
    if Invoice.objects.drafts().filter(lines__corrects=invoice).exists():
        raise CreditNoteUnderway


def _draft(
    invoice: Invoice, kind: DocumentKind, specification: str, orders: list[OrderCredit], reason: str, now: dt.datetime
) -> Invoice:
    return Invoice.objects.create(
        portal=invoice.portal,
        kind=kind,
        origin=Origin.CORRECTION,
        period=invoice.period,
        starts_on=min(invoice.period, *(order.first_day for order in orders)),
        ends_on=invoice.ends_on,
        language=invoice.language,
        specification=specification,
        reason=reason.strip(),
        total=sum((order.amount for order in orders), ZERO),
        drafted_at=now,
    )


def _issue_prepaid(replacement: Invoice, invoice: Invoice, *, now: dt.datetime, actor: User | None) -> Invoice:
    """Issue `replacement` less what was paid too much on `invoice` since the credit note, and move that over."""
    lock_payments_of(invoice)
    replacement.prepaid = min(overpaid_on(invoice), replacement.total)
    replacement.save(update_fields=["prepaid"])
    issued = issue(replacement, now=now, actor=actor)
    move(invoice, replacement.prepaid, to=issued, now=now, actor=actor)
    return issued


def _rebill(correction: Correction, orders: list[OrderCredit]) -> None:
    """Write the lines of both documents, and tie every entry of `orders` to the two that it is on."""
    credited = write_lines(correction.credit_note, orders, corrects=correction.invoice)
    credit_lines = {entry.pk: line for line, group in credited for order in group for entry in order.entries}
    RebilledEntry.objects.bulk_create(
        RebilledEntry(
            portal_id=correction.portal_id,
            correction=correction,
            entry=entry,
            invoice=correction.replacement,
            line=line,
            credit_line=credit_lines[entry.pk],
        )
        for line, group in write_lines(correction.replacement, orders)
        for order in group
        for entry in order.entries
    )
