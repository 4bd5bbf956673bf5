"""Billing in plain Python, for the tests that compare the real one with it: no database, no clock."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from portals.models import Specification
from thuiswerk.lib.periods import Month

ZERO = Decimal(0)
type Key = tuple[str, Month, int | None]


class Refused(Exception):
    """What the real one refuses too."""


class Held(Refused):
    """A document gets no number."""


@dataclass(frozen=True)
class Person:
    """Somebody who spends, and what a line may call them."""

    pk: int
    staff_number: str
    name: str
    cost_centre: str


@dataclass(eq=False)
class Refund:
    amount: Decimal
    at: dt.datetime
    is_billed: bool = False


@dataclass(eq=False)
class Spend:
    """Credit that an order took of one grant; `carrier` is the paper on which it stands now."""

    entry: int
    order: str
    person: Person
    amount: Decimal
    at: dt.datetime
    refunds: list[Refund] = field(default_factory=list)
    is_billed: bool = False
    carrier: "Paper | None" = None

    @property
    def left(self) -> Decimal:
        return self.amount - sum((refund.amount for refund in self.refunds), ZERO)

    @property
    def standing(self) -> Decimal:
        """What the company was asked for and not credited, drafts included."""
        return self.amount - sum((refund.amount for refund in self.refunds if refund.is_billed), ZERO)


@dataclass(eq=False)
class Part:
    """What a paper says of one order."""

    order: str
    person: Person
    month: Month
    amount: Decimal
    corrects: "Paper | None" = None


@dataclass(eq=False)
class Paper:
    """An invoice or a credit note; without `number` it is a draft."""

    kind: str
    is_run: bool
    period: Month
    specification: str
    drafted_at: dt.datetime
    parts: list[Part] = field(default_factory=list)
    number: str = ""

    @property
    def total(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)

    def key(self, part: Part, papers: "list[Paper]") -> Key:
        """What tells the line of `part` from the others: whose it is, its month, which paper of `papers` it credits."""
        whose = {
            Specification.ORDER: part.order,
            Specification.PRODUCTS: part.order,
            Specification.NAME: part.person.name,
            Specification.COST_CENTRE: part.person.cost_centre,
            Specification.STAFF_NUMBER: part.person.staff_number,
        }[Specification(self.specification)]
        return whose, part.month, papers.index(part.corrects) if part.corrects else None

    def lines(self, papers: "list[Paper]") -> dict[Key, Decimal]:
        amounts: dict[Key, Decimal] = defaultdict(Decimal)
        for part in self.parts:
            amounts[self.key(part, papers)] += part.amount
        return dict(amounts)


@dataclass(eq=False)
class Shop:
    """A portal: what was spent in it, and its papers in the order in which they were made."""

    series: Counter[str]
    specification: str
    spends: list[Spend] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    closed: Month | None = None
    has_address: bool = True

    def run(self, month: Month, now: dt.datetime, review_days: int) -> None:
        """Close what is open up to `month`, and issue the drafts that finance had its days to look at."""
        if self.spends:
            for closing in months(Month.of(min(spend.at for spend in self.spends)), month):
                if self.closed is None or closing > self.closed:
                    self._close(closing, now)
        due = [paper for paper in self.drafts if paper.drafted_at <= now - dt.timedelta(days=review_days)]
        for paper in sorted(due, key=lambda paper: (paper.period, paper.kind == "credit_note")):
            try:
                self.issue(paper, now)
            except Held:
                continue

    @property
    def drafts(self) -> list[Paper]:
        return [paper for paper in self.papers if not paper.number]

    def issue(self, paper: Paper, now: dt.datetime) -> None:
        if paper.number:
            return
        waits = any(part.corrects and not part.corrects.number for part in paper.parts)
        if waits or not self.has_address:
            raise Held
        series = f"{'C' if paper.kind == 'credit_note' else 'F'}{now.year}"
        self.series[series] += 1
        paper.number = f"{series}-{self.series[series]:04d}"
        paper.specification = self.specification if paper.is_run else paper.specification

    def correct(self, paper: Paper, keys: Iterable[Key], now: dt.datetime) -> None:
        """Credit what stands of the lines `keys` of `paper`, and bill it anew."""
        if paper.kind == "credit_note" or not paper.number:
            raise Refused
        if any(part.corrects is paper for draft in self.drafts for part in draft.parts):
            raise Refused
        chosen = {part.order for part in paper.parts if paper.key(part, self.papers) in keys}
        spends = [spend for spend in self.spends if spend.carrier is paper and spend.order in chosen]
        groups = {order: group for order, group in _by_order(spends).items() if _standing(group)}
        if not groups or not self.has_address:
            raise Refused
        note = Paper("credit_note", False, paper.period, paper.specification, now)
        anew = Paper("invoice", False, paper.period, self.specification, now)
        self.papers += [note, anew]
        for order, group in groups.items():
            facts = order, group[0].person, Month.of(group[0].at), _standing(group)
            note.parts.append(Part(*facts, corrects=paper))
            anew.parts.append(Part(*facts))
            _carry(group, anew)
        self.issue(note, now)
        self.issue(anew, now)

    def balance(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """What was consumed, invoiced, credited and is not yet billed."""
        consumed = sum((spend.left for spend in self.spends), ZERO)
        issued = [paper for paper in self.papers if paper.number]
        invoiced = sum((paper.total for paper in issued if paper.kind == "invoice"), ZERO)
        credited = sum((paper.total for paper in issued if paper.kind == "credit_note"), ZERO)
        untied = sum((spend.amount for spend in self.spends if not spend.is_billed), ZERO)
        untied -= sum((back.amount for spend in self.spends for back in spend.refunds if not back.is_billed), ZERO)
        drafted = sum((paper.total * (1 if paper.kind == "invoice" else -1) for paper in self.drafts), ZERO)
        return consumed, invoiced, credited, untied + drafted

    def _close(self, month: Month, now: dt.datetime) -> None:
        spends = [spend for spend in self.spends if not spend.is_billed and spend.at < month.end]
        earlier = [spend for spend in self.spends if spend.is_billed]
        is_new = {id(spend): _take_refunds(spend, month) for spend in [*spends, *earlier]}
        invoice = Paper("invoice", True, month, self.specification, now)
        note = Paper("credit_note", True, month, self.specification, now)
        for order, group in _by_order(spends).items():
            for spend in group:
                spend.is_billed = True
            if amount := _standing(group):
                invoice.parts.append(Part(order, group[0].person, Month.of(group[0].at), amount))
                _carry(group, invoice)
        for order, group in _by_order(earlier).items():
            if back := [refund for spend in group for refund in is_new[id(spend)]]:
                first = Month.of(min(refund.at for refund in back))
                amount = sum((refund.amount for refund in back), ZERO)
                note.parts.append(Part(order, group[0].person, first, amount, corrects=group[0].carrier))
        self.papers += [paper for paper in (invoice, note) if paper.parts]
        if spends or any(is_new.values()):
            self.closed = month


def months(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.next


def _by_order(spends: list[Spend]) -> dict[str, list[Spend]]:
    orders: dict[str, list[Spend]] = defaultdict(list)
    for spend in spends:
        orders[spend.order].append(spend)
    return orders


def _standing(group: list[Spend]) -> Decimal:
    return sum((spend.standing for spend in group), ZERO)


def _carry(group: list[Spend], paper: Paper) -> None:
    for spend in group:
        spend.carrier = paper


def _take_refunds(spend: Spend, month: Month) -> list[Refund]:
    """The refunds that the run of `month` takes, marked as taken."""
    new = [refund for refund in spend.refunds if not refund.is_billed and refund.at < month.end]
    for refund in new:
        refund.is_billed = True
    return new
