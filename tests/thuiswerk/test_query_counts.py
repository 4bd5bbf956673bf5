"""What an employee's pages may ask of the database: the budget of each, from product page to confirmation.

`tests/catalog/test_views.py` and `tests/orders/test_queries.py` go deeper into their own pages.
"""

import re

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.template.base import NodeList
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import shelves
from orders.models import Order
from tests.world import NOW, World, make_product

# At most this many statements, also in a process that has just started.
BUDGET = {"category": 6, "product": 7, "search": 7, "add to cart": 8, "cart": 7, "whole order": 70}
ADDRESS = {
    "name": "Bob de Vries",
    "street": "Lindelaan",
    "house_number": "12",
    "postal_code": "3512 AB",
    "city": "Utrecht",
    "country": "NL",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bob(world: World) -> Client:
    client = Client(headers={"host": "acme.localhost"})
    client.force_login(world.bob.user)
    return client


def start_anew() -> None:
    """Forget what a process keeps."""
    shelves._cut.cache_clear()
    caches["fragments"].clear()


def place_order(client: Client, world: World) -> Order:
    """The journey of an order: product page, add to cart, cart, checkout, place it, confirmation."""
    client.get(f"/products/{world.chair.pk}/{world.chair.slug}/")
    client.post("/cart/lines/", {"product": world.chair.pk, "quantity": 1})
    client.get("/cart/")
    page = client.get("/checkout/").content.decode()
    hidden = {name: re.search(f'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("form_token", "shown")}
    placed = client.post("/checkout/", ADDRESS | hidden)
    assert client.get(placed["Location"]).status_code == 200
    return Order.objects.latest("pk")


def visits(client: Client, world: World) -> dict:
    return {
        "category": lambda: client.get(f"/categories/{world.chairs.slug}/"),
        "product": lambda: client.get(f"/products/{world.chair.pk}/{world.chair.slug}/"),
        "search": lambda: client.get("/search/?q=bureaustoel"),
        "add to cart": lambda: client.post("/cart/lines/", {"product": world.chair.pk, "quantity": 1}),
        "cart": lambda: client.get("/cart/"),
        "whole order": lambda: place_order(client, world),
    }


def reads(order: Order, world: World) -> list[str]:
    """Every page of a portal that is only read."""
    return [
        "/",
        f"/categories/{world.chairs.slug}/",
        f"/products/{world.chair.pk}/{world.chair.slug}/",
        "/search/?q=bureaustoel",
        "/search/?q=xyzzy",
        "/credit/",
        "/cart/",
        "/checkout/",
        "/orders/",
        f"/orders/{order.number}/",
    ]


@pytest.mark.parametrize("cards", [1, 24])
@pytest.mark.parametrize("is_cold", [True, False])
def test_statements_stay_within_the_budget(world: World, bob: Client, cards: int, is_cold: bool):
    for number in range(cards - 1):
        make_product(world.chairs, f"Bureaustoel {number}", "99.00")
    taken = {}

    for name, visit in visits(bob, world).items():
        start_anew() if is_cold else visit()
        with CaptureQueriesContext(connection) as captured:
            visit()
        taken[name] = len(captured)

    assert {name: count for name, count in taken.items() if count > BUDGET[name]} == {}


def test_reading_a_page_writes_nothing(world: World, bob: Client):
    order = place_order(bob, world)
    bob.post("/cart/lines/", {"product": world.desk.pk, "quantity": 1})
    bob.get("/cart/")  # shows the message of what was added, which the session then forgets
    start_anew()

    with CaptureQueriesContext(connection) as captured:
        statuses = {path: bob.get(path).status_code for path in reads(order, world)}

    assert set(statuses.values()) == {200}
    assert [query["sql"] for query in captured if not query["sql"].lstrip("(").startswith("SELECT")] == []


def test_templates_ask_the_database_nothing(world: World, bob: Client, monkeypatch):
    order = place_order(bob, world)
    bob.post("/cart/lines/", {"product": world.desk.pk, "quantity": 1})
    start_anew()
    render = NodeList.render

    def refuse(execute, sql, *rest):
        raise AssertionError(f"A template asked the database: {sql}")

    def silent(self, context):
        with connection.execute_wrapper(refuse):
            return render(self, context)

    monkeypatch.setattr(NodeList, "render", silent)
    statuses = {path: bob.get(path).status_code for path in reads(order, world)}

    assert set(statuses.values()) == {200}
