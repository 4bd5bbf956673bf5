"""Giving up an order whose own part was never paid: it lapses after its time, or is cancelled before.

- What it held is given back in one transaction: the reserved credit, the stock, and to a cart what lapsed.
- Before that its payment is looked at once more, and after it is closed at the provider; both outside the transaction.
- Who is not there when it happens is mailed, once: the order is given up once.
"""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from billing import ledger
from orders.mails import queue_given_up
from orders.models import CartLine, EventKind, Order, OrderLine, OrderState, Payment, PaymentState
from orders.opening import may_order
from orders.payments.port import ProviderUnavailable, provider
from orders.settlement import locked_order, settle_payment
from orders.stock import put_back_stock
from orders.timeline import tell
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


def lapse_order(order: Order, *, now: dt.datetime) -> Order:
    """Give up an order whose own part was not paid in time, after a last look at its payment. Returns the order.

    An order that is not due, or that no longer waits, is left as it is. A provider that does not answer holds nothing
    up: a payment that arrives later is settled then.
    """
    open_payments = list(order.payments.filter(state=PaymentState.OPEN, provider_id__isnull=False))
    for payment in open_payments:
        with suppress(ProviderUnavailable):
            settle_payment(payment, now=now)
    lapsed = _lapse(order, now)
    if lapsed.state == OrderState.LAPSED:
        for payment in open_payments:
            with suppress(ProviderUnavailable):
                _cancel(payment, now)
    return lapsed


def cancel_unpaid(order: Order, *, now: dt.datetime, actor: User | None = None) -> Order:
    """Cancel an order whose own part is not paid yet, after a last look at its payment. Returns the order.

    One that no longer waits is left as it is. Money that arrives after this is given back. With an `actor`, who is of
    customer service, the employee is mailed.
    """
    open_payments = list(order.payments.filter(state=PaymentState.OPEN, provider_id__isnull=False))
    for payment in open_payments:
        with suppress(ProviderUnavailable):
            settle_payment(payment, now=now, tells=False)
    cancelled = _cancel_waiting(order, now, actor)
    if cancelled.state == OrderState.CANCELLED:
        for payment in open_payments:
            with suppress(ProviderUnavailable):
                _cancel(payment, now)
    return cancelled


@transaction.atomic
def _lapse(order: Order, now: dt.datetime) -> Order:
    fresh = locked_order(order)
    if not fresh.awaits_payment or fresh.can_be_paid_at(now):
        return fresh
    lines = list(fresh.lines.all())
    freed = _free(fresh, lines, now)
    CartLine.objects.bulk_create(
        [
            CartLine(
                portal_id=fresh.portal_id,
                membership_id=fresh.membership_id,
                product_id=line.product_id,
                quantity=line.quantity,
                seen_price=line.unit_price,
                seen_payable=line.credit > 0,
                added_at=now,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )
    fresh.state, fresh.lapsed_at = OrderState.LAPSED, now
    fresh.save(update_fields=["state", "lapsed_at"])
    tell(fresh, EventKind.LAPSED, now=now)
    _mail_given_up(fresh, lines, freed, now)
    return fresh


@transaction.atomic
def _cancel_waiting(order: Order, now: dt.datetime, actor: User | None) -> Order:
    fresh = locked_order(order)
    if fresh.awaits_payment:
        lines = list(fresh.lines.all())
        freed = _free(fresh, lines, now)
        fresh.state = OrderState.CANCELLED
        fresh.save(update_fields=["state"])
        tell(fresh, EventKind.CANCELLED, now=now, actor=actor)
        if actor:
            _mail_given_up(fresh, lines, freed, now)
    return fresh


def _free(order: Order, lines: list[OrderLine], now: dt.datetime) -> Decimal:
    """Give back what an unpaid order holds: credit, stock, and payments that the provider never heard of.

    Returns the credit that can be spent again, in euro: none of a grant that ended while the order waited.
    """
    released = ledger.release(order.membership, order_number=order.number, now=now)
    put_back_stock(order.portal, lines)
    order.payments.filter(state=PaymentState.OPEN, provider_id=None).update(state=PaymentState.EXPIRED, settled_at=now)
    return sum((entry.amount for entry in released if entry.grant.is_spendable_on(amsterdam_date(now))), ZERO)


def _mail_given_up(order: Order, lines: list[OrderLine], freed: Decimal, now: dt.datetime) -> None:
    """Who left can do nothing about it any more, and is left alone."""
    if order.membership.is_active:
        queue_given_up(order, lines, freed=freed, shop_is_open=may_order(order.membership, now=now), now=now)


def _cancel(payment: Payment, now: dt.datetime) -> None:
    """Close a payment at the provider; where it was paid in the meantime, settling says so."""
    payment.refresh_from_db(fields=["state"])
    if payment.state == PaymentState.OPEN and payment.provider_id is not None:
        provider(payment.provider).cancel(payment.provider_id)
        settle_payment(payment, now=now)
