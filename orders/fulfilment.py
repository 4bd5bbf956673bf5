"""A confirmed order on its way: packed, sent, delivered.

- Each step holds the row of the membership, is written once, and implies the steps before it.
- An order that is packed can no longer be cancelled; from its delivery on the period of returning runs.
"""

import datetime as dt

from django.db import transaction

from accounts.models import User
from orders.mails import queue_step
from orders.models import ON_THE_WAY, EventKind, Order, OrderEvent
from orders.settlement import locked_order


class NotConfirmed(Exception):
    """The order is not paid, or it was cancelled: nothing of it is sent."""


def pack_order(order: Order, *, now: dt.datetime, actor: User | None = None) -> Order:
    """Note that `order` is packed. Returns it as it is then. Refuses NotConfirmed."""
    return _reach(order, EventKind.PACKED, now, actor)


def ship_order(order: Order, tracking_url: str = "", *, now: dt.datetime, actor: User | None = None) -> Order:
    """Note that `order` is sent and mail where it can be followed. Returns it as it is then. Refuses NotConfirmed."""
    return _reach(order, EventKind.SHIPPED, now, actor, tracking_url)


def deliver_order(order: Order, *, now: dt.datetime, actor: User | None = None) -> Order:
    """Note that `order` is delivered, and mail until when it can be returned. Returns it. Refuses NotConfirmed."""
    return _reach(order, EventKind.DELIVERED, now, actor)


@transaction.atomic
def _reach(order: Order, kind: EventKind, now: dt.datetime, actor: User | None, tracking_url: str = "") -> Order:
    fresh = locked_order(order)
    if not fresh.is_confirmed:
        raise NotConfirmed(fresh.number)
    taken = set(fresh.events.filter(kind__in=ON_THE_WAY).values_list("kind", flat=True))
    if kind in taken:
        return fresh
    steps = [step for step in ON_THE_WAY[: ON_THE_WAY.index(kind) + 1] if step not in taken]
    OrderEvent.objects.bulk_create(
        OrderEvent(
            portal_id=fresh.portal_id,
            order=fresh,
            kind=step,
            at=now,
            actor=actor,
            tracking_url=tracking_url if step == EventKind.SHIPPED else "",
        )
        for step in steps
    )
    if kind != EventKind.PACKED:
        queue_step(fresh, kind, tracking_url=tracking_url, now=now)
    return fresh
