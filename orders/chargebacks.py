"""What the employee's bank took back of a payment, as the provider tells: noted, and left to customer service.

- An order is not undone by it: a chargeback may be a mistake or come back, and the credit part stands.
- What is still to be sent back of the payment is held (`orders.refunds`), so that nobody is paid twice. Customer
  service gets a mail, and a warning where it handles the order.
- Told twice, late or out of order, it ends the same: a chargeback is a row that only moves from taken to reversed.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from orders.mails import queue_trouble
from orders.models import Chargeback, EventKind, Order, Payment
from orders.payments.port import RemoteChargeback
from orders.timeline import tell
from thuiswerk.lib.money import ZERO, euro


def note_chargebacks(payment: Payment, told: Sequence[RemoteChargeback], *, now: dt.datetime) -> None:
    """Write down what was `told` of `payment`; the caller holds the lock of the membership."""
    if not told:
        return
    known = {chargeback.provider_id: chargeback for chargeback in payment.chargebacks.all()}
    for remote in told:
        chargeback = known.get(remote.provider_id) or _take(payment, remote, now)
        if remote.is_reversed and chargeback.reversed_at is None:
            chargeback.reversed_at = now
            chargeback.save(update_fields=["reversed_at"])
            tell(payment.order, EventKind.CHARGEBACK_REVERSED, now=now, note=euro(chargeback.amount))


def taken_back(order: Order) -> Decimal:
    """How much of the own money of `order` the bank took back and did not give again, in euro."""
    taken = Chargeback.objects.filter(payment__order=order, reversed_at=None)
    amount: Decimal = taken.aggregate(sum=Sum("amount", default=ZERO))["sum"]
    return amount


def _take(payment: Payment, remote: RemoteChargeback, now: dt.datetime) -> Chargeback:
    taken = Chargeback.objects.create(
        portal_id=payment.portal_id,
        payment=payment,
        provider_id=remote.provider_id,
        amount=remote.amount,
        told_at=now,
    )
    tell(payment.order, EventKind.CHARGED_BACK, now=now, note=euro(taken.amount))
    queue_trouble(payment.order, EventKind.CHARGED_BACK, taken.amount, key=f"chargeback:{taken.pk}", now=now)
    return taken
