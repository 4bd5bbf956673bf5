"""From an issued document to the company: the PDF is made once, kept with its hash, and handed to every channel.

Each step is a row, so that a step that failed is found again and one that was done is not done twice.
"""

import datetime as dt
from collections.abc import Iterable
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import outbox
from accounts.models import User
from billing.channels import ByMail, Channel, Files, Progress, channels, progress_of
from billing.models import EInvoice, Invoice, InvoiceDelivery, InvoiceDocument, InvoiceLine
from billing.paper import file_name, render_invoice

MAIL = ByMail()
PAUSE = dt.timedelta(minutes=5)


class DocumentUnavailable(Exception):
    """A document that cannot be handed out; `number` is its own."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class DocumentMissing(DocumentUnavailable):
    """The PDF is still to be made."""


class DocumentDamaged(DocumentUnavailable):
    """The stored PDF is not the one that was issued: its SHA-256 differs."""


class JustSent(DocumentUnavailable):
    """It was sent a moment ago: asked twice, or the company has yet to look."""


def unfinished() -> QuerySet[Invoice]:
    """Issued documents that wait for their PDF or their first mailing."""
    return Invoice.objects.issued().filter(Q(document=None) | Q(deliveries=None)).order_by("pk")


def finish(invoice: Invoice, *, now: dt.datetime) -> None:
    """Make and keep the PDF, and hand the document once to every channel, for each address that it has there."""
    store_document(invoice, now=now)
    with transaction.atomic():
        for channel in channels().values():
            for position, address in enumerate(channel.addresses(invoice), start=1):
                _deliver(invoice, channel, to=address, occasion=f"first-{position}", now=now)


def store_document(invoice: Invoice, *, now: dt.datetime) -> InvoiceDocument:
    """The PDF of `invoice`, made and stored the first time."""
    if stored := InvoiceDocument.objects.filter(invoice=invoice).first():
        return stored
    content = made_from_rows(invoice)
    digest = sha256(content).hexdigest()
    fresh = {"portal_id": invoice.portal_id, "content": content, "sha256": digest, "created_at": now}
    return InvoiceDocument.objects.get_or_create(invoice=invoice, defaults=fresh)[0]


def made_from_rows(invoice: Invoice) -> bytes:
    """The PDF of an issued document, made now from its rows, with its e-invoice inside."""
    e_invoice = EInvoice.objects.filter(invoice=invoice).first()
    return render_invoice(invoice, _lines(invoice), e_invoice=bytes(e_invoice.content) if e_invoice else None)


@transaction.atomic
def send_again(invoice: Invoice, *, now: dt.datetime, actor: User) -> list[InvoiceDelivery]:
    """Mail a document to the addresses that its company has for invoices now.

    Refuses JustSent, DocumentMissing, DocumentDamaged.
    """
    invoice = Invoice.objects.select_for_update(of=("self",)).select_related("portal__company").get(pk=invoice.pk)
    if not InvoiceDocument.objects.filter(invoice=invoice).exists():
        raise DocumentMissing(str(invoice))
    if invoice.deliveries.filter(requested_at__gt=now - PAUSE).exists():
        raise JustSent(str(invoice))
    times = invoice.deliveries.count()
    return [
        _deliver(invoice, MAIL, to=address, occasion=f"again-{times}-{position}", now=now, actor=actor)
        for position, address in enumerate(invoice.portal.company.invoice_emails or invoice.buyer["emails"], start=1)
    ]


def _deliver(
    invoice: Invoice, channel: Channel, *, to: str, occasion: str, now: dt.datetime, actor: User | None = None
) -> InvoiceDelivery:
    """Queue the document for the address `to`, once per channel and `occasion`. Refuses DocumentDamaged."""
    delivery, is_new = InvoiceDelivery.objects.get_or_create(
        source=f"{invoice.number}:{channel.key}:{occasion}",
        defaults={
            "portal_id": invoice.portal_id,
            "invoice": invoice,
            "channel": channel.key,
            "to": to,
            "requested_at": now,
            "requested_by": actor,
        },
    )
    if is_new:
        channel.queue(delivery, _files(invoice))
    return delivery


def troubles(invoices: Iterable[Invoice]) -> dict[int, list[tuple[InvoiceDelivery, Progress]]]:
    """The deliveries that did not arrive, by the id of their document: of the last time that it was sent."""
    last: dict[int, list[InvoiceDelivery]] = {}
    for delivery in InvoiceDelivery.objects.filter(invoice__in=list(invoices)).order_by("requested_at", "pk"):
        sent = last.setdefault(delivery.invoice_id, [])
        if sent and sent[0].requested_at != delivery.requested_at:
            sent.clear()
        sent.append(delivery)
    progress = progress_of(delivery for sent in last.values() for delivery in sent)
    found = {
        invoice_id: [(one, told) for one in sent if (told := progress.get(one.pk)) and told.is_trouble]
        for invoice_id, sent in last.items()
    }
    return {invoice_id: pairs for invoice_id, pairs in found.items() if pairs}


def verified_content(document: InvoiceDocument | EInvoice) -> bytes:
    """The bytes of the PDF or the e-invoice as they were issued. Refuses DocumentDamaged."""
    if not document.is_intact:
        raise DocumentDamaged(str(document.invoice))
    return bytes(document.content)


def _files(invoice: Invoice) -> Files:
    pdf = outbox.Attachment(file_name(invoice), "application/pdf", verified_content(invoice.document))
    if not hasattr(invoice, "e_invoice"):
        return Files(pdf, None)
    xml = verified_content(invoice.e_invoice)
    return Files(pdf, outbox.Attachment(file_name(invoice, "xml"), "application/xml", xml))


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    return list(invoice.lines.select_related("corrects").order_by("position"))
