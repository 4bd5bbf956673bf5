"""The mails about an order."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from accounts import outbox
from orders.models import EventKind, GiveBack, Order, OrderLine, Payment
from orders.units import CreditBack, units_left
from thuiswerk.lib.mail import compose
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date

STEPS = {EventKind.SHIPPED: "orders/mail/shipped", EventKind.DELIVERED: "orders/mail/delivered"}


def queue_confirmation(order: Order, lines: Sequence[OrderLine], *, now: dt.datetime) -> None:
    """Confirm `order` (with its portal and its member's user loaded) to the employee, once."""
    context = {
        "portal": order.portal,
        "order": order,
        "lines": lines,
        "vat": sum((line.vat for line in lines), ZERO),
        "order_url": order_url(order),
        "return_days": settings.RETURN_DAYS,
        "terms_url": order.portal.url.rstrip("/") + reverse("orders:terms_show", settings.PORTAL_URLCONF),
    }
    message = compose("orders/mail/confirmation", context, language=order.language)
    outbox.queue(message, to=order.membership.user.email, key=f"order-confirmed:{order.number}", now=now)


def queue_failed_payment(payment: Payment, *, now: dt.datetime) -> None:
    """Tell the employee, once for an order, that paying (the order loaded as for a confirmation) did not succeed."""
    order = payment.order
    context = {"portal": order.portal, "order": order, "payment": payment, "order_url": order_url(order)}
    message = compose("orders/mail/payment_failed", context, language=order.language)
    outbox.queue(message, to=order.membership.user.email, key=f"payment-failed:{order.number}", now=now)


def queue_given_up(
    order: Order, lines: Sequence[OrderLine], *, freed: Decimal, shop_is_open: bool, now: dt.datetime
) -> None:
    """Tell the employee, once, that `order`, which was never paid, lapsed or was cancelled by customer service.

    `freed`: the credit in euro that can be spent again.
    """
    context = {
        "portal": order.portal,
        "order": order,
        "lines": lines,
        "freed": freed,
        "shop_is_open": shop_is_open,
        "order_url": order_url(order),
        "cart_url": order.portal.url.rstrip("/") + reverse("orders:cart_show", settings.PORTAL_URLCONF),
    }
    message = compose("orders/mail/given_up", context, language=order.language)
    outbox.queue(message, to=order.membership.user.email, key=f"order-given-up:{order.number}", now=now)


def queue_step(order: Order, kind: EventKind, *, tracking_url: str = "", now: dt.datetime) -> None:
    """Tell the employee, once, that `order` (as for a confirmation) was sent or delivered."""
    context = {
        "portal": order.portal,
        "order": order,
        "lines": [left for left in units_left(order) if left.quantity],
        "order_url": order_url(order),
        "tracking_url": tracking_url,
        "return_until": amsterdam_date(now) + dt.timedelta(days=settings.RETURN_DAYS),
    }
    message = compose(STEPS[kind], context, language=order.language)
    outbox.queue(message, to=order.membership.user.email, key=f"order-{kind}:{order.number}", now=now)


def queue_give_back(given: GiveBack, *, credits: Sequence[CreditBack], now: dt.datetime) -> None:
    """Confirm to the employee what was cancelled or withdrawn from, when, and what comes back: on paper, as it were."""
    _queue_about(given, "orders/mail/give_back", f"give-back:{given.pk}", credits, now)


def queue_receipt_of_return(given: GiveBack, *, credits: Sequence[CreditBack], now: dt.datetime) -> None:
    """Tell the employee that a return has come in and its money goes back."""
    _queue_about(given, "orders/mail/return_received", f"return-received:{given.pk}", credits, now)


def queue_missed_return(given: GiveBack, *, now: dt.datetime) -> None:
    """Tell the employee that a return did not come in, and what to do about it."""
    _queue_about(given, "orders/mail/return_missed", f"return-missed:{given.pk}", [], now)


def _queue_about(given: GiveBack, template: str, key: str, credits: Sequence[CreditBack], now: dt.datetime) -> None:
    order = given.order
    context = {
        "portal": order.portal,
        "order": order,
        "given": given,
        "parts": given.lines.select_related("line"),
        "credits": credits,
        "order_url": order_url(order),
    }
    message = compose(template, context, language=order.language)
    outbox.queue(message, to=order.membership.user.email, key=key, now=now)


def queue_trouble(order: Order, kind: EventKind, amount: Decimal, *, key: str, now: dt.datetime) -> None:
    """Tell the operator, once for each `key`, that money of `order` did not stay where it was sent; of an example there
    is none."""
    if order.portal.is_example:
        return
    path = reverse("admin:orders_order_handle", settings.ROOT_URLCONF, args=[order.pk])
    context = {
        "order": order,
        "kind": kind,
        "amount": amount,
        "url": f"{settings.URL_SCHEME}://{settings.BASE_DOMAIN}{path}",
    }
    message = compose("orders/mail/trouble", context, language=settings.LANGUAGE_CODE)
    outbox.queue(message, to=settings.OPERATOR["email"], key=key, now=now)


def order_url(order: Order) -> str:
    """The address of the order's page on the portal's own host."""
    return order.portal.url.rstrip("/") + reverse(
        "orders:order_show", args=[order.number], urlconf=settings.PORTAL_URLCONF
    )
