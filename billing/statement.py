"""The employee's statement of credit, as a bank would write it: one line per movement, with the balance after it.

An order that took credit from several grants is one line, and so is a reservation that was paid: what happened inside
the ledger at one moment for one order is added up, and left out where it comes to nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Max, Q, QuerySet, Sum, Value, When

from billing.credit_days import ended_by
from billing.models import Entry, EntryKind, Grant
from portals.models import Membership
from thuiswerk.lib.money import ZERO

PAGE_SIZE = 25


@dataclass(frozen=True)
class StatementLine:
    """A movement as the employee reads it; `balance` is what there was after it."""

    posted_at: dt.datetime
    label: str
    reason: str
    order_number: str
    amount: Decimal
    balance: Decimal


def movements(membership: Membership) -> QuerySet[Any, Any]:
    """The movements of `membership`, newest first, as rows of a moment and an order."""
    by_moment = _entries(membership).annotate(alone=Case(When(order_number="", then="pk"), default=Value(0)))
    rows = by_moment.values("posted_at", "order_number", "alone").annotate(
        total=Sum("amount"), kind=Max("kind"), reason=Max("grant__reason"), last=Max("pk")
    )
    return rows.exclude(total=0).order_by("-posted_at", "-last")


def statement_page(membership: Membership, number: str | None) -> tuple[Page[Any], list[StatementLine], Decimal]:
    """Page `number` of the statement (the nearest one that exists), its lines, and the euro that orders have reserved
    now. Five queries at most."""
    rows = movements(membership)
    page = Paginator(rows, PAGE_SIZE).get_page(number)
    held = Q(kind__in=[EntryKind.RESERVE, EntryKind.RELEASE])
    sums = _entries(membership).aggregate(
        balance=Sum("amount", default=ZERO), held=Sum("amount", filter=held, default=ZERO)
    )
    before = rows[: page.start_index() - 1].aggregate(sum=Sum("total"))["sum"] if page.number > 1 else ZERO
    return page, _lines(membership, list(page), sums["balance"] - before), -sums["held"]


def open_grants(membership: Membership, *, today: dt.date, holding: Sequence[str] = ()) -> list[Grant]:
    """What is to be spent `today` or later, soonest-ending first; what is used up too, while the orders `holding` have
    some of it reserved."""
    held = _entries(membership).filter(order_number__in=holding, kind=EntryKind.RESERVE).values("grant")
    grants = membership.portal.grants.filter(Q(remaining__gt=0) | Q(pk__in=held), membership=membership.pk)
    grants = grants.exclude(ended_by(today))
    return sorted(grants, key=lambda given: (given.last_day, given.pk))


def _entries(membership: Membership) -> QuerySet[Entry]:
    return membership.portal.entries.filter(membership=membership.pk)


def _lines(membership: Membership, rows: Sequence[dict[str, Any]], balance: Decimal) -> list[StatementLine]:
    paid = _paid_reservations(membership, [row["order_number"] for row in rows if row["kind"] == EntryKind.RESERVE])
    lines = []
    for row in rows:
        kind = EntryKind.SPEND if row["order_number"] in paid and row["kind"] == EntryKind.RESERVE else row["kind"]
        reason = row["reason"] if kind == EntryKind.GRANT else ""
        label = str(EntryKind(kind).label)
        lines.append(StatementLine(row["posted_at"], label, reason, row["order_number"], row["total"], balance))
        balance -= row["total"]
    return lines


def _paid_reservations(membership: Membership, reserved: Sequence[str]) -> set[str]:
    """Those of the orders `reserved` whose reservation became a spend: released and spent in one moment.

    An order that was paid after its reservation had lapsed released at one moment and spent at another.
    """
    if not reserved:
        return set()
    after = _entries(membership).filter(order_number__in=reserved, kind__in=[EntryKind.RELEASE, EntryKind.SPEND])
    moments = after.values("order_number", "posted_at").annotate(total=Sum("amount")).filter(total=0)
    return set(moments.order_by().values_list("order_number", flat=True))
