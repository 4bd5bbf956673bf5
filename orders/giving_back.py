"""Giving an order back, whole or in part: cancelled until it is packed, returned after that (withdrawal: BW 6:230o).

- What is given back is counted in units of a line, under the lock of the membership: each unit comes back once.
- Exactly the split that is stored on the line goes back: credit to the grants it was spent from, those that end last
  first, own money to its payment. A grant that has ended reopens for a period of grace (`billing.ledger`).
- The money of what was not sent goes back at once, that of a return when its receipt is registered, once.
- An employee confirms what the page showed; where that changed meanwhile, nothing is given back.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.text import Truncator

from accounts.models import User
from billing import ledger
from billing.grace import usable_until
from billing.models import Entry, EntryKind
from orders.mails import queue_give_back, queue_missed_return, queue_receipt_of_return
from orders.models import (
    EventKind,
    GiveBack,
    GiveBackKind,
    GiveBackLine,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
)
from orders.naming import name_given_back
from orders.refunds import owe
from orders.settlement import locked_order
from orders.stock import put_back_stock
from orders.timeline import tell
from orders.units import CreditBack, Part, units_left
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


class GivingBackRefused(Exception):
    """Nothing was given back."""


class NothingToGiveBack(GivingBackRefused):
    """The order is not confirmed, its period is over, or more is asked than is left of it."""


class SplitChanged(GivingBackRefused):
    """What would come back is not what was shown."""


@dataclass(frozen=True)
class Split:
    """What comes back when `parts` are given back, in euro."""

    order: Order
    kind: GiveBackKind
    parts: list[Part]
    credits: list[CreditBack]

    @property
    def is_whole(self) -> bool:
        """Whether the whole order comes back at once."""
        return self.total == self.order.total

    @property
    def credit(self) -> Decimal:
        return sum((part.credit for part in self.parts), ZERO)

    @property
    def own_money(self) -> Decimal:
        return sum((part.own_money for part in self.parts), ZERO)

    @property
    def total(self) -> Decimal:
        return self.credit + self.own_money

    @property
    def summary(self) -> str:
        """What it is about, for the timeline: a part of an order is not the order."""
        return Truncator(", ".join(f"{part.quantity} × {part.line.name}" for part in self.parts)).chars(200)

    @property
    def fingerprint(self) -> str:
        """What the page that shows it hands back, so that nothing else is done than was shown."""
        units = ",".join(f"{part.line.pk}.{part.first}.{part.quantity}" for part in self.parts)
        return f"{self.kind}:{self.credit}:{self.own_money}:{units}"


def last_day(events: Sequence[OrderEvent]) -> dt.date | None:
    """The last day on which an order with these events can be returned; None while it is not delivered."""
    delivered = next((event.at for event in events if event.kind == EventKind.DELIVERED), None)
    return amsterdam_date(delivered) + dt.timedelta(days=settings.RETURN_DAYS) if delivered else None


def way_back(order: Order, events: Sequence[OrderEvent], *, now: dt.datetime) -> GiveBackKind | None:
    """How what is left of `order` can be given back at `now`: cancelled, returned, or None where it cannot."""
    if not order.is_confirmed:
        return None
    if not any(event.kind == EventKind.PACKED for event in events):
        return GiveBackKind.CANCELLATION
    until = last_day(events)
    return GiveBackKind.RETURN if until is None or amsterdam_date(now) <= until else None


def given_so_far(order: Order, events: Sequence[OrderEvent]) -> list[GiveBack]:
    """What was given back of `order`, with its lines; nothing is asked where no event speaks of it."""
    if not any(event.kind in (EventKind.CANCELLED, EventKind.RETURN_REQUESTED) for event in events):
        return []
    return list(order.give_backs.prefetch_related("lines__line"))


def split_of(order: Order, quantities: Mapping[int, int], *, now: dt.datetime) -> Split:
    """What comes back of `order` for `quantities` by the key of the line. Refuses NothingToGiveBack."""
    kind = way_back(order, list(order.events.all()), now=now)
    asked = [(left, quantities.get(left.line.pk, 0)) for left in units_left(order)]
    parts = [left.part(quantity) for left, quantity in asked if quantity]
    if kind is None or not parts or not all(0 <= quantity <= left.quantity for left, quantity in asked):
        raise NothingToGiveBack(order.number)
    credit = sum((part.credit for part in parts), ZERO)
    credits = [CreditBack(part, usable_until(spent, now)) for spent, part in _from(order, credit)]
    return Split(order, kind, parts, credits)


@transaction.atomic
def give_back(
    order: Order,
    quantities: Mapping[int, int],
    *,
    form_token: uuid.UUID,
    now: dt.datetime,
    shown: str | None = None,
    actor: User | None = None,
) -> GiveBack:
    """Cancel or return `quantities` (by the key of the line) of `order`. Returns what `form_token` gave back before.

    `shown` is the fingerprint of the split on the page; None where customer service does it. The employee is mailed at
    once. Refuses NothingToGiveBack, SplitChanged.
    """
    fresh = locked_order(order)
    if given := fresh.give_backs.filter(form_token=form_token).first():
        return given
    split = split_of(fresh, quantities, now=now)
    if shown not in (None, split.fingerprint):
        raise SplitChanged(fresh.number)
    given = _write(fresh, split, form_token, now)
    if given.is_cancellation:
        _cancel(fresh, split, now, actor)
        _settle(given, now, actor)
    else:
        tell(fresh, EventKind.RETURN_REQUESTED, now=now, actor=actor, note=split.summary)
    queue_give_back(given, credits=split.credits, now=now)
    return given


@transaction.atomic
def register_receipt(given: GiveBack, *, now: dt.datetime, actor: User) -> GiveBack:
    """Note that a return has come in, and let its money go back, once. Returns it as it is then."""
    order = locked_order(given.order)
    fresh = order.give_backs.get(pk=given.pk)
    fresh.order = order
    if fresh.settled_at is None:
        fresh.settled_at = now
        fresh.save(update_fields=["settled_at"])
        tell(order, EventKind.RETURN_RECEIVED, now=now, actor=actor)
        queue_receipt_of_return(fresh, credits=_settle(fresh, now, actor), now=now)
    return fresh


@transaction.atomic
def miss_return(given: GiveBack, *, now: dt.datetime, actor: User) -> GiveBack:
    """Note, once, that a return did not come in, and mail the employee. Returns it as it is then.

    No money moves, and its units stay given back: who withdrew owes the goods (BW 6:230s). One that comes in after all
    is still registered.
    """
    order = locked_order(given.order)
    fresh = order.give_backs.get(pk=given.pk)
    fresh.order = order
    if fresh.is_awaited:
        fresh.missed_at = now
        fresh.save(update_fields=["missed_at"])
        tell(order, EventKind.RETURN_MISSED, now=now, actor=actor)
        queue_missed_return(fresh, now=now)
    return fresh


def _write(order: Order, split: Split, form_token: uuid.UUID, now: dt.datetime) -> GiveBack:
    given = GiveBack.objects.create(
        portal_id=order.portal_id,
        order=order,
        kind=split.kind,
        form_token=form_token,
        credit=split.credit,
        own_money=split.own_money,
        asked_at=now,
        settled_at=now if split.kind == GiveBackKind.CANCELLATION else None,
    )
    GiveBackLine.objects.bulk_create(
        GiveBackLine(
            portal_id=order.portal_id,
            give_back=given,
            line=part.line,
            first=part.first,
            quantity=part.quantity,
            credit=part.credit,
            own_money=part.own_money,
            vat=part.vat,
        )
        for part in split.parts
    )
    return given


def _cancel(order: Order, split: Split, now: dt.datetime, actor: User | None) -> None:
    """Put what is not sent back in stock; an order of which nothing is left is cancelled."""
    units = [OrderLine(product_id=part.line.product_id, quantity=part.quantity) for part in split.parts]
    put_back_stock(order.portal, units)
    if not any(left.quantity for left in units_left(order)):
        order.state = OrderState.CANCELLED
        order.save(update_fields=["state"])
    tell(order, EventKind.CANCELLED, now=now, actor=actor, note=split.summary)


def _settle(given: GiveBack, now: dt.datetime, actor: User | None) -> list[CreditBack]:
    """Send the money of `given` back. Returns where the credit went."""
    credits, returned = [], []
    for spent, part in _from(given.order, given.credit):
        credits.append(CreditBack(part, usable_until(spent, now)))
        returned.append(ledger.refund(spent, amount=part, source=given.source, now=now, actor=actor))
    name_given_back(given, returned)
    if given.own_money:
        owe(given, now=now)
    else:
        tell(given.order, EventKind.REFUNDED, now=now, actor=actor)
    return credits


def _from(order: Order, credit: Decimal) -> list[tuple[Entry, Decimal]]:
    """Which spends of `order` give `credit` back, and how much each: those of the grant that ends last first."""
    spends = (
        Entry.objects.filter(order_number=order.number, kind=EntryKind.SPEND)
        .select_related("grant__portal")
        .annotate(returned=Sum("refunds__amount", default=ZERO))
    )
    parts: list[tuple[Entry, Decimal]] = []
    for spent in sorted(spends, key=lambda entry: (entry.grant.last_day, entry.pk), reverse=True):
        part = min(credit, -spent.amount - spent.returned)
        if part:
            parts.append((spent, part))
        credit -= part
    return parts
