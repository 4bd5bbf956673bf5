"""From a draft to an issued document: number, copies of the parties, the e-invoice, and then nothing changes any more.

- The number is taken from a locked row in the transaction that issues: none is lost and none is given twice.
- The e-invoice is built and checked against every rule inside that transaction. A document with a finding gets no
  number: it is held, with the findings, until finance or the next run tries again.
- A credit note is issued after the invoices that it corrects.
"""

import datetime as dt
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from billing import einvoice, own_checks, rules
from billing.consumption import OrderCredit, given_back, taken
from billing.invoicing import lock_portal, write_lines
from billing.models import BilledEntry, DocumentKind, EInvoice, Entry, Invoice, InvoiceLine, NumberSeries, Origin
from billing.parties import PartyIncomplete, buyer, check_parties, seller
from billing.payment import creditor_reference
from portals.models import Company, Portal
from thuiswerk.lib.nudge import nudge
from thuiswerk.lib.periods import amsterdam_date

NUMBER_LETTER = {DocumentKind.INVOICE: "F", DocumentKind.CREDIT_NOTE: "C"}


class DocumentHeld(Exception):
    """The document is not issued; `findings` says why, a sentence each. No number was taken."""

    def __init__(self, invoice: Invoice, findings: list[str]) -> None:
        super().__init__(f"{invoice.portal}, {invoice.month}: {' '.join(findings)}")
        self.invoice = invoice
        self.findings = findings


def review(invoice: Invoice, *, now: dt.datetime, actor: User) -> None:
    """Note that `actor` has looked at a draft and found it right. What is issued stays as it is."""
    Invoice.objects.drafts().filter(pk=invoice.pk, reviewed_at=None).update(reviewed_at=now, reviewed_by=actor)


def issue(invoice: Invoice, *, now: dt.datetime, actor: User | None = None) -> Invoice:
    """Give a draft its number and freeze it; what is issued already is returned as it is.

    Refuses DocumentHeld, PartyIncomplete among its causes: the draft then says why.
    """
    try:
        with transaction.atomic():
            return _issue(invoice, now, actor)
    except DocumentHeld as refusal:
        Invoice.objects.drafts().filter(pk=invoice.pk).update(held_at=now, findings=refusal.findings)
        raise


def due_drafts(now: dt.datetime, *, portal: Portal | None = None) -> list[int]:
    """The ids of the drafts that issue themselves at `now`: those that finance had INVOICE_REVIEW_DAYS to look at,
    invoices before the credit notes that may correct them."""
    drafted_until = now - dt.timedelta(days=settings.INVOICE_REVIEW_DAYS)
    drafts = Invoice.objects.drafts().filter(drafted_at__lte=drafted_until)
    drafts = drafts.filter(portal=portal) if portal else drafts
    return list(drafts.order_by("period", "-kind", "pk").values_list("pk", flat=True))


def _issue(invoice: Invoice, now: dt.datetime, actor: User | None) -> Invoice:
    portal = lock_portal(invoice.portal)
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    invoice.portal = portal
    if invoice.issued_at:
        return invoice
    _check(invoice, portal.company)
    _complete(invoice, portal.company, now, actor)
    lines = _final_lines(invoice)
    content = einvoice.build(invoice, lines)
    if findings := _findings(invoice, lines, content):
        raise DocumentHeld(invoice, findings)
    invoice.save()
    digest = sha256(content).hexdigest()
    EInvoice.objects.create(portal=portal, invoice=invoice, content=content, sha256=digest, created_at=now)
    _render_soon(invoice)
    return invoice


def _check(invoice: Invoice, company: Company) -> None:
    """Refuses DocumentHeld where a party is incomplete or an invoice that it corrects has no number yet."""
    try:
        check_parties(company)
    except PartyIncomplete as refusal:
        raise DocumentHeld(invoice, [str(refusal)]) from refusal
    if Invoice.objects.drafts().filter(credit_lines__invoice=invoice).exists():
        raise DocumentHeld(invoice, [_("An invoice that it corrects is not issued yet.")])


def _findings(invoice: Invoice, lines: list[InvoiceLine], content: bytes) -> list[str]:
    """What our own rules, then the official ones, say against the e-invoice; nothing where it may go out."""
    try:
        return own_checks.faults(invoice, lines, content) or rules.findings(content)
    except rules.CannotCheck as error:
        return [_("The e-invoice could not be checked: %(error)s") % {"error": error}]


def _complete(invoice: Invoice, company: Company, now: dt.datetime, actor: User | None) -> None:
    """Write everything on `invoice` that a draft does not have."""
    today = amsterdam_date(now)
    letter, position = NUMBER_LETTER[DocumentKind(invoice.kind)], next_in_series(invoice.kind, today.year)
    number = f"{letter}{today.year}-{position:04d}"
    invoice.number, invoice.issued_on, invoice.issued_at, invoice.issued_by = number, today, now, actor
    invoice.held_at, invoice.findings = None, []
    fill_in(invoice, company)
    if not invoice.is_credit_note:
        invoice.due_on = today + dt.timedelta(days=company.payment_days)
        invoice.payment_reference = creditor_reference(number)


def fill_in(invoice: Invoice, company: Company) -> None:
    """Copy who invoices whom and how, as things stand."""
    invoice.language, invoice.profile = company.language, company.e_invoice_profile
    invoice.seller, invoice.buyer = seller(), buyer(invoice.portal)
    invoice.order_number = company.order_number
    # A document must bear one of the two (Peppol BIS Billing 3.0, PEPPOL-EN16931-R003).
    invoice.buyer_reference = company.reference or ("" if company.order_number else invoice.portal.name[:60])
    invoice.vat_sentence = settings.INVOICE_VAT_SENTENCE[company.language]


def _final_lines(invoice: Invoice) -> list[InvoiceLine]:
    """The lines of the draft, made anew where the company has since chosen another specification."""
    wanted = invoice.portal.company.specification
    if wanted != invoice.specification and invoice.origin == Origin.RUN:
        invoice.specification = wanted
        _write_lines_anew(invoice)
    return list(invoice.lines.select_related("corrects").order_by("position"))


def _write_lines_anew(invoice: Invoice) -> None:
    ties = {tie.entry_id: tie for tie in invoice.billed_entries.all()}
    entries = Entry.objects.filter(pk__in=ties).select_related("membership__user").order_by("posted_at", "pk")
    orders: list[OrderCredit] = given_back(entries) if invoice.is_credit_note else taken(entries)
    month = invoice.period
    invoice.billed_entries.all().delete()
    invoice.lines.all().delete()
    BilledEntry.objects.bulk_create(
        BilledEntry(portal_id=invoice.portal_id, entry=entry, invoice=invoice, line=line, month=month)
        for line, group in write_lines(invoice, orders)
        for order in group
        for entry in order.entries
    )


def next_in_series(kind: str, year: int) -> int:
    """The next number of a kind of document in a year; the row stays locked until the transaction ends."""
    NumberSeries.objects.get_or_create(kind=kind, year=year)
    series = NumberSeries.objects.select_for_update().get(kind=kind, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def _render_soon(invoice: Invoice) -> None:
    from billing.tasks import render_invoice

    nudge(render_invoice, invoice.pk)
