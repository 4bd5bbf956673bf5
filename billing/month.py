"""A month at a glance, for finance: what each portal owes of it, how far its documents are, and what changed since.

Everything is read anew from ledger and documents; nothing is stored.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet, Sum

from billing import channels, consumption, delivery
from billing.consumption import CONSUMED
from billing.models import BilledEntry, Entry, EntryKind, Invoice, Standing
from billing.parties import missing_of
from portals.models import Portal
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month


@dataclass(frozen=True)
class Movements:
    """What a portal's people did with their credit in a month, in euro, and how many of them spent."""

    spent: Decimal = ZERO
    given_back: Decimal = ZERO
    people: int = 0

    @property
    def consumed(self) -> Decimal:
        return self.spent - self.given_back


@dataclass(frozen=True)
class Undelivered:
    """A document that did not reach an address, as far as its channel told."""

    document: Invoice
    to: str
    progress: channels.Progress


@dataclass
class PortalMonth:
    """One portal in one month. `waiting`: what the run has still to bill, `waiting_before` of it of earlier months."""

    portal: Portal
    now: Movements
    before: Movements
    newcomers: int
    billed: Decimal
    waiting: Decimal
    waiting_before: Decimal
    documents: list[Invoice] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    undelivered: list[Undelivered] = field(default_factory=list)

    @property
    def of_run(self) -> list[Invoice]:
        return [document for document in self.documents if document.origin == "run"]

    @property
    def total(self) -> Decimal:
        """What the run's documents come to: the invoice less the credit note."""
        return _net(self.of_run)

    @property
    def issued(self) -> Decimal:
        """What of it has a number."""
        return _net(document for document in self.of_run if document.issued_at)

    @property
    def not_yet(self) -> Decimal:
        """What the run has still to bill, and what is a draft or held."""
        return self.waiting + self.total - self.issued

    @property
    def difference(self) -> Decimal:
        """What the documents say beyond the ledger entries that they bill: zero when the books are right."""
        return self.total - self.billed

    @property
    def change(self) -> Decimal:
        """Consumed credit compared with the month before."""
        return self.now.consumed - self.before.consumed

    @property
    def held(self) -> list[Invoice]:
        return [document for document in self.documents if document.standing == Standing.HELD]

    @property
    def drafts(self) -> list[Invoice]:
        return [document for document in self.documents if document.issued_at is None]

    @property
    def is_exception(self) -> bool:
        """Whether somebody has to do something about it."""
        incomplete = self.missing and (self.waiting or self.drafts)
        return bool(self.difference or self.held or self.undelivered or incomplete)


@dataclass(frozen=True)
class Progress:
    """How far the run of a month is; `done` of `all` portals have their documents issued, with PDF."""

    waiting: int
    drafts: int
    rendering: int
    done: int

    @property
    def all(self) -> int:
        return self.waiting + self.drafts + self.rendering + self.done


def portal_months(month: Month) -> list[PortalMonth]:
    """Every portal with credit consumed, billed or waiting in `month`, by name."""
    now, before = _movements(month), _movements(month.previous)
    newcomers, waiting, billed = _newcomers(month), _waiting(month), _billed(month)
    documents: dict[int, list[Invoice]] = {}
    for document in Invoice.objects.filter(period=month.first_day).order_by("-origin", "-kind", "pk"):
        documents.setdefault(document.portal_id, []).append(document)
    undelivered = _undelivered(document for mine in documents.values() for document in mine)
    ids = {*now, *waiting, *billed, *documents}
    portals = Portal.objects.filter(pk__in=ids).select_related("company").order_by("company__name", "name")
    return [
        PortalMonth(
            portal=portal,
            now=now.get(portal.pk, Movements()),
            before=before.get(portal.pk, Movements()),
            newcomers=newcomers.get(portal.pk, 0),
            billed=billed.get(portal.pk, ZERO),
            waiting=waiting.get(portal.pk, (ZERO, ZERO))[0],
            waiting_before=waiting.get(portal.pk, (ZERO, ZERO))[1],
            documents=documents.get(portal.pk, []),
            missing=missing_of(portal.company),
            undelivered=undelivered.get(portal.pk, []),
        )
        for portal in portals
    ]


def progress(months: Iterable[PortalMonth], month: Month, *, now: dt.datetime) -> Progress:
    """How far the run of `month` is at `now`."""
    months = list(months)
    unprinted = Invoice.objects.issued().filter(period=month.first_day, document=None)
    unmade = set(unprinted.values_list("portal", flat=True))
    open_ids = set(consumption.portals_to_invoice(now, month)) if now >= consumption.billable_from(month) else set()
    waiting = sum(row.portal.pk in open_ids for row in months)
    drafts = sum(bool(row.drafts) for row in months)
    rendering = sum(row.portal.pk in unmade and not row.drafts for row in months)
    done = sum(bool(row.of_run) and not row.drafts and row.portal.pk not in unmade for row in months)
    return Progress(waiting=waiting, drafts=drafts, rendering=rendering, done=done)


def _movements(month: Month) -> dict[int, Movements]:
    sums = (
        _consumed_in(month)
        .values("portal")
        .annotate(
            spent=Sum("amount", filter=Q(kind=EntryKind.SPEND), default=ZERO),
            back=Sum("amount", filter=Q(kind=EntryKind.REFUND), default=ZERO),
            people=Count("membership", filter=Q(kind=EntryKind.SPEND), distinct=True),
        )
    )
    return {row["portal"]: Movements(-row["spent"], row["back"], row["people"]) for row in sums}


def _newcomers(month: Month) -> dict[int, int]:
    """How many people spent credit for the first time, by portal."""
    first = Entry.objects.filter(kind=EntryKind.SPEND, posted_at__lt=month.end).order_by()
    people = first.values("portal", "membership").annotate(first=Min("posted_at")).filter(first__gte=month.start)
    counts: dict[int, int] = {}
    for row in people:
        counts[row["portal"]] = counts.get(row["portal"], 0) + 1
    return counts


def _waiting(month: Month) -> dict[int, tuple[Decimal, Decimal]]:
    """What the run of `month` has still to bill, by portal, net, and how much of it came before the month."""
    entries = Entry.objects.filter(CONSUMED, billed=None, posted_at__lt=month.end).order_by()
    before = Sum("amount", filter=Q(posted_at__lt=month.start), default=ZERO)
    sums = entries.values("portal").annotate(all=Sum("amount"), before=before)
    return {row["portal"]: (-row["all"], -row["before"]) for row in sums}


def _billed(month: Month) -> dict[int, Decimal]:
    """What the run of `month` billed of the ledger, by portal, net."""
    ties = BilledEntry.objects.filter(month=month.first_day).order_by()
    return {row["portal"]: -row["sum"] for row in ties.values("portal").annotate(sum=Sum("entry__amount"))}


def _undelivered(documents: Iterable[Invoice]) -> dict[int, list[Undelivered]]:
    """What did not arrive, by portal."""
    issued = {document.pk: document for document in documents if document.issued_at}
    found: dict[int, list[Undelivered]] = {}
    for pk, told in delivery.troubles(issued.values()).items():
        for sent, progress in told:
            found.setdefault(sent.portal_id, []).append(Undelivered(issued[pk], sent.to, progress))
    return found


def _consumed_in(month: Month) -> QuerySet[Entry]:
    return Entry.objects.filter(CONSUMED, posted_at__gte=month.start, posted_at__lt=month.end).order_by()


def _net(documents: Iterable[Invoice]) -> Decimal:
    return sum((-document.total if document.is_credit_note else document.total for document in documents), ZERO)
