"""Orders reach the operator's own system: signed, once an event, tried again, and never at the cost of an order."""

import base64
import datetime as dt
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.outbox import RETRY_AFTER
from orders.handover import BATCH, hand_over
from orders.models import EventKind, Order, WebhookDelivery, WebhookEndpoint
from orders.timeline import tell
from tests.orders.conftest import NOW, order_of, started
from tests.world import World, make_user


class Receiver(HTTPServer):
    """An order system that keeps what it is told, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.status, self.told = 204, []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/orders?from=thuiswerk"


class Listener(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def endpoint(world: World, receiver: Receiver) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(url=receiver.url, collected_until=NOW)


def told(receiver: Receiver) -> list[tuple[str, str]]:
    bodies = [json.loads(body) for _path, _headers, body in receiver.told]
    return [(body["type"], body["data"]["number"]) for body in bodies]


def test_confirmed_order_is_told_once_with_what_is_needed_to_send_it(world: World, endpoint, receiver):
    order = order_of(world.bob, world.chair)

    for _ in range(2):
        hand_over(now=NOW)

    assert told(receiver) == [("order.confirmed", order.number)]
    path, headers, body = receiver.told[0]
    data = json.loads(body)["data"]
    assert (path, headers["Content-Type"]) == ("/orders?from=thuiswerk", "application/json")
    assert data["address"]["postal_code"] == "3512 AB"
    assert [(line["sku"], line["quantity"], line["unit_price"]) for line in data["lines"]] == [
        (world.chair.sku, 1, "249.00")
    ]


def test_receiver_checks_the_signature_as_the_standard_says(world: World, endpoint, receiver):
    order_of(world.bob, world.chair)

    hand_over(now=NOW)

    _path, headers, body = receiver.told[0]
    key = base64.b64decode(endpoint.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-id"] == str(WebhookDelivery.objects.get())


def test_every_address_has_its_own_secret_and_a_new_one_on_demand(endpoint):
    other = WebhookEndpoint.objects.create(url="https://orders.example/")
    secrets = {endpoint.secret, other.secret}
    endpoint.key_number += 1

    assert len(secrets | {endpoint.secret}) == 3


def test_cancelled_and_returned_orders_are_told_and_nothing_else(world: World, endpoint, receiver):
    order = order_of(world.bob, world.chair)
    tell(order, EventKind.CANCELLED, EventKind.RETURN_REQUESTED, EventKind.RETURN_RECEIVED, EventKind.REFUNDED, now=NOW)

    hand_over(now=NOW)

    assert [kind for kind, _number in told(receiver)] == ["order.confirmed", "order.cancelled", "order.returned"]


def test_order_that_was_never_paid_is_not_told(world: World, endpoint, receiver):
    order, _payment = started(world)
    tell(order, EventKind.CANCELLED, now=NOW)

    hand_over(now=NOW)

    assert told(receiver) == []


@pytest.mark.parametrize("status", [500, 302, 410])
def test_what_is_not_taken_is_tried_again_later_with_the_same_id(world: World, endpoint, receiver, status):
    order_of(world.bob, world.chair)
    receiver.status = status

    hand_over(now=NOW)
    hand_over(now=NOW + RETRY_AFTER[0] - dt.timedelta(seconds=1))
    receiver.status = 200
    hand_over(now=NOW + RETRY_AFTER[0])

    assert len(receiver.told) == 2  # a redirect was not followed either
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.told}) == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.attempts, delivery.error, delivery.sent_at) == (2, "", NOW + RETRY_AFTER[0])


def test_delivery_is_given_up_and_sent_again_by_hand(world: World, receiver, settings):
    settings.DEMO = True
    endpoint = WebhookEndpoint.objects.create(url="http://127.0.0.1:9/", collected_until=NOW)
    order_of(world.bob, world.chair)
    now = NOW
    for wait in (*RETRY_AFTER, dt.timedelta(0)):
        hand_over(now=now)
        now += wait
    given_up = WebhookDelivery.objects.get()
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=receiver.url)
    form = {"action": "send_again", "_selected_action": [given_up.pk]}

    administrator().post(reverse("admin:orders_webhookdelivery_changelist"), form)
    hand_over(now=NOW + dt.timedelta(days=3650))

    assert given_up.failed_at is not None
    assert given_up.error.startswith("ConnectionRefusedError")
    assert [headers["webhook-id"] for _path, headers, _body in receiver.told] == [str(given_up)]
    assert WebhookDelivery.objects.get().sent_at is not None


def test_no_event_is_passed_over_when_many_come_at_once(world: World, endpoint, receiver):
    order = order_of(world.bob, world.chair)
    tell(order, *[EventKind.CANCELLED] * (2 * BATCH), now=NOW)

    for _ in range(4):
        hand_over(now=NOW)

    assert len(receiver.told) == 2 * BATCH + 1


def test_event_that_shows_late_is_told_still(world: World, endpoint, receiver):
    hand_over(now=NOW + dt.timedelta(minutes=5))
    order = order_of(world.bob, world.chair)  # began before that, and is committed after it

    hand_over(now=NOW + dt.timedelta(minutes=10))

    assert told(receiver) == [("order.confirmed", order.number)]


def test_orders_before_the_address_was_added_and_addresses_that_are_off_are_left_alone(
    world: World, endpoint, receiver
):
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(collected_until=NOW + dt.timedelta(hours=1))
    off = WebhookEndpoint.objects.create(url=f"{receiver.url}&off", collected_until=NOW, is_active=False)
    order_of(world.bob, world.chair)

    hand_over(now=NOW)

    assert (receiver.told, off.deliveries.count()) == ([], 0)


def test_placing_an_order_costs_the_same_with_and_without_an_address(world: World):
    with CaptureQueriesContext(connection) as without:
        order_of(world.bob, world.chair)
    WebhookEndpoint.objects.create(url="https://orders.example/", collected_until=NOW)
    with CaptureQueriesContext(connection) as with_one:
        order_of(world.charlie, world.chair)

    assert len(with_one) == len(without)
    assert Order.objects.count() == 2


@pytest.mark.parametrize("url", ["http://orders.example/", "https://name:word@orders.example/", "ftp://orders.example"])
def test_address_must_be_https_and_hold_no_password(db, settings, url):
    settings.DEBUG = False

    with pytest.raises(ValidationError):
        WebhookEndpoint(url=url).full_clean()


def administrator() -> Client:
    user = make_user("admin@thuiswerk.example", "Ada", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__contains="webhook"))
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def test_secret_is_shown_to_who_keeps_the_address(world: World, endpoint, settings):
    settings.DEMO = True

    page = administrator().get(reverse("admin:orders_webhookendpoint_change", args=[endpoint.pk]))

    assert endpoint.secret.replace("+", "%2B") in page.text.replace("+", "%2B")
