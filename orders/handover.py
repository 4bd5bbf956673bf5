"""Telling the operator's own order system what happens to orders, by signed webhooks (Standard Webhooks 1.0).

- What is told is an `OrderEvent`, which is written in the order's own transaction, so an order pays nothing for this.
  A task makes of each event one delivery per active address.
- A delivery is sent and marked under one row lock. It is tried again, later each time, always with the same id, so that
  the receiver knows it again; then it is given up, and can be sent again from the back office.
- Over https, without following redirects, and with little patience.
"""

import base64
import datetime as dt
import hmac
import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from accounts.outbox import RETRY_AFTER
from orders.endpoints import WebhookDelivery, WebhookEndpoint
from orders.models import EventKind, Order, OrderEvent

TOLD = {
    EventKind.PAID: "order.confirmed",
    EventKind.CANCELLED: "order.cancelled",
    EventKind.RETURN_RECEIVED: "order.returned",
}
# An event bears the time at which its request began and shows when its transaction ends: see billing.consumption.
SETTLING = dt.timedelta(minutes=15)
BATCH = 20
SECONDS = 10


def hand_over(*, now: dt.datetime) -> None:
    """Make the deliveries of what happened, and send what is due at `now`."""
    for endpoint in WebhookEndpoint.objects.filter(is_active=True):
        while _collect(endpoint.pk, now) == BATCH:
            pass
    for _attempt in range(BATCH):
        if not _send_next(now):
            break


def replay(deliveries: QuerySet[WebhookDelivery], *, now: dt.datetime) -> int:
    """Let `deliveries` be sent again, with the ids that they have. Returns how many."""
    return deliveries.update(due_at=now, attempts=0, sent_at=None, failed_at=None, error="")


def signature(endpoint: WebhookEndpoint, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: version 1, HMAC-SHA256 over id, time and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(endpoint.key, signed, 'sha256')).decode()}"


def order_content(order: Order) -> dict[str, Any]:
    """The order as it is now; of each line how many were cancelled or came back. Amounts are euro, as texts."""
    settled = Q(given_back__give_back__settled_at__isnull=False)
    lines = order.lines.annotate(given_back_quantity=Sum("given_back__quantity", filter=settled, default=0))
    return {
        "number": order.number,
        "portal": order.portal.slug,
        "state": order.state,
        "placed_at": order.placed_at.isoformat(),
        "language": order.language,
        "address": {
            name: getattr(order, name) for name in ("name", "street", "house_number", "postal_code", "city", "country")
        },
        "total": str(order.total),
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "given_back": line.given_back_quantity,
                "unit_price": str(line.unit_price),
                "vat_rate": str(line.vat_rate),
            }
            for line in lines
        ],
    }


@transaction.atomic
def _collect(pk: int, now: dt.datetime) -> int:
    """Make deliveries of the next events for an address. Returns how many."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=pk)
    events = OrderEvent.objects.filter(
        kind__in=TOLD,
        at__gte=endpoint.collected_until,
        order__confirmed_at__isnull=False,
        portal__is_example=False,
    ).exclude(deliveries__endpoint=endpoint)
    found = list(events.select_related("order__portal").order_by("at", "pk")[:BATCH])
    WebhookDelivery.objects.bulk_create(_delivery(endpoint, event, now) for event in found)
    if len(found) < BATCH:
        endpoint.collected_until = max(endpoint.collected_until, now - SETTLING)
        endpoint.save(update_fields=["collected_until"])
    return len(found)


def _delivery(endpoint: WebhookEndpoint, event: OrderEvent, now: dt.datetime) -> WebhookDelivery:
    kind = TOLD[EventKind(event.kind)]
    content = {"type": kind, "timestamp": event.at.isoformat(), "data": order_content(event.order)}
    return WebhookDelivery(
        portal_id=event.portal_id,
        endpoint=endpoint,
        event=event,
        kind=kind,
        body=json.dumps(content, ensure_ascii=False),
        created_at=now,
        due_at=now,
    )


@transaction.atomic
def _send_next(now: dt.datetime) -> bool:
    """Send the next delivery that no other worker holds. False when there is none."""
    waiting = WebhookDelivery.objects.filter(sent_at=None, failed_at=None, due_at__lte=now, endpoint__is_active=True)
    locked = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")
    delivery = locked.order_by("due_at", "pk").first()
    if delivery is None:
        return False
    delivery.attempts += 1
    delivery.error = _post(delivery, now)
    if not delivery.error:
        delivery.sent_at = now
    elif delivery.attempts > len(RETRY_AFTER):
        delivery.failed_at = now
    else:
        delivery.due_at = now + RETRY_AFTER[delivery.attempts - 1]
    delivery.save(update_fields=["attempts", "error", "sent_at", "failed_at", "due_at"])
    return True


def _post(delivery: WebhookDelivery, now: dt.datetime) -> str:
    """Send it once. Returns what went wrong, or nothing."""
    parts, body, timestamp = urlsplit(delivery.endpoint.url), delivery.body.encode(), int(now.timestamp())
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(delivery),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(delivery.endpoint, str(delivery), timestamp, body),
    }
    connection = connect(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"HTTP {status}"
