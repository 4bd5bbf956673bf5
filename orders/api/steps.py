"""Orders, as the operator's own system reads them and takes them on their way."""

import datetime as dt
from typing import Any

from django.db import transaction

from orders.api.models import ApiChange, ApiToken, Scope
from orders.api.problems import NOT_CONFIRMED, UNKNOWN_ORDER, Refused
from orders.fulfilment import NotConfirmed, deliver_order, pack_order, ship_order
from orders.handover import order_content
from orders.models import ON_THE_WAY, EventKind, Order
from orders.settlement import locked_order


def read_order(number: str) -> dict[str, Any]:
    """The order as a webhook tells of it. Refuses UNKNOWN_ORDER, also for one that was never confirmed."""
    return order_content(_order(number))


@transaction.atomic
def take_step(token: ApiToken, number: str, step: dict[str, str], *, now: dt.datetime) -> dict[str, Any]:
    """Take the order to a step, and so past those before it. Returns every step that was taken, also earlier.

    Refuses UNKNOWN_ORDER, NOT_CONFIRMED.
    """
    order = locked_order(_order(number))
    before = _steps(order)
    try:
        _reach(order, EventKind(step["step"]), step.get("tracking_url", ""), now)
    except NotConfirmed:
        raise Refused(NOT_CONFIRMED) from None
    after = _steps(order)
    if after != before:
        ApiChange.objects.create(
            token=token, at=now, scope=Scope.ORDERS, subject=order.number, before=before, after=after
        )
    return {"number": order.number, "steps": after}


def _order(number: str) -> Order:
    confirmed = Order.objects.real().filter(number=number, confirmed_at__isnull=False)
    order = confirmed.select_related("portal", "membership").first()
    if order is None:
        raise Refused(UNKNOWN_ORDER)
    return order


def _reach(order: Order, step: EventKind, tracking_url: str, now: dt.datetime) -> None:
    if step == EventKind.PACKED:
        pack_order(order, now=now)
    elif step == EventKind.SHIPPED:
        ship_order(order, tracking_url, now=now)
    else:
        deliver_order(order, now=now)


def _steps(order: Order) -> list[dict[str, str]]:
    taken = order.events.filter(kind__in=ON_THE_WAY).order_by("pk")
    return [{"step": event.kind, "at": event.at.isoformat(), "tracking_url": event.tracking_url} for event in taken]
