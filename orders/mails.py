"""The mails about an order."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from accounts import outbox
from orders.models import Order, OrderLine
from thuiswerk.lib.mail import compose
from thuiswerk.lib.money import ZERO


def queue_confirmation(order: Order, lines: Sequence[OrderLine], *, now: dt.datetime) -> None:
    """Confirm `order` (with its portal and its member's user loaded) to the employee, once."""
    context = {
        "portal": order.portal,
        "order": order,
        "lines": lines,
        "vat": sum((line.vat for line in lines), ZERO),
        "order_url": order_url(order),
    }
    message = compose("orders/mail/confirmation", context, language=order.language)
    outbox.queue(message, to=order.membership.user.email, key=f"order-confirmed:{order.number}", now=now)


def order_url(order: Order) -> str:
    """The address of the order's page on the portal's own host."""
    return order.portal.url.rstrip("/") + reverse(
        "orders:order_show", args=[order.number], urlconf=settings.PORTAL_URLCONF
    )
