"""The story of an order: what happened to it, and what an employee may still expect."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from orders.models import EventKind, Order, OrderEvent

EXPECTED = [EventKind.PLACED, EventKind.PAID, EventKind.PACKED, EventKind.SHIPPED, EventKind.DELIVERED]


@dataclass(frozen=True)
class Step:
    """One step of the timeline: what happened `at` that moment, or, without one, what is still to come."""

    label: str
    at: dt.datetime | None = None
    note: str = ""
    tracking_url: str = ""


def tell(order: Order, *kinds: EventKind, now: dt.datetime, actor: User | None = None, note: str = "") -> None:
    """Write that `kinds` happened to `order` at `now`; the caller has a transaction."""
    OrderEvent.objects.bulk_create(
        OrderEvent(portal_id=order.portal_id, order=order, kind=kind, at=now, actor=actor, note=note) for kind in kinds
    )


def timeline(order: Order, events: Sequence[OrderEvent]) -> list[Step]:
    """What happened to `order`, oldest first, then what comes next while it is under way."""
    told = [Step(event.get_kind_display(), event.at, event.note, event.tracking_url) for event in events]
    if not (order.is_confirmed or order.awaits_payment):
        return told
    seen = {event.kind for event in events}
    return told + [Step(str(kind.label)) for kind in _after(seen)]


def _after(seen: Iterable[str]) -> list[EventKind]:
    """The steps behind the last one that was taken."""
    last = max((EXPECTED.index(kind) for kind in EXPECTED if kind in seen), default=-1)
    return EXPECTED[last + 1 :]
