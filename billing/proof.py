"""Proof that the books are right, computed anew from the rows: what `manage.py check_ledger` prints.

- per grant: what is left = the sum of its entries;
- per document: its total = its lines = the entries that they bill; a correction's two documents come to the same;
- per portal: spends - refunds = issued invoices - issued credit notes + not yet billed, drafts among the latter;
- per series of numbers: every number from 1 to the last one given, no hole;
- per payment: no more of it is placed on invoices than it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, OuterRef, Q, When

from billing.consumption import CONSUMED
from billing.issuing import NUMBER_LETTER
from billing.models import (
    Allocation,
    BankEntry,
    BilledEntry,
    DocumentKind,
    Entry,
    Grant,
    Invoice,
    InvoiceLine,
    NumberSeries,
    RebilledEntry,
)
from portals.models import Portal
from thuiswerk.lib.money import ZERO, euro
from thuiswerk.lib.sums import sum_of


@dataclass(frozen=True)
class PortalBalance:
    """One portal's credit consumed, and where it went, in euro."""

    slug: str
    consumed: Decimal
    invoiced: Decimal
    credited: Decimal
    unbilled: Decimal

    @property
    def difference(self) -> Decimal:
        """Zero when the books are right."""
        return self.consumed - (self.invoiced - self.credited + self.unbilled)


@dataclass(frozen=True)
class SeriesCheck:
    """One series of document numbers: first and last number in use, how many, and which are `odd`:
    missing, or never given."""

    name: str
    first: str
    last: str
    count: int
    odd: tuple[str, ...]

    @property
    def holes(self) -> int:
        return len(self.odd)


def wrong_grants() -> list[str]:
    """A sentence for each grant whose remainder is not the sum of its entries."""
    sums = sum_of(Entry.objects.filter(grant=OuterRef("pk")), "grant", "amount")
    wrong = Grant.objects.annotate(entered=sums).exclude(remaining=F("entered")).order_by("pk")
    rows = wrong.values_list("pk", "remaining", "entered")
    return [f"grant {pk}: {remaining} left, entries add up to {entered}" for pk, remaining, entered in rows]


def wrong_invoices() -> list[str]:
    """A sentence for each document whose total, lines and billed entries differ."""
    checked = Invoice.objects.annotate(
        of_lines=sum_of(InvoiceLine.objects.filter(invoice=OuterRef("pk")), "invoice", "amount"),
        of_entries=sum_of(BilledEntry.objects.filter(invoice=OuterRef("pk")), "invoice", "entry__amount"),
        of_moved=sum_of(RebilledEntry.objects.filter(invoice=OuterRef("pk")), "invoice", "entry__amount"),
        of_back=sum_of(
            RebilledEntry.objects.filter(credit_line__invoice=OuterRef("pk")), "credit_line__invoice", "entry__amount"
        ),
        billed=Case(
            When(kind=DocumentKind.CREDIT_NOTE, then=F("of_entries") - F("of_back")),
            default=-F("of_entries") - F("of_moved"),
        ),
    )
    wrong = checked.exclude(total=F("of_lines"), billed=F("total")).order_by("pk")
    rows = wrong.values_list("number", "pk", "total", "of_lines", "billed")
    return [
        f"invoice {number or f'draft {pk}'}: total {total}, lines {of_lines}, entries {billed}"
        for number, pk, total, of_lines, billed in rows
    ]


def faults() -> list[str]:
    """Everything that is wrong, a sentence each; nothing where the books are right."""
    differences = [
        f"portal {portal.slug}: a difference of {euro(portal.difference)}"
        for portal in portal_balances()
        if portal.difference
    ]
    holes = [
        f"numbers {series.name}: {series.holes} missing or out of series, {', '.join(series.odd[:10])}"
        for series in series_checks()
        if series.odd
    ]
    return [*wrong_grants(), *wrong_invoices(), *over_credited(), *overplaced(), *differences, *holes]


def over_credited() -> list[str]:
    """A sentence for each invoice of which more was credited than it came to."""
    credited = sum_of(InvoiceLine.objects.filter(corrects=OuterRef("pk")), "corrects", "amount")
    wrong = Invoice.objects.annotate(credited=credited).filter(credited__gt=F("total")).order_by("pk")
    rows = wrong.values_list("number", "total", "credited")
    return [f"invoice {number}: total {total}, credited {credited}" for number, total, credited in rows]


def overplaced() -> list[str]:
    """A sentence for each payment of which more is placed than it is, or the other way round."""
    placed = sum_of(Allocation.objects.filter(entry=OuterRef("pk")), "entry", "amount")
    within = Q(placed__range=(ZERO, F("amount"))) | Q(placed__range=(F("amount"), ZERO))
    wrong = BankEntry.objects.annotate(placed=placed).exclude(within).order_by("pk")
    rows = wrong.values_list("pk", "amount", "placed")
    return [f"bank entry {pk}: {amount}, placed {placed}" for pk, amount, placed in rows]


def portal_balances() -> Iterator[PortalBalance]:
    """Every portal in which credit was consumed or invoiced, by its address. One statement: a snapshot."""
    entries = Entry.objects.filter(CONSUMED, portal=OuterRef("pk"))
    documents = Invoice.objects.filter(portal=OuterRef("pk"))
    issued, drafts = documents.issued(), documents.drafts()
    portals = Portal.objects.annotate(
        consumed=-sum_of(entries, "portal", "amount"),
        unbilled=-sum_of(entries.filter(billed=None), "portal", "amount")
        + sum_of(drafts.filter(kind=DocumentKind.INVOICE), "portal", "total")
        - sum_of(drafts.filter(kind=DocumentKind.CREDIT_NOTE), "portal", "total"),
        invoiced=sum_of(issued.filter(kind=DocumentKind.INVOICE), "portal", "total"),
        credited=sum_of(issued.filter(kind=DocumentKind.CREDIT_NOTE), "portal", "total"),
    )
    columns = ("slug", "consumed", "invoiced", "credited", "unbilled")
    for row in portals.order_by("slug").values_list(*columns):
        if any(row[1:]):
            yield PortalBalance(*row)


def series_checks() -> Iterator[SeriesCheck]:
    """Every series of numbers, oldest year first."""
    for series in NumberSeries.objects.filter(kind__in=DocumentKind.values).order_by("year", "kind"):
        name = f"{NUMBER_LETTER[DocumentKind(series.kind)]}{series.year}"
        numbers = Invoice.objects.filter(number__startswith=f"{name}-").values_list("number", flat=True)
        used = sorted(filter(None, numbers), key=lambda number: int(number.rpartition("-")[2]))
        expected = {f"{name}-{position:04d}" for position in range(1, series.last + 1)}
        first, last = (used[0], used[-1]) if used else ("-", "-")
        yield SeriesCheck(name, first, last, len(used), tuple(sorted(expected ^ set(used))))
