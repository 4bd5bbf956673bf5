"""Orders go out as webhooks tell of them, and what is on its way comes in, with its mails."""

import json
import re

import pytest

from accounts.models import Mail
from orders.api import schemas
from orders.api.models import ApiChange
from orders.endpoints import WebhookDelivery, WebhookEndpoint
from orders.giving_back import give_back
from orders.handover import hand_over
from orders.models import Order
from tests.orders.api.conftest import Api, slug_of
from tests.orders.conftest import order_of, started
from tests.world import NOW, World

TRACKING = "https://parcels.example/track/3S0123"


def address(order: Order, rest: str = "") -> str:
    return f"/api/v1/orders/{order.number}/{rest}"


def told(order: Order) -> list[str]:
    return list(order.events.values_list("kind", flat=True))


def test_order_is_read_as_a_webhook_tells_of_it(api: Api, world: World):
    WebhookEndpoint.objects.create(url="http://127.0.0.1:9/", collected_until=NOW)
    order = order_of(world.bob, world.chair)
    hand_over(now=NOW)

    read = api.get(address(order)).json()

    assert read == json.loads(WebhookDelivery.objects.get().body)["data"]
    assert (read["portal"], read["address"]["name"]) == ("acme", "Bob de Vries")
    assert set(read) == set(schemas.ORDER_EXAMPLE)


@pytest.mark.parametrize("method", ["get", "post"])
def test_order_that_was_never_confirmed_is_not_there(api: Api, world: World, method: str):
    order, _payment = started(world)

    answer = api.get(address(order)) if method == "get" else api.post(address(order, "steps/"), {"step": "packed"})

    assert slug_of(answer) == (404, "unknown-order")
    assert told(order) == ["placed"]


def test_sent_order_shows_on_its_timeline_and_in_the_mail(api: Api, world: World):
    order = order_of(world.bob, world.chair)

    answer = api.post(address(order, "steps/"), {"step": "shipped", "tracking_url": TRACKING})

    assert answer.json() == {
        "number": order.number,
        "steps": [
            {"step": "packed", "at": "2026-11-16T09:00:00+00:00", "tracking_url": ""},
            {"step": "shipped", "at": "2026-11-16T09:00:00+00:00", "tracking_url": TRACKING},
        ],
    }
    assert told(order) == ["placed", "paid", "packed", "shipped"]
    assert TRACKING in Mail.objects.get(key=f"order-shipped:{order.number}").text


def test_step_is_taken_once_and_its_change_kept_once(api: Api, world: World):
    order = order_of(world.bob, world.chair)
    first = api.post(address(order, "steps/"), {"step": "delivered"})

    again = api.post(address(order, "steps/"), {"step": "shipped", "tracking_url": TRACKING})

    assert again.json() == first.json()
    assert [step["step"] for step in again.json()["steps"]] == ["packed", "shipped", "delivered"]
    change = ApiChange.objects.get()
    assert (change.token.name, change.scope, change.subject, change.before) == (
        "Warehouse",
        "orders",
        order.number,
        [],
    )
    assert change.after == again.json()["steps"]
    assert Mail.objects.filter(key__startswith="order-shipped").count() == 0


def test_cancelled_order_is_not_sent_and_can_still_be_read(api: Api, world: World):
    order = order_of(world.bob, world.chair)
    give_back(order, {order.lines.get().pk: 1}, form_token="0" * 32, now=NOW)

    answer = api.post(address(order, "steps/"), {"step": "packed"})

    assert slug_of(answer) == (409, "not-confirmed")
    read = api.get(address(order)).json()
    assert (read["state"], read["lines"][0]["given_back"]) == ("cancelled", 1)
    assert not ApiChange.objects.exists()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"step": "placed"}, {"pointer": "/step", "detail": "must be one of packed, shipped, delivered"}),
        ({"tracking_url": TRACKING}, {"pointer": "", "detail": "needs step"}),
        (
            {"step": "shipped", "tracking_url": "http://parcels.example/1"},
            {"pointer": "/tracking_url", "detail": "must be an address that begins with https://"},
        ),
        (
            {"step": "shipped", "tracking_url": "javascript:alert(1)"},
            {"pointer": "/tracking_url", "detail": "must be an address that begins with https://"},
        ),
        (
            {"step": "shipped", "tracking_url": f"https://parcels.example/{'3' * 300}"},
            {"pointer": "/tracking_url", "detail": "may have 300 characters at most"},
        ),
        ({"step": "shipped", "tracking_url": ""}, {"pointer": "/tracking_url", "detail": "may not be empty"}),
    ],
)
def test_step_that_is_not_written_right_is_refused(api: Api, world: World, body, error):
    order = order_of(world.bob, world.chair)

    answer = api.post(address(order, "steps/"), body)

    assert slug_of(answer) == (422, "invalid")
    assert error in answer.json()["errors"]
    assert told(order) == ["placed", "paid"]


@pytest.mark.parametrize("number", ["TW26-999999", "tw26-1", "0"])
def test_unknown_number_is_not_found(api: Api, number: str):
    assert slug_of(api.get(f"/api/v1/orders/{number}/")) == (404, "unknown-order")


def test_page_of_the_order_shows_what_the_api_told(api: Api, world: World, bob):
    order = order_of(world.bob, world.chair)

    api.post(address(order, "steps/"), {"step": "shipped", "tracking_url": TRACKING})

    page = bob.get(f"/orders/{order.number}/").text
    assert re.search(rf'href="{re.escape(TRACKING)}"', page)
