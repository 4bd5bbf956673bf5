"""Money: grants and the ledger of credit, what a company is invoiced for it, and what it paid.

A ledger entry, an issued document and a payment never change: database triggers refuse it.
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
from billing.models.particulars import Particulars
from billing.models.payments import Allocation, AllocationQuerySet, BankEntry, BankEntryQuerySet, BankStatement, Basis
from billing.models.reminders import DisputePause, InterestRate, Reminder, ReminderLevel
from billing.models.settlements import PortalSettlement

__all__ = [
    "Allocation",
    "AllocationQuerySet",
    "BankEntry",
    "BankEntryQuerySet",
    "BankStatement",
    "Basis",
    "BilledEntry",
    "Correction",
    "DisputePause",
    "DocumentKind",
    "EInvoice",
    "Entry",
    "EntryKind",
    "Grant",
    "GrantQuerySet",
    "InterestRate",
    "Invoice",
    "InvoiceDelivery",
    "InvoiceDocument",
    "InvoiceLine",
    "InvoiceQuerySet",
    "NumberSeries",
    "Origin",
    "Particulars",
    "PortalSettlement",
    "RebilledEntry",
    "Reminder",
    "ReminderLevel",
    "Standing",
]
