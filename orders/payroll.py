"""What an employer's payroll needs to know of a month: which employee got how much credit's worth of which class.

Made for the Dutch work-related costs scheme (werkkostenregeling, decision 0021).
- An amount is what credit paid, incl. VAT, in the month in which the ledger has it: a month adds up to its spends less
  its refunds. What came back is a row of its own, below zero, that names the day of the order.
- The class is the one that the order line kept; products and own money are never told. A flag says that an employee
  paid part of the base amount of an arbo provision.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from billing.consumption import CONSUMED
from billing.models import Entry
from catalog.models import PayrollClass
from orders.models import GiveBack, GiveBackLine, Order, OrderLine
from portals.models import Membership, Portal
from thuiswerk.lib.money import ZERO, allocate
from thuiswerk.lib.periods import Month, amsterdam_date
from thuiswerk.lib.spreadsheet import csv_of


@dataclass(frozen=True)
class PayrollRow:
    """What one order, or what came back of it on `corrected_on`, means for `member`. `payroll_class` may be empty."""

    member: Membership
    payroll_class: str
    amount: Decimal
    ordered_on: dt.date
    corrected_on: dt.date | None
    is_contributed_to: bool

    @property
    def class_label(self) -> str:
        return class_label(self.payroll_class)


@dataclass(frozen=True)
class ClassTotal:
    """The rows of one class together, in euro."""

    payroll_class: str
    rows: tuple[PayrollRow, ...]

    @property
    def label(self) -> str:
        return class_label(self.payroll_class)

    @property
    def amount(self) -> Decimal:
        return total_of(self.rows)

    @property
    def corrections(self) -> Decimal:
        return total_of(row for row in self.rows if row.corrected_on)

    @property
    def contributed_to(self) -> int:
        """How many of the rows are flagged."""
        return sum(row.is_contributed_to for row in self.rows)


def payroll_rows(portal: Portal, month: Month) -> list[PayrollRow]:
    """The rows of `portal` in `month`, by staff number and day."""
    entries = portal.entries.filter(CONSUMED, posted_at__gte=month.start, posted_at__lt=month.end)
    by_order: dict[str, list[Entry]] = {}
    for entry in entries.select_related("membership__user").order_by("posted_at", "pk"):
        by_order.setdefault(entry.order_number, []).append(entry)
    orders = {order.number: order for order in _orders(portal, by_order)}
    rows = [row for number, moved in by_order.items() for row in _rows_of(orders[number], moved)]
    return sorted(rows, key=lambda row: (row.member.staff_number, row.member.pk, row.ordered_on))


def class_totals(rows: Iterable[PayrollRow]) -> list[ClassTotal]:
    """`rows` by class, in the order of the classes; what has none comes first."""
    by_class: dict[str, list[PayrollRow]] = {}
    for row in rows:
        by_class.setdefault(row.payroll_class, []).append(row)
    return [ClassTotal(name, tuple(by_class[name])) for name in ("", *PayrollClass.values) if name in by_class]


def consumed_by_portal(month: Month) -> list[tuple[Portal, Decimal]]:
    """The portals that have anything for the payroll of `month`, by name, with what their rows come to."""
    moved = Entry.objects.filter(CONSUMED, posted_at__gte=month.start, posted_at__lt=month.end).order_by()
    sums = {row["portal"]: -row["sum"] for row in moved.values("portal").annotate(sum=Sum("amount"))}
    portals = Portal.objects.filter(pk__in=sums).select_related("company").order_by("company__name", "name")
    return [(portal, sums[portal.pk]) for portal in portals]


def payroll_csv(portal: Portal, rows: Iterable[PayrollRow]) -> bytes:
    """The file, in the language of the company."""
    with translation.override(portal.company.language):
        header = [
            _("staff number"),
            _("class"),
            _("amount incl. VAT"),
            _("ordered on"),
            _("corrected on"),
            _("paid part of the base amount"),
        ]
        return csv_of(header, [_cells(row) for row in rows])


def file_name(portal: Portal, month: Month) -> str:
    return f"payroll-{portal.slug}-{month}.csv"


def total_of(rows: Iterable[PayrollRow]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def class_label(payroll_class: str) -> str:
    return str(PayrollClass(payroll_class).label) if payroll_class else _("not classified")


def _cells(row: PayrollRow) -> Sequence[object]:
    day = row.ordered_on, row.corrected_on
    return row.member.staff_number, row.class_label, row.amount, *day, row.is_contributed_to


def _orders(portal: Portal, numbers: Iterable[str]) -> QuerySet[Order]:
    return portal.orders.filter(number__in=list(numbers)).prefetch_related("lines", "give_backs__lines__line")


def _rows_of(order: Order, entries: Iterable[Entry]) -> Iterator[PayrollRow]:
    """An order has one spend and any number of refunds; each may be of several grants."""
    given = {give_back.source: give_back for give_back in order.give_backs.all()}
    moves: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        source = entry.source.partition(":")[2].rpartition(":")[0]
        moves.setdefault((entry.kind, source if source in given else ""), []).append(entry)
    for (_kind, source), moved in moves.items():
        yield from _split(order, given.get(source), moved)


def _split(order: Order, given: GiveBack | None, entries: Sequence[Entry]) -> Iterator[PayrollRow]:
    """The amount of `entries` over the classes of what was ordered or given back, to the cent."""
    amount = -sum((entry.amount for entry in entries), ZERO)
    parts: Sequence[OrderLine | GiveBackLine] = list(given.lines.all() if given else order.lines.all())
    sums: dict[tuple[str, bool], Decimal] = {}
    for part, share in zip(parts, allocate(abs(amount), [part.credit for part in parts]), strict=True):
        line = part.line if isinstance(part, GiveBackLine) else part
        key = line.payroll_class, line.is_contributed_to
        sums[key] = sums.get(key, ZERO) + share
    for (payroll_class, is_contributed_to), share in sums.items():
        if share:
            yield PayrollRow(
                member=entries[0].membership,
                payroll_class=payroll_class,
                amount=share if amount > 0 else -share,
                ordered_on=amsterdam_date(order.placed_at),
                corrected_on=amsterdam_date(entries[0].posted_at) if amount < 0 else None,
                is_contributed_to=is_contributed_to,
            )
