"""Where an order stands, as the employee reads it: told by its state, its events and its give-backs; not stored."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from orders.models import ON_THE_WAY, EventKind, GiveBack, Order, OrderEvent, OrderState
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


@dataclass(frozen=True)
class Standing:
    """What the badge of an order says, in which `tone`, and what it cost.

    `returned`: what went back in euro, `left`: what it cost after that.
    """

    label: str
    tone: str
    returned: Decimal
    left: Decimal


@dataclass(frozen=True)
class Delivery:
    """What is told of the delivery: the day it came, else the promised one, if it is still to come or `is_late`."""

    delivered_on: dt.date | None = None
    promised_on: dt.date | None = None
    is_late: bool = False


def with_standing(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    """`orders` with what `standing_of` looks at, in two statements more however many they are."""
    events = OrderEvent.objects.only("order", "kind", "at")
    return orders.prefetch_related(Prefetch("events", events), "give_backs")


def standing_of(order: Order, events: Iterable[OrderEvent], given: Sequence[GiveBack]) -> Standing:
    """Where `order` stands, with these `events` and what was `given` back of it."""
    returned = sum((one.total for one in given if one.settled_at), ZERO)
    label, tone = _badge(order, {event.kind for event in events}, given, returned)
    return Standing(label, tone, returned, order.total - returned)


def delivery_of(order: Order, events: Iterable[OrderEvent], *, now: dt.datetime) -> Delivery:
    """What can be told at `now` of when `order` comes or came; nothing of one that does not come."""
    delivered = next((event.at for event in events if event.kind == EventKind.DELIVERED), None)
    if delivered:
        return Delivery(delivered_on=amsterdam_date(delivered))
    if order.promised_on is None or not (order.is_confirmed or order.awaits_payment):
        return Delivery()
    return Delivery(promised_on=order.promised_on, is_late=order.promised_on < amsterdam_date(now))


def _badge(order: Order, kinds: set[str], given: Sequence[GiveBack], returned: Decimal) -> tuple[str, str]:
    """A return says more than how far the parcel came; a part that was cancelled does not."""
    if not order.is_confirmed:
        return str(OrderState(order.state).label), "warning" if order.awaits_payment else ""
    if any(one.is_awaited for one in given):
        return str(EventKind.RETURN_REQUESTED.label), "warning"
    if any(one.settled_at and not one.is_cancellation for one in given):
        return (_("Given back") if returned == order.total else _("Partly given back")), ""
    reached = [kind for kind in ON_THE_WAY if kind in kinds]
    return str(reached[-1].label if reached else OrderState.CONFIRMED.label), "success"
