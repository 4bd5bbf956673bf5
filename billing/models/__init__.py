"""Money: grants and the ledger of credit, and what a company is invoiced for it.

A ledger entry and an issued document never change: database triggers refuse it.
"""

from billing.models.corrections import Correction, RebilledEntry
from billing.models.credit import Entry, EntryKind, Grant, GrantQuerySet
from billing.models.files import EInvoice, InvoiceDelivery, InvoiceDocument
from billing.models.invoices import (
    BilledEntry,
    DocumentKind,
    Invoice,
    InvoiceLine,
    InvoiceQuerySet,
    NumberSeries,
    Origin,
    Standing,
)

__all__ = [
    "BilledEntry",
    "Correction",
    "DocumentKind",
    "EInvoice",
    "Entry",
    "EntryKind",
    "Grant",
    "GrantQuerySet",
    "Invoice",
    "InvoiceDelivery",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceQuerySet",
    "NumberSeries",
    "Origin",
    "RebilledEntry",
    "Standing",
]
