"""Own money on its way back to the payment that it came with.

A refund is a row, written with the give-back that causes it. The provider is asked outside the transaction, with the
key of the row, so that a refund that was interrupted is asked again and paid once; the task finds what is still due.
"""

import datetime as dt

from django.db import transaction

from orders.models import EventKind, GiveBack, PaymentState, Refund
from orders.payments.port import provider
from orders.timeline import tell
from thuiswerk.lib.nudge import nudge


def owe(give_back: GiveBack, *, now: dt.datetime) -> Refund:
    """Note that the own money of `give_back` is to be sent back; the caller has a transaction."""
    order = give_back.order
    refund = Refund.objects.create(
        portal_id=give_back.portal_id,
        give_back=give_back,
        payment=order.payments.get(state=PaymentState.PAID),
        amount=give_back.own_money,
        key=f"{order.number}-{give_back.pk}-back",
        created_at=now,
    )
    _nudge_workers()
    return refund


def send_refund(refund: Refund, *, now: dt.datetime) -> None:
    """Send `refund` back through its provider; one that is done stays as it is. Refuses ProviderUnavailable."""
    payment = refund.payment
    if refund.done_at is None and payment.provider_id is not None:
        provider(payment.provider).refund(payment.provider_id, amount=refund.amount, key=refund.key)
        _note_done(refund, now)


@transaction.atomic
def _note_done(refund: Refund, now: dt.datetime) -> None:
    if Refund.objects.filter(pk=refund.pk, done_at=None).update(done_at=now):
        tell(refund.payment.order, EventKind.REFUNDED, now=now)
    refund.done_at = now


def _nudge_workers() -> None:
    from orders.tasks import send_refunds

    nudge(send_refunds)
