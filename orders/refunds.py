"""Own money on its way back to the payment that it came with.

- A refund is a row, written with the give-back that causes it, or with a payment that could not be used.
- The provider is asked outside the transaction, with the key of the row, so that a refund that was interrupted is asked
  again and paid once; the task finds what is still due.
- What the employee's bank took back already is not given back as well: such a refund is held.
- A refund that fails after the provider took it waits for somebody who has it sent again.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from orders.mails import queue_trouble
from orders.models import EventKind, GiveBack, Payment, PaymentState, Refund
from orders.payments.port import provider
from orders.timeline import tell
from thuiswerk.lib.money import euro
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


def owe_unused(payment: Payment, *, now: dt.datetime) -> Refund:
    """Note that `payment` could not be used and is to be sent back whole; the caller has a transaction."""
    refund = Refund.objects.create(
        portal_id=payment.portal_id,
        payment=payment,
        amount=payment.amount,
        key=f"{payment.order.number}-{payment.pk}-unused",
        created_at=now,
    )
    _nudge_workers()
    return refund


def send_refund(refund: Refund, *, now: dt.datetime) -> None:
    """Send `refund` back through its provider, where it is to be sent and not held. Refuses ProviderUnavailable."""
    payment = refund.payment
    if payment.provider_id is None or not Refund.objects.to_send().filter(pk=refund.pk).exists():
        return
    provider(payment.provider).refund(payment.provider_id, amount=refund.amount, key=refund.key)
    _note_done(refund, now)


def note_failed(payment: Payment, failed: Mapping[str, int], *, now: dt.datetime) -> None:
    """Act on refunds of `payment` that came to nothing: by key, how often each was tried.

    The caller holds the lock of the membership. Told twice, or late, nothing changes: a failure counts once.
    """
    for refund in payment.refunds.filter(key__in=failed):
        if failed[refund.key] > refund.failures:
            refund.failures, refund.failed_at, refund.done_at = failed[refund.key], now, None
            refund.save(update_fields=["failures", "failed_at", "done_at"])
            _mark_payment(refund, PaymentState.REFUND_DUE, now)
            tell(payment.order, EventKind.REFUND_FAILED, now=now, note=euro(refund.amount))
            key = f"refund-failed:{refund.pk}:{refund.failures}"
            queue_trouble(payment.order, EventKind.REFUND_FAILED, refund.amount, key=key, now=now)


def send_again(refunds: QuerySet[Refund]) -> int:
    """Let the `refunds` that failed be sent again. Returns how many."""
    count = refunds.exclude(failed_at=None).update(failed_at=None)
    _nudge_workers()
    return count


@transaction.atomic
def _note_done(refund: Refund, now: dt.datetime) -> None:
    """Mark `refund` as given back, unless it was marked or failed while the provider was asked."""
    asked = Refund.objects.filter(pk=refund.pk, done_at=None, failed_at=None, failures=refund.failures)
    if asked.update(done_at=now):
        refund.done_at = now
        _mark_payment(refund, PaymentState.REFUNDED, now)
        tell(refund.payment.order, EventKind.REFUNDED, now=now)


def _mark_payment(refund: Refund, state: PaymentState, now: dt.datetime) -> None:
    """A payment that could not be used is as far as its refund."""
    if refund.give_back_id is None:
        refund.payment.state, refund.payment.settled_at = state, now
        refund.payment.save(update_fields=["state", "settled_at"])


def _nudge_workers() -> None:
    from orders.tasks import send_refunds

    nudge(send_refunds)
