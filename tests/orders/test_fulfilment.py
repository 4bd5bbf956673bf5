"""An order on its way: packed, sent, delivered, each once, with a mail where the employee wants one."""

import datetime as dt

import pytest

from accounts.models import Mail
from orders.fulfilment import NotConfirmed, deliver_order, pack_order, ship_order
from orders.models import Order, OrderEvent
from tests.orders.conftest import order_of
from tests.world import NOW, World

TRACKING = "https://parcels.example/track/3S0123"
TOMORROW = NOW + dt.timedelta(days=1)


def told(order: Order) -> list[str]:
    return list(order.events.values_list("kind", flat=True))


def test_each_step_is_told_with_when_and_by_whom(world: World):
    order = order_of(world.bob, world.chair)

    for step in (pack_order, ship_order, deliver_order):
        step(order, now=TOMORROW, actor=world.coordinator)

    assert told(order) == ["placed", "paid", "packed", "shipped", "delivered"]
    assert set(OrderEvent.objects.filter(at=TOMORROW).values_list("actor", "portal")) == {
        (world.coordinator.pk, world.acme.pk)
    }


def test_step_implies_the_ones_before_it(world: World):
    order = order_of(world.bob, world.chair)

    deliver_order(order, now=TOMORROW)

    assert told(order) == ["placed", "paid", "packed", "shipped", "delivered"]


@pytest.mark.parametrize("step", [pack_order, ship_order, deliver_order])
def test_step_taken_twice_is_told_once(world: World, step):
    order = order_of(world.bob, world.chair)
    step(order, now=TOMORROW)
    before = (told(order), Mail.objects.count())

    step(order, now=TOMORROW + dt.timedelta(hours=1))

    assert (told(order), Mail.objects.count()) == before


@pytest.mark.parametrize("step", [pack_order, ship_order, deliver_order])
def test_order_that_is_not_paid_is_not_sent(world: World, step):
    order = order_of(world.bob, world.desk)

    with pytest.raises(NotConfirmed):
        step(order, now=TOMORROW)

    assert told(order) == ["placed"]


def test_mail_of_sending_holds_the_tracking_link(world: World):
    order = order_of(world.bob, world.chair, 1)

    ship_order(order, TRACKING, now=TOMORROW)

    mail = Mail.objects.get(key=f"order-shipped:{order.number}")
    assert (mail.to, mail.subject) == ("bob@acme.example", f"Je bestelling {order.number} is onderweg")
    assert f"\n{TRACKING}\n" in mail.text
    assert f'href="{TRACKING}"' in mail.html
    assert order.events.get(kind="shipped").tracking_url == TRACKING


def test_mail_of_delivery_says_until_when_it_can_be_returned_in_the_language_of_the_order(world: World):
    order = order_of(world.bob, world.chair, language="en")

    deliver_order(order, now=TOMORROW)

    mail = Mail.objects.get(key=f"order-delivered:{order.number}")
    assert mail.subject == f"Your order {order.number} has been delivered"
    assert "You can return it until 17 December 2026." in mail.text
    assert "You can return it until 17 December 2026." in mail.html


def test_what_was_delivered_is_not_mailed_as_sent_after_that(world: World):
    order = order_of(world.bob, world.chair)
    deliver_order(order, now=NOW)

    ship_order(order, "https://bezorger.example/1", now=NOW)

    assert not Mail.objects.filter(key=f"order-shipped:{order.number}").exists()
    assert [(event.kind, event.tracking_url) for event in order.events.filter(kind="shipped")] == [("shipped", "")]


def test_packing_is_not_mailed(world: World):
    order = order_of(world.bob, world.chair)

    pack_order(order, now=TOMORROW)

    assert list(Mail.objects.values_list("key", flat=True)) == [f"order-confirmed:{order.number}"]
