"""From an issued invoice to the company's mailbox: the PDF is made once, kept with its hash, and sent.

Each step is a row, so that a step that failed is found again and one that was done is not done twice.
"""

import datetime as dt
import io
import zipfile
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import outbox
from accounts.models import User
from billing.models import EInvoice, Invoice, InvoiceDelivery, InvoiceDocument, InvoiceLine
from billing.paper import document_context, file_name, render_invoice
from thuiswerk.lib.mail import compose


class DocumentUnavailable(Exception):
    """A PDF that cannot be handed out; `number` is that of its invoice."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class DocumentMissing(DocumentUnavailable):
    """The PDF is still to be made."""


class DocumentDamaged(DocumentUnavailable):
    """The stored PDF is not the one that was issued: its SHA-256 differs."""


def unfinished() -> QuerySet[Invoice]:
    """Issued documents that wait for their PDF or their first mailing."""
    return Invoice.objects.issued().filter(Q(document=None) | Q(deliveries=None)).order_by("pk")


def finish(invoice: Invoice, *, now: dt.datetime) -> None:
    """Make and keep the PDF, and mail it once to each address of the company."""
    store_document(invoice, now=now)
    for position, address in enumerate(invoice.buyer["emails"], start=1):
        send(invoice, to=address, occasion=f"first-{position}", now=now)


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
def send(invoice: Invoice, *, to: str, occasion: str, now: dt.datetime, actor: User | None = None) -> InvoiceDelivery:
    """Queue the mail with PDF and e-invoice to the address `to`, once per `occasion`. Refuses DocumentDamaged."""
    delivery, is_new = InvoiceDelivery.objects.get_or_create(
        source=f"{invoice.number}:{occasion}",
        defaults={
            "portal_id": invoice.portal_id,
            "invoice": invoice,
            "to": to,
            "requested_at": now,
            "requested_by": actor,
        },
    )
    if is_new:
        message = compose("billing/mail/invoice", document_context(invoice, _lines(invoice)), language=invoice.language)
        outbox.queue(message, to=to, key=f"invoice:{delivery.source}", now=now, attachments=_files(invoice))
    return delivery


def verified_content(document: InvoiceDocument | EInvoice) -> bytes:
    """The bytes of the PDF or the e-invoice as they were issued. Refuses DocumentDamaged."""
    if not document.is_intact:
        raise DocumentDamaged(str(document.invoice))
    return bytes(document.content)


def zip_of(invoices: QuerySet[Invoice]) -> io.BytesIO:
    """The PDFs of `invoices`, all of them and each as it was issued, in one ZIP file.

    Refuses DocumentMissing, DocumentDamaged.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for invoice in invoices.select_related("document").order_by("number"):
            if not hasattr(invoice, "document"):
                raise DocumentMissing(str(invoice))
            archive.writestr(file_name(invoice), verified_content(invoice.document))
    file.seek(0)
    return file


def _files(invoice: Invoice) -> list[outbox.Attachment]:
    pdf = outbox.Attachment(file_name(invoice), "application/pdf", verified_content(invoice.document))
    if not hasattr(invoice, "e_invoice"):
        return [pdf]
    return [pdf, outbox.Attachment(file_name(invoice, "xml"), "application/xml", verified_content(invoice.e_invoice))]


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    return list(invoice.lines.select_related("corrects").order_by("position"))
