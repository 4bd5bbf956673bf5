"""What was consumed and is not billed: entries of the ledger, gathered by order, and the months they wait for.

- Consumed is what was spent less what was given back; what expired, was withdrawn or is only reserved is not.
- The run of a month takes every unbilled entry up to the end of it. An entry that comes into a month after that month
  was closed is taken by the next run.
- What is given back of a spend that the same run takes makes its order less; of a spend that was billed before it is
  credited to the invoice that carries it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from billing.models import BilledEntry, Entry, EntryKind, Invoice, RebilledEntry
from portals.models import Membership, Portal
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month, amsterdam_date, first_invoice_day

MOVED = Q(kind__in=[EntryKind.SPEND, EntryKind.REFUND])
# What visitors of an example spend costs nobody anything.
CONSUMED = MOVED & Q(portal__is_example=False)
# A movement bears the time at which its request or task began, and shows when its transaction ends. A task is stopped
# after five minutes (CELERY_TASK_TIME_LIMIT), and a request waits ten seconds for a connection: after a quarter of an
# hour both have long begun their transaction, which is then waited for.
SETTLING = dt.timedelta(minutes=15)


@dataclass
class OrderCredit:
    """The credit that one order took, or gave back to the invoice `corrects`, in whole cents."""

    number: str
    member: Membership
    corrects: Invoice | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def consumed(self) -> Decimal:
        """What it took less what it gave back: negative where it only gave back."""
        return -sum((entry.amount for entry in self.entries), ZERO)

    @property
    def amount(self) -> Decimal:
        """What stands on a document of its kind: never negative."""
        return -self.consumed if self.corrects else self.consumed

    @property
    def first_day(self) -> dt.date:
        return amsterdam_date(self.entries[0].posted_at)

    @property
    def last_day(self) -> dt.date:
        return amsterdam_date(self.entries[-1].posted_at if self.corrects else self.entries[0].posted_at)


def unbilled(portal: Portal, month: Month) -> QuerySet[Entry]:
    """The entries that the run of `month` takes, oldest first."""
    entries = portal.entries.filter(CONSUMED, billed=None, posted_at__lt=month.end)
    return entries.select_related("membership__user").order_by("posted_at", "pk")


def taken(entries: Iterable[Entry]) -> list[OrderCredit]:
    """The orders that `entries` (oldest first) spent credit on, each less what they gave back of it."""
    entries = list(entries)
    spends = {entry.pk for entry in entries if entry.kind == EntryKind.SPEND}
    mine = (entry for entry in entries if entry.pk in spends or entry.spend_id in spends)
    return _by_order((entry, None) for entry in mine)


def given_back(entries: Iterable[Entry]) -> list[OrderCredit]:
    """What `entries` gave back of spends that are not among them, by order and by the invoice that carries it now."""
    entries = list(entries)
    spends = {entry.pk for entry in entries if entry.kind == EntryKind.SPEND}
    refunds = [entry for entry in entries if entry.kind == EntryKind.REFUND and entry.spend_id not in spends]
    carriers = carriers_of(entry.spend_id for entry in refunds if entry.spend_id)
    return _by_order((entry, carriers[entry.spend_id]) for entry in refunds if entry.spend_id)


def carriers_of(spend_ids: Iterable[int]) -> dict[int, Invoice]:
    """The invoice on which each of the spends stands now: that of its last correction, else the one that billed it."""
    ids = list(spend_ids)
    billed = BilledEntry.objects.filter(entry__in=ids, invoice__isnull=False).select_related("invoice")
    moved = RebilledEntry.objects.filter(entry__in=ids).select_related("invoice").order_by("pk")
    carriers = {tie.entry_id: tie.invoice for tie in billed if tie.invoice}
    return carriers | {tie.entry_id: tie.invoice for tie in moved}


def open_months(portal: Portal, until: Month) -> Iterator[Month]:
    """The months up to `until` that a run has still to close for `portal`, oldest first."""
    oldest = portal.entries.filter(CONSUMED, billed=None).aggregate(first=Min("posted_at"))["first"]
    if oldest is None:
        return
    month = Month.of(oldest)
    if last := closed_until(portal):
        month = max(month, last.next)
    while month <= until:
        yield month
        month = month.next


def closed_until(portal: Portal) -> Month | None:
    """The last month that a run has closed for `portal`."""
    last = portal.billed_entries.aggregate(last=Max("month"))["last"]
    return Month(last.year, last.month) if last else None


def portals_to_invoice(now: dt.datetime, until: Month | None = None) -> list[int]:
    """The ids of the portals with unbilled credit that a run at `now` takes, up to `until` or the last closed month."""
    last = until or last_closed(now)
    closed = BilledEntry.objects.filter(portal=OuterRef("pk"), month__gte=last.first_day)
    waiting = Entry.objects.filter(CONSUMED, billed=None, posted_at__lt=last.end).values("portal")
    portals = Portal.objects.real().filter(~Exists(closed), pk__in=waiting)
    return list(portals.order_by("pk").values_list("pk", flat=True))


def last_closed(now: dt.datetime) -> Month:
    """The last month into which nothing can come any more at `now`."""
    return Month.of(now - SETTLING).previous


def month_to_run(now: dt.datetime) -> Month:
    """The last month whose invoice day has come at `now`: in the first week that is still the month before the last."""
    this = Month.of(now)
    return this.previous if amsterdam_date(now) >= first_invoice_day(this) else this.previous.previous


def is_late(month: Month, day: dt.date) -> bool:
    """Whether `day` is past the second week of the month after `month`, in which it is invoiced."""
    return day > month.next.first_day.replace(day=14)


def billable_from(month: Month) -> dt.datetime:
    """The first moment at which `month` can be invoiced."""
    return month.end + SETTLING


def _by_order(entries: Iterable[tuple[Entry, Invoice | None]]) -> list[OrderCredit]:
    orders: dict[tuple[str, int | None], OrderCredit] = {}
    for entry, carrier in entries:
        key = entry.order_number, carrier.pk if carrier else None
        order = orders.setdefault(key, OrderCredit(entry.order_number, entry.membership, carrier))
        order.entries.append(entry)
    return list(orders.values())
