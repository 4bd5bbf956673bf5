"""The delivery promise: the day on which a cart or an order comes, told before ordering and frozen with the order.

The day of one product is counted by `thuiswerk.lib.delivery`; its exceptions are edited in the back office.
"""

import datetime as dt
from collections.abc import Iterable

from catalog.models import Product
from orders.models import DeliveryException
from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.periods import amsterdam_date


def calendar_at(now: dt.datetime) -> DeliveryCalendar:
    """The calendar with the exceptions that are still to come, in one statement."""
    days = DeliveryException.objects.filter(date__gte=amsterdam_date(now)).values_list("date", "delivers")
    exceptions = dict(days)
    opened = frozenset(day for day, delivers in exceptions.items() if delivers)
    return DeliveryCalendar(now, closed=frozenset(exceptions) - opened, opened=opened)


def promised_day(calendar: DeliveryCalendar, products: Iterable[Product]) -> dt.date | None:
    """The day on which the last of `products` comes; None as soon as one of them is promised for no day."""
    days = [calendar.day(product.delivery_days) for product in products]
    return max((day for day in days if day), default=None) if None not in days else None
