"""The cart: what goes in, what is refused, what stays."""

import pytest

from orders.cart import ProductNotVisible, SoldOut, add_to_cart, change_quantity
from orders.models import CartLine
from portals.models import OwnMoney
from tests.orders.conftest import put
from tests.world import NOW, World, make_product


def test_add_puts_a_line_with_the_price_that_was_seen(world: World):
    put(world.bob, world.chair, 2)

    line = world.bob.cart_lines.get()
    assert (line.product, line.quantity, line.seen_price, line.portal) == (
        world.chair,
        2,
        world.chair.price,
        world.acme,
    )


def test_add_again_adds_up_to_99(world: World):
    put(world.bob, world.chair, 2)
    put(world.bob, world.chair, 3)

    assert world.bob.cart_lines.get().quantity == 5

    put(world.bob, world.chair, 98)

    assert world.bob.cart_lines.get().quantity == 99


@pytest.mark.parametrize("why", ["outside the assortment", "not for sale", "does not exist"])
def test_add_refuses_what_the_portal_does_not_show(world: World, why: str):
    world.desk.is_active = False
    world.desk.save()
    product_id = {"outside the assortment": world.mug.pk, "not for sale": world.desk.pk, "does not exist": 0}[why]

    with pytest.raises(ProductNotVisible):
        add_to_cart(world.bob, product_id=product_id, quantity=1, now=NOW)

    assert not CartLine.objects.exists()


def test_add_takes_what_own_money_may_buy(world: World):
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()

    put(world.bob, world.mug)
    put(world.bob, world.chair)

    assert dict(world.bob.cart_lines.values_list("product", "seen_payable")) == {
        world.mug.pk: False,
        world.chair.pk: True,
    }


def test_add_refuses_what_is_sold_out(world: World):
    gone = make_product(world.chairs, "Kruk", "49.00", stock=0)

    with pytest.raises(SoldOut):
        put(world.bob, gone)

    assert not CartLine.objects.exists()


def test_change_quantity_sees_the_price_again(world: World):
    put(world.bob, world.chair)
    world.chair.price = 259
    world.chair.save()

    change_quantity(world.bob.cart_lines.get(), quantity=4)

    line = world.bob.cart_lines.get()
    assert (line.quantity, line.seen_price) == (4, 259)


@pytest.mark.parametrize("quantity", [0, 4])
def test_change_quantity_of_a_line_that_went_meanwhile_leaves_it_gone(world: World, quantity: int):
    put(world.bob, world.chair)
    line = world.bob.cart_lines.select_related("product").get()
    world.bob.cart_lines.all().delete()

    change_quantity(line, quantity=quantity)

    assert not CartLine.objects.exists()


def test_change_quantity_to_nothing_takes_the_line_out(world: World):
    put(world.bob, world.chair)
    put(world.bob, world.desk)

    change_quantity(world.bob.cart_lines.get(product=world.chair), quantity=0)

    assert [line.product for line in world.bob.cart_lines.all()] == [world.desk]
