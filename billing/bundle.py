"""Issued documents as files: every PDF and e-invoice byte for byte, and an index of what they are with their SHA-256.

The ZIP of the back office and `manage.py export_month` hold the same bytes. One document is in memory at a time, so
that a month of a thousand portals is as easy as one of ten.
"""

import datetime as dt
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from billing.delivery import DocumentMissing, verified_content
from billing.models import EInvoice, Invoice, InvoiceDocument
from billing.paper import file_name
from thuiswerk.lib.periods import AMSTERDAM
from thuiswerk.lib.spreadsheet import csv_of

INDEX = "index.csv"  # of documents of several months
IN_MEMORY = 8 * 1024 * 1024  # bytes of a ZIP; a larger one is kept in a file until it is sent
EPOCH = dt.datetime(1980, 1, 1, tzinfo=AMSTERDAM)  # The first moment that a ZIP can name.


class FilesDiffer(Exception):
    """Files of the same name are there already and hold something else; `names` are theirs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass(frozen=True)
class File:
    """A file of a bundle, and when it was made."""

    name: str
    content: bytes
    made_at: dt.datetime


def zip_of(invoices: QuerySet[Invoice]) -> IO[bytes]:
    """The documents among `invoices` in one ZIP file, the same bytes each time.

    Refuses DocumentMissing before it begins, DocumentDamaged.
    """
    with ExitStack() as closed_on_refusal:
        file: IO[bytes] = closed_on_refusal.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for part in files_of(invoices):
                archive.writestr(zipfile.ZipInfo(part.name, part.made_at.timetuple()[:6]), part.content)
        file.seek(0)
        closed_on_refusal.pop_all()
        return file


def write_to(folder: Path, invoices: QuerySet[Invoice]) -> int:
    """Write the documents among `invoices` and their index into `folder`; how many files are there then. Without
    any document nothing is written.

    What is there already and is the same stays untouched. Refuses DocumentMissing, FilesDiffer and DocumentDamaged
    before it writes anything.
    """
    rows = _rows(invoices)
    if differing := _differing(folder, rows):
        raise FilesDiffer(differing)
    if not rows:
        return 0
    for _part in files_of(invoices):
        pass  # Each is read and held against its hash before the first is written.
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for part in files_of(invoices):
        half = folder / f".{part.name}.part"
        half.write_bytes(part.content)
        half.replace(folder / part.name)
        written += 1
    return written


def files_of(invoices: QuerySet[Invoice]) -> Iterator[File]:
    """PDF and e-invoice of each issued document, by number, and at last the index, which so never promises too much.

    Refuses DocumentMissing, DocumentDamaged.
    """
    rows = _rows(invoices)
    for row in rows:
        pdf = InvoiceDocument.objects.select_related("invoice").get(invoice=row.invoice.pk)
        yield File(row.pdf, verified_content(pdf), row.made_at)
        if row.xml:
            e_invoice = EInvoice.objects.select_related("invoice").get(invoice=row.invoice.pk)
            yield File(row.xml, verified_content(e_invoice), row.made_at)
    yield File(_index_name(rows), _index(rows), max((row.made_at for row in rows), default=EPOCH))


@dataclass(frozen=True)
class Row:
    """A line of the index; `xml` is empty where a document has no e-invoice."""

    invoice: Invoice
    pdf: str
    pdf_sha256: str
    xml: str
    xml_sha256: str
    made_at: dt.datetime


def _rows(invoices: QuerySet[Invoice]) -> list[Row]:
    """What the index says, without any content. Refuses DocumentMissing where a PDF is still to be made."""
    issued = Invoice.objects.issued().filter(pk__in=invoices.values("pk")).order_by("number")
    light = issued.select_related("portal", "document", "e_invoice").defer("document__content", "e_invoice__content")
    return [_row(invoice) for invoice in light]


def _index_name(rows: list[Row]) -> str:
    """`index-2026-10.csv` for documents of one month, so that months side by side in a folder keep theirs."""
    months = {str(row.invoice.month) for row in rows}
    return f"index-{months.pop()}.csv" if len(months) == 1 else INDEX


def _row(invoice: Invoice) -> Row:
    if not hasattr(invoice, "document"):
        raise DocumentMissing(str(invoice))
    xml, xml_sha256 = "", ""
    if hasattr(invoice, "e_invoice"):
        xml, xml_sha256 = file_name(invoice, "xml"), invoice.e_invoice.sha256
    made_at = (invoice.issued_at or invoice.document.created_at).astimezone(AMSTERDAM)
    return Row(invoice, file_name(invoice), invoice.document.sha256, xml, xml_sha256, made_at)


def _index(rows: list[Row]) -> bytes:
    """In the operator's language, whoever asks, so that it is the same file each time."""
    with translation.override(settings.LANGUAGE_CODE):
        header = [
            _("Number"),
            _("Kind"),
            _("Company"),
            _("Portal"),
            _("Month"),
            _("Invoice date"),
            _("Pay before or on"),
            _("Total"),
            "PDF",
            "SHA-256 PDF",
            "XML",
            "SHA-256 XML",
        ]
        return csv_of(header, [_cells(row) for row in rows])


def _cells(row: Row) -> list[object]:
    """A credit note counts below zero, so that the column adds up to what is asked."""
    invoice = row.invoice
    return [
        invoice.number,
        invoice.get_kind_display(),
        invoice.buyer["name"],
        invoice.portal.slug,
        str(invoice.month),
        invoice.issued_on,
        invoice.due_on,
        -invoice.total if invoice.is_credit_note else invoice.total,
        row.pdf,
        row.pdf_sha256,
        row.xml,
        row.xml_sha256,
    ]


def _differing(folder: Path, rows: list[Row]) -> list[str]:
    """The names of documents that stand in `folder` with other bytes than those that were issued."""
    expected = {row.pdf: row.pdf_sha256 for row in rows} | {row.xml: row.xml_sha256 for row in rows if row.xml}
    there = ((name, folder / name) for name in expected if (folder / name).exists())
    return [name for name, path in there if sha256(path.read_bytes()).hexdigest() != expected[name]]
