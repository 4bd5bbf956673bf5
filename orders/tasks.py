"""What becomes due without anybody asking. Every run finds its work in the database, so a lost run loses nothing."""

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog
from celery import shared_task
from django.db.models import Model
from django.utils import timezone

from orders.api.idempotency import forget_old
from orders.giving_up import lapse_order
from orders.handover import hand_over
from orders.models import Order, OrderState, Payment, PaymentState, Refund
from orders.payments.port import ProviderUnavailable
from orders.refunds import send_refund
from orders.settlement import settle_payment

log = structlog.get_logger(__name__)
WEBHOOK_PATIENCE = dt.timedelta(minutes=5)
REFUND_ARRIVES = dt.timedelta(days=14)  # A bank that refuses one says so within days.


class NothingWorked(Exception):
    """Every row of a job failed."""


@shared_task
def lapse_unpaid_orders() -> int:
    """Give up the orders whose own part was not paid in time."""
    now = timezone.now()
    due = Order.objects.filter(state=OrderState.AWAITING_PAYMENT, pay_before__lte=now)
    return _each(due.select_related("membership"), lapse_order, now)


@shared_task
def settle_told_payment(payment_id: int) -> None:
    """Ask after a payment that a webhook told of."""
    payment = Payment.objects.select_related("order__membership").get(pk=payment_id)
    with suppress(ProviderUnavailable):  # `finish_payments` asks again.
        settle_payment(payment, now=timezone.now())


@shared_task
def finish_payments() -> int:
    """Ask after open payments whose webhook has not come."""
    now = timezone.now()
    payments = Payment.objects.select_related("order__membership")
    silent = payments.filter(state=PaymentState.OPEN, created_at__lte=now - WEBHOOK_PATIENCE, provider_id__isnull=False)
    return _each(silent, settle_payment, now)


@shared_task
def send_refunds() -> int:
    """Send back the own money of what was given back, and payments that could not be used."""
    return _each(Refund.objects.to_send().select_related("payment__order"), send_refund, timezone.now())


@shared_task
def follow_refunds() -> int:
    """Ask after payments with a refund on its way, in case the webhook that it failed was lost."""
    now = timezone.now()
    payments = Payment.objects.filter(refunds__done_at__gte=now - REFUND_ARRIVES).distinct()
    return _each(payments.select_related("order__membership"), settle_payment, now)


@shared_task
def hand_over_orders() -> None:
    """Tell the operator's own order system what happened."""
    hand_over(now=timezone.now())


@shared_task
def forget_old_answers() -> None:
    """Delete what the API keeps for a time only."""
    forget_old(now=timezone.now())


def _each[Row: Model](rows: Iterable[Row], work: Callable[..., object], now: dt.datetime) -> int:
    """Do `work` on every row; one that fails is logged and does not hold up the others. Returns how many it did.

    Refuses NothingWorked where there were rows and every one of them failed: that is no run that went well.
    """
    done, errors = 0, []
    for row in rows:
        try:
            work(row, now=now)
            done += 1
        except Exception as error:
            log.exception("due_work_failed", work=work.__name__, row=row.pk)
            errors.append(error)
    if errors and not done:
        raise NothingWorked(f"{len(errors)} of {len(errors)}: {errors[-1]!r}") from errors[-1]
    return done
