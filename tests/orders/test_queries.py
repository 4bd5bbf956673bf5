"""How many statements the pages of ordering take, whatever lies in the cart."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from orders.models import CartLine, Order
from portals.models import OwnMoney, Portal
from tests.orders.conftest import HOME_FORM, order_of
from tests.orders.test_standing import returned
from tests.orders.test_views import hidden
from tests.world import World, make_product

pytestmark = pytest.mark.usefixtures("today")


def fill_cart(world: World, lines: int) -> None:
    products = [make_product(world.chairs, f"Kruk {number}", "1.00") for number in range(lines)]
    CartLine.objects.bulk_create(
        CartLine(portal=world.acme, membership=world.bob, product=product, quantity=1, seen_price=product.price)
        for product in products
    )


def statements(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("lines", [0, 1, 50])
@pytest.mark.parametrize("own_money", OwnMoney.values)
def test_add_takes_at_most_8_statements(bob: Client, world: World, lines: int, own_money: str):
    Portal.objects.filter(pk=world.acme.pk).update(own_money=own_money)
    fill_cart(world, lines)
    form = {"product": world.chair.pk, "quantity": 1}

    first = statements(lambda: bob.post("/cart/lines/", form))
    again = statements(lambda: bob.post("/cart/lines/", form))

    assert (len(first), len(again)) <= (8, 8)
    assert world.bob.cart_lines.get(product=world.chair).quantity == 2


@pytest.mark.parametrize("lines", [1, 3, 50])
def test_cart_takes_at_most_7_statements(bob: Client, world: World, lines: int):
    fill_cart(world, lines)
    bob.get("/cart/")  # The navigation is kept for the process.

    asked = statements(lambda: bob.get("/cart/"))

    assert len(asked) == 5
    assert all(sql.startswith("SELECT") for sql in asked)


@pytest.mark.parametrize("orders", [1, 3])
def test_order_list_takes_as_many_statements_for_each_length(bob: Client, world: World, orders: int):
    cheap = make_product(world.chairs, "Kruk", "1.00")
    for _ in range(orders):
        returned(order_of(world.bob, cheap))
    bob.get("/orders/")

    assert len(statements(lambda: bob.get("/orders/"))) == 8


@pytest.mark.parametrize("lines", [1, 50])
def test_checkout_takes_as_many_statements_for_each_length(bob: Client, world: World, lines: int):
    fill_cart(world, lines)
    page = bob.get("/checkout/").content.decode()
    form = HOME_FORM | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")}

    taken = len(statements(lambda: bob.post("/checkout/", form)))

    assert Order.objects.get().lines.count() == lines
    assert taken <= 30


@pytest.mark.parametrize("product", ["chair", "desk"])
def test_whole_order_takes_at_most_70_statements(bob: Client, world: World, product: str):
    bought = getattr(world, product)

    def order() -> None:
        bob.get(f"/products/{bought.pk}/{bought.slug}/")
        bob.post("/cart/lines/", {"product": bought.pk, "quantity": 1})
        bob.get("/cart/")
        page = bob.get("/checkout/").content.decode()
        form = HOME_FORM | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")}
        bob.get(bob.post("/checkout/", form).headers["Location"])

    taken = statements(order)

    assert Order.objects.count() == 1
    assert len(taken) <= 70
    assert Product.objects.get(pk=bought.pk).stock == 99
