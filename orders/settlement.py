"""From an order that awaits its own part to one that is paid.

- The provider is asked outside the transaction; what it said is then applied under the lock of the membership.
- Every step can be repeated: a second telling of the same payment changes nothing.
- A failed payment is tried again for the same remainder, and mailed once for an order; `orders.giving_up` ends one that
  is not paid in time.
- Money that arrives for an order that lapsed is honoured where credit and stock are still there, else given back.
- Money that came in may leave again: chargebacks and refunds that fail are taken from the same answer.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from billing import ledger
from catalog.assortment import payable_ids
from orders.chargebacks import note_chargebacks
from orders.mails import queue_confirmation, queue_failed_payment
from orders.models import EventKind, Order, OrderState, Payment, PaymentState
from orders.naming import name_spent
from orders.opening import may_order
from orders.payments.port import ProviderUnavailable, RemotePayment, RemoteState, provider
from orders.refunds import note_failed, owe_unused, send_refund
from orders.stock import OutOfStock, take_stock
from orders.timeline import tell
from portals.models import Portal

UNPAID = {
    RemoteState.FAILED: PaymentState.FAILED,
    RemoteState.CANCELLED: PaymentState.CANCELLED,
    RemoteState.EXPIRED: PaymentState.EXPIRED,
}
FINAL = frozenset({PaymentState.PAID, PaymentState.REFUND_DUE, PaymentState.REFUNDED})


class PaymentRefusal(Exception):
    """The payment is not started or not honoured."""


class NothingToPay(PaymentRefusal):
    """The order does not await a payment, or its time is over."""


class TooLate(PaymentRefusal):
    """The order lapsed, and what it needs is no longer there."""


def start_payment(order: Order, *, now: dt.datetime) -> str:
    """The address where the employee pays the own part of `order`: of the open payment, else of a new one.

    Refuses NothingToPay, ProviderUnavailable.
    """
    payment = settle_payment(_open_payment(order, now), now=now, tells=False)
    if payment.state != PaymentState.OPEN:
        payment = _open_payment(order, now)
    return _remote(payment).pay_url


def settle_payment(payment: Payment, *, now: dt.datetime, tells: bool = True) -> Payment:
    """Ask the provider how `payment` stands and act on it. Returns the payment as it is then.

    `tells`: the employee is mailed where it did not succeed; not who tries again or gives up at this moment.
    Refuses ProviderUnavailable.
    """
    if payment.provider_id is None:
        return payment
    settled = _apply(payment, provider(payment.provider).fetch(payment.provider_id), now, tells)
    if settled.state == PaymentState.REFUND_DUE:
        refund = settled.refunds.get(give_back=None)
        refund.payment = settled
        with suppress(ProviderUnavailable):  # It stays due; the task asks again.
            send_refund(refund, now=now)
    return settled


def payment_told(portal: Portal, name: str, message: Mapping[str, str]) -> Payment | None:
    """The payment of `portal` that a webhook of the provider `name` is about, None where it is not known here.

    One that tells of a payment whose id is not stored yet is lost without harm: nobody can pay before it is.
    """
    provider_id = provider(name).identify(message).replace("\0", "")  # which PostgreSQL does not take
    found: Payment | None = portal.payments.filter(provider=name, provider_id=provider_id).first()
    return found


@transaction.atomic
def _open_payment(order: Order, now: dt.datetime) -> Payment:
    fresh = locked_order(order)
    if not fresh.portal.payment_provider:
        raise ProviderUnavailable
    if not fresh.can_be_paid_at(now):
        raise NothingToPay(fresh.number)
    payment = fresh.payments.filter(state=PaymentState.OPEN).first() or Payment.objects.create(
        portal_id=fresh.portal_id,
        order=fresh,
        provider=fresh.portal.payment_provider,
        amount=fresh.own_money,
        created_at=now,
    )
    payment.order = fresh
    return payment


def _remote(payment: Payment) -> RemotePayment:
    """The open payment at its provider, made there the first time."""
    remote_provider = provider(payment.provider)
    if payment.provider_id is not None:
        return remote_provider.fetch(payment.provider_id)
    order = payment.order
    path = reverse("orders:payment_return", args=[order.number], urlconf=settings.PORTAL_URLCONF)
    remote = remote_provider.create(
        key=f"{order.number}-{payment.pk}",
        amount=payment.amount,
        description=f"{order.portal.name} {order.number}",
        return_url=order.portal.url.rstrip("/") + path,
        locale=f"{order.language}_{order.country}",
    )
    payment.provider_id = remote.provider_id
    payment.save(update_fields=["provider_id"])
    return remote


@transaction.atomic
def _apply(payment: Payment, remote: RemotePayment, now: dt.datetime, tells: bool) -> Payment:
    """Act on what the provider said of `payment`."""
    order = locked_order(payment.order)
    fresh = order.payments.get(pk=payment.pk)
    fresh.order = order
    if remote.state == RemoteState.OPEN:
        return fresh
    if fresh.state not in FINAL:
        _conclude(order, fresh, remote, now, tells)
    note_chargebacks(fresh, remote.chargebacks, now=now)
    note_failed(fresh, remote.failed_refunds, now=now)
    return fresh


def _conclude(order: Order, payment: Payment, remote: RemotePayment, now: dt.datetime, tells: bool) -> None:
    """End `payment` as the provider says it ended. Who called it off knows; who waits for it may not."""
    if remote.state == RemoteState.PAID:
        payment.state = _receive(order, payment, remote, now)
        payment.amount = remote.amount
    elif payment.state == PaymentState.OPEN:
        payment.state = UNPAID[remote.state]
        if tells and not payment.is_cancelled and order.can_be_paid_at(now):
            queue_failed_payment(payment, now=now)
    payment.settled_at = now
    payment.save(update_fields=["state", "amount", "settled_at"])
    if payment.state == PaymentState.REFUND_DUE:
        owe_unused(payment, now=now)


def _receive(order: Order, payment: Payment, remote: RemotePayment, now: dt.datetime) -> PaymentState:
    """Use money that came in for `order`; what cannot be used is to be given back."""
    if remote.amount != payment.amount:
        return PaymentState.REFUND_DUE
    if order.awaits_payment:
        name_spent(order, ledger.spend_reserved(order.membership, order_number=order.number, now=now))
    elif order.state == OrderState.LAPSED:
        try:
            _honour(order, now)
        except (TooLate, OutOfStock, ledger.InsufficientCredit):
            return PaymentState.REFUND_DUE
    else:
        return PaymentState.REFUND_DUE
    _confirm(order, now)
    return PaymentState.PAID


@transaction.atomic
def _honour(order: Order, now: dt.datetime) -> None:
    """Take again what a lapsed order gave back. Refuses TooLate, OutOfStock, InsufficientCredit."""
    lines = list(order.lines.all())
    paid_with_credit = {line.product_id for line in lines if line.credit}
    is_welcome = order.membership.is_active and may_order(order.membership, now=now)
    if not is_welcome or payable_ids(order.portal, paid_with_credit) != paid_with_credit:
        raise TooLate(order.number)
    take_stock(order.portal, lines)
    if order.credit:
        spent = ledger.spend(order.membership, amount=order.credit, order_number=order.number, now=now)
        name_spent(order, spent, lines)
    order.membership.cart_lines.filter(product__in=[line.product_id for line in lines]).delete()


def _confirm(order: Order, now: dt.datetime) -> None:
    order.state, order.confirmed_at, order.lapsed_at = OrderState.CONFIRMED, now, None
    order.save(update_fields=["state", "confirmed_at", "lapsed_at"])
    tell(order, EventKind.PAID, now=now)
    queue_confirmation(order, list(order.lines.all()), now=now)


def locked_order(order: Order) -> Order:
    """`order` as it is now, under the lock of its membership, with what a mail needs."""
    ledger.lock(order.membership)
    return Order.objects.select_related("portal__company", "membership__user").get(pk=order.pk)
