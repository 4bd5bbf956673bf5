"""Whether issued documents are still what was issued: each stored file against its hash, and made anew from its rows.

The stored file is the document. Made anew it has the same bytes as long as rows, templates, fonts and the makers of the
files are the same; an upgrade of one of them may change bytes, and then the difference is told with who made which.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import pikepdf
from django.db.models import QuerySet

from billing import einvoice
from billing.delivery import made_from_rows
from billing.models import EInvoice, Invoice, InvoiceDocument

OTHER_BYTES = "made anew it has other bytes."


@dataclass(frozen=True)
class Finding:
    """A stored file that is not as it should be; `is_damage`: its bytes are not those that were stored at issue."""

    file: str
    is_damage: bool
    why: str


def findings(invoices: QuerySet[Invoice]) -> Iterator[list[Finding]]:
    """What is wrong with each of `invoices` that is issued, by number; an empty list where nothing is."""
    for invoice in invoices.issued().order_by("number").iterator(chunk_size=100):  # type: ignore[attr-defined]
        yield [*_of_e_invoice(invoice), *_of_pdf(invoice)]


def _of_e_invoice(invoice: Invoice) -> Iterator[Finding]:
    stored = EInvoice.objects.filter(invoice=invoice).first()
    if stored is None:
        return
    lines = list(invoice.lines.select_related("corrects").order_by("position"))
    if not stored.is_intact:
        yield Finding(str(stored), is_damage=True, why=_damage(stored))
    elif einvoice.build(invoice, lines) != bytes(stored.content):
        yield Finding(str(stored), is_damage=False, why=OTHER_BYTES)


def _of_pdf(invoice: Invoice) -> Iterator[Finding]:
    stored = InvoiceDocument.objects.filter(invoice=invoice).first()
    if stored is None:
        yield Finding(f"{invoice}.pdf", is_damage=False, why="it is not made yet.")
    elif not stored.is_intact:
        yield Finding(str(stored), is_damage=True, why=_damage(stored))
    elif (anew := made_from_rows(invoice)) != bytes(stored.content):
        yield Finding(str(stored), is_damage=False, why=_difference(bytes(stored.content), anew))


def _damage(stored: InvoiceDocument | EInvoice) -> str:
    return f"its SHA-256 is {sha256(bytes(stored.content)).hexdigest()}, and was {stored.sha256} at issue."


def _difference(stored: bytes, anew: bytes) -> str:
    then, now = _maker(stored), _maker(anew)
    return OTHER_BYTES if now == then else f"{OTHER_BYTES} Issued by {then}, made anew by {now}."


def _maker(content: bytes) -> str:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return str(pdf.docinfo.get("/Producer", "an unknown maker"))
