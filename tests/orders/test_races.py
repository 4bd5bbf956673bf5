"""Twenty at once: one order per form, credit and stock never below zero."""

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, transaction

from billing import ledger
from catalog.models import Product
from orders import checkout
from orders.checkout import CartChanged, CheckoutRefusal, OwnMoneyNotAllowed
from orders.models import CartLine, Order, OrderLine
from orders.quote import Quote
from orders.stock import put_back_stock
from portals.models import OwnMoney, Portal
from tests.orders.conftest import order_cart, put
from tests.world import NOW, World, build_world, make_grant, make_membership, make_product

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


@pytest.fixture
def live_world() -> World:
    return build_world()


def at_once(act: Callable[[int], object]) -> list[object]:
    """What `act` returned or refused in each of twenty threads that start together."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> object:
        try:
            barrier.wait()
            return act(number)
        except CheckoutRefusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def _apart(act: Callable[[], object]) -> None:
    """`act` on a database connection of its own."""
    try:
        act()
    finally:
        connection.close()


def test_twenty_with_one_form_token_make_one_order(live_world: World):
    put(live_world.bob, live_world.chair)
    token = uuid.uuid4()

    orders = at_once(lambda _: order_cart(live_world.bob, form_token=token))

    assert orders == [Order.objects.get()] * AT_ONCE
    assert ledger.available(live_world.bob, now=NOW) == Decimal("1.00")


def test_twenty_orders_of_40_from_100_two_succeed(live_world: World, monkeypatch: pytest.MonkeyPatch):
    Portal.objects.update(own_money=OwnMoney.NOTHING)
    make_grant(live_world.alice, "100.00")
    put(live_world.alice, make_product(live_world.chairs, "Kruk", "40.00"))
    # The cart stays full, so that only the credit can stop the third order.
    monkeypatch.setattr(checkout, "_empty_cart", lambda member, quote: None)

    results = at_once(lambda _: order_cart(live_world.alice))

    assert results.count(OwnMoneyNotAllowed) == AT_ONCE - 2
    assert Order.objects.count() == 2
    assert ledger.available(live_world.alice, now=NOW) == Decimal("20.00")


def test_last_one_in_stock_is_sold_once(live_world: World):
    last = make_product(live_world.chairs, "Laatste stoel", "10.00", stock=1)
    members = [make_membership(live_world.acme, f"m{n}@acme.example", password=None) for n in range(AT_ONCE)]
    for member in members:
        make_grant(member, "10.00")
        put(member, last)

    results = at_once(lambda number: order_cart(members[number]))

    assert results.count(CartChanged) == AT_ONCE - 1
    assert Product.objects.get(pk=last.pk).stock == 0
    assert Order.objects.count() == 1


def test_product_put_in_the_cart_while_ordering_stays_there(live_world: World, monkeypatch: pytest.MonkeyPatch):
    put(live_world.bob, live_world.chair)
    take_stock = checkout._take_stock

    def and_meanwhile_in_another_tab(quote: Quote) -> None:
        with ThreadPoolExecutor(1) as tab:
            tab.submit(_apart, lambda: put(live_world.bob, live_world.desk)).result()
        take_stock(quote)

    monkeypatch.setattr(checkout, "_take_stock", and_meanwhile_in_another_tab)

    order = order_cart(live_world.bob)

    assert [line.product for line in order.lines.all()] == [live_world.chair]
    assert [line.product for line in live_world.bob.cart_lines.all()] == [live_world.desk]


def test_ordering_and_lapsing_never_wait_in_a_circle(live_world: World):
    products = [make_product(live_world.chairs, f"Kruk {60 - number:02}", "1.00") for number in range(60)]
    lines = [OrderLine(product=product, quantity=1) for product in products]
    members = [make_membership(live_world.acme, f"m{n}@acme.example", password=None) for n in range(AT_ONCE)]
    for member in members:
        make_grant(member, "100.00")
        for product in products:
            put(member, product)

    def act(number: int) -> None:
        if number % 2:
            order_cart(members[number])
        else:
            with transaction.atomic():
                put_back_stock(live_world.acme, lines)

    at_once(act)

    assert set(Product.objects.filter(name_nl__startswith="Kruk").values_list("stock", flat=True)) == {100}


def test_carts_in_opposite_order_never_wait_in_a_circle(live_world: World):
    products = [make_product(live_world.chairs, f"Kruk {number}", "1.00") for number in range(60)]
    members = [make_membership(live_world.acme, f"m{n}@acme.example", password=None) for n in range(AT_ONCE)]
    for number, member in enumerate(members):
        make_grant(member, "100.00")
        in_cart = products if number % 2 else products[::-1]
        CartLine.objects.bulk_create(
            CartLine(
                portal=member.portal,
                membership=member,
                product=product,
                quantity=1,
                seen_price=product.price,
                added_at=NOW + dt.timedelta(seconds=second),
            )
            for second, product in enumerate(in_cart)
        )

    results = at_once(lambda number: order_cart(members[number]).state)

    assert results == ["confirmed"] * AT_ONCE
    assert set(Product.objects.filter(name_nl__startswith="Kruk").values_list("stock", flat=True)) == {80}
