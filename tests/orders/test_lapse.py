"""Orders that nobody paid in time: what lapsing puts back, and money that comes too late."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Mail
from billing import ledger
from catalog.models import AssortmentCategory, Product
from orders.giving_up import lapse_order
from orders.models import DemoPayment, Order, Payment
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.settlement import settle_payment, start_payment
from orders.tasks import send_refunds
from portals.models import Membership, OwnMoney, Portal
from tests.orders.conftest import (
    TOO_LATE,
    at_the_bank,
    credit_of,
    kinds,
    order_cart,
    order_of,
    put,
    started,
    stock_of,
)
from tests.world import NOW, World


def test_lapse_gives_back_credit_stock_and_cart(world: World):
    order, _payment = started(world)

    lapsed = lapse_order(order, now=TOO_LATE)

    assert (lapsed.state, lapsed.lapsed_at) == ("lapsed", TOO_LATE)
    assert credit_of(world) == Decimal("250.00")
    assert stock_of(world.desk) == 100
    assert [(line.product, line.quantity) for line in world.bob.cart_lines.all()] == [(world.desk, 1)]
    assert DemoPayment.objects.get().state == "cancelled"
    assert order.payments.get().state == "cancelled"


def test_lapse_leaves_what_was_put_in_the_cart_meanwhile(world: World):
    order, _payment = started(world)
    put(world.bob, world.desk, 3)

    assert lapse_order(order, now=TOO_LATE).is_lapsed
    assert world.bob.cart_lines.get().quantity == 3


def test_lapse_remembers_what_credit_paid(world: World):
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    put(world.bob, world.desk)
    put(world.bob, world.mug)

    lapse_order(order_cart(world.bob), now=TOO_LATE)

    seen = dict(world.bob.cart_lines.values_list("product", "seen_payable"))
    assert seen == {world.desk.pk: True, world.mug.pk: False}


def test_lapse_ends_a_payment_that_no_provider_knows(world: World, monkeypatch: pytest.MonkeyPatch):
    order = order_of(world.bob, world.desk)

    def away(self: DemoProvider, **request: object) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "create", away)
    with pytest.raises(ProviderUnavailable):
        start_payment(order, now=NOW)

    lapse_order(order, now=TOO_LATE)

    assert order.payments.get().state == "expired"


def test_lapse_twice_gives_back_once(world: World):
    order, _payment = started(world)

    lapse_order(order, now=TOO_LATE)
    lapse_order(order, now=TOO_LATE)

    assert (credit_of(world), stock_of(world.desk)) == (Decimal("250.00"), 100)
    assert kinds(world) == ["grant", "reserve", "release"]


def test_lapse_waits_until_the_time_is_over(world: World):
    order, _payment = started(world)

    assert lapse_order(order, now=order.pay_before - dt.timedelta(seconds=1)).awaits_payment
    assert kinds(world) == ["grant", "reserve"]


def test_lapse_of_an_order_that_was_never_paid_at_all(world: World):
    order = order_of(world.bob, world.desk)

    assert lapse_order(order, now=TOO_LATE).is_lapsed
    assert credit_of(world) == Decimal("250.00")


def test_lapse_asks_first_whether_it_was_paid(world: World):
    order, payment = started(world)
    at_the_bank(payment, "paid")

    assert lapse_order(order, now=TOO_LATE).is_confirmed
    assert kinds(world) == ["grant", "reserve", "release", "spend"]


def test_lapse_does_not_wait_for_a_provider_that_is_away(world: World, monkeypatch: pytest.MonkeyPatch):
    order, _payment = started(world)

    def away(self: DemoProvider, provider_id: str) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "fetch", away)
    monkeypatch.setattr(DemoProvider, "cancel", away)

    assert lapse_order(order, now=TOO_LATE).is_lapsed
    assert credit_of(world) == Decimal("250.00")
    assert order.payments.get().state == "open"


def lapsed_but_paid(world: World) -> tuple[Order, Payment]:
    """An order that lapsed while its payment of EUR 149 was on its way."""
    order, payment = started(world)
    lapse_order(order, now=TOO_LATE)
    at_the_bank(payment, "paid")
    return order, payment


def test_late_payment_is_honoured_while_credit_and_stock_are_there(world: World):
    order, payment = lapsed_but_paid(world)

    settled = settle_payment(payment, now=TOO_LATE)

    order.refresh_from_db()
    assert (settled.state, order.state, order.lapsed_at) == ("paid", "confirmed", None)
    assert kinds(world) == ["grant", "reserve", "release", "spend"]
    assert (credit_of(world), stock_of(world.desk)) == (0, 99)
    assert not world.bob.cart_lines.exists()


def take_the_credit(world: World) -> None:
    ledger.spend(world.bob, amount=Decimal("1.00"), order_number="TW26-1", now=TOO_LATE)


def take_the_stock(world: World) -> None:
    Product.objects.filter(pk=world.desk.pk).update(stock=0)


def end_the_portal(world: World) -> None:
    Portal.objects.filter(pk=world.acme.pk).update(state="closed")


def disable_bob(world: World) -> None:
    Membership.objects.filter(pk=world.bob.pk).update(disabled_at=TOO_LATE)


def change_the_assortment(world: World) -> None:
    AssortmentCategory.objects.filter(portal=world.acme).delete()


@pytest.mark.parametrize("spoil", [take_the_credit, take_the_stock, end_the_portal, disable_bob, change_the_assortment])
def test_late_payment_that_cannot_be_honoured_is_given_back(world: World, spoil):
    order, payment = lapsed_but_paid(world)
    spoil(world)
    before = (kinds(world), stock_of(world.desk), credit_of(world))

    settled = settle_payment(payment, now=TOO_LATE)

    order.refresh_from_db()
    assert (settled.state, order.state) == ("refunded", "lapsed")
    assert DemoPayment.objects.get().refunded == Decimal("149.00")
    assert (kinds(world), stock_of(world.desk), credit_of(world)) == before
    assert not Mail.objects.filter(key__startswith="order-confirmed").exists()


def test_refund_that_the_provider_could_not_take_stays_due(world: World, monkeypatch: pytest.MonkeyPatch):
    _order, payment = lapsed_but_paid(world)
    take_the_stock(world)
    refund = DemoProvider.refund

    def away(self: DemoProvider, provider_id: str, **asked: object) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "refund", away)
    due = settle_payment(payment, now=TOO_LATE)
    monkeypatch.setattr(DemoProvider, "refund", refund)

    assert due.state == "refund_due"

    send_refunds()

    assert Payment.objects.get().state == "refunded"
    assert DemoPayment.objects.get().refunded == Decimal("149.00")
