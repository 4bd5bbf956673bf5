"""Stock from outside against orders: no unit is lost or sold twice, and nobody waits in a circle."""

import pytest

from catalog.models import Product
from orders.api.models import ApiChange
from orders.api.products import update_products
from orders.api.steps import take_step
from tests.orders.api.conftest import AT_ONCE, at_once, make_api_token
from tests.orders.conftest import order_cart, order_of, put, stock_of
from tests.world import NOW, World, make_grant, make_membership, make_product

pytestmark = pytest.mark.django_db(transaction=True)


def shoppers(world: World, products: list[Product]) -> list:
    members = [make_membership(world.acme, f"m{n}@acme.example", password=None) for n in range(AT_ONCE)]
    for member in members:
        make_grant(member, "100.00")
        for product in products:
            put(member, product)
    return members


def test_batches_and_orders_never_wait_in_a_circle(live_world: World):
    products = [make_product(live_world.chairs, f"Kruk {60 - number:02}", "1.00") for number in range(60)]
    members = shoppers(live_world, products)
    token, _secret = make_api_token(live_world)
    lines = [{"sku": product.sku, "stock_change": 1} for product in reversed(products)]

    def act(number: int) -> str:
        if number % 2:
            return order_cart(members[number]).state
        return {line["result"] for line in update_products(token, lines, now=NOW)}.pop()

    told = at_once(act)

    assert told == ["changed", "confirmed"] * (AT_ONCE // 2)
    assert set(Product.objects.filter(name_nl__startswith="Kruk").values_list("stock", flat=True)) == {100}


def test_step_told_twenty_times_at_once_is_one_change(live_world: World):
    order = order_of(live_world.bob, live_world.chair)
    token, _secret = make_api_token(live_world)

    told = at_once(lambda _: take_step(token, order.number, {"step": "shipped"}, now=NOW))

    assert told == [told[0]] * AT_ONCE
    assert [step["step"] for step in told[0]["steps"]] == ["packed", "shipped"]
    assert ApiChange.objects.count() == 1


def test_change_of_stock_and_orders_add_up_and_never_go_below_zero(live_world: World):
    last = make_product(live_world.chairs, "Kruk", "1.00", stock=5)
    members = shoppers(live_world, [last])
    token, _secret = make_api_token(live_world)

    def act(number: int) -> str:
        if number % 2:
            return order_cart(members[number]).state
        return update_products(token, [{"sku": last.sku, "stock_change": -1}], now=NOW)[0]["result"]

    told = at_once(act)

    assert told.count("confirmed") + told.count("changed") == 5
    assert told.count("CartChanged") + told.count("refused") == AT_ONCE - 5
    assert stock_of(last) == 0
