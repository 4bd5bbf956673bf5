"""Orders that lapse while Mollie holds their payment, money that comes too late, and a Mollie that is away."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client

from catalog.models import Product
from orders.giving_back import give_back
from orders.models import Order, Payment, Refund
from orders.tasks import NothingWorked, send_refunds
from tests.orders.conftest import kinds, stock_of
from tests.orders.payments.conftest import (
    PAID,
    WAITING,
    Tell,
    come_back,
    lapse,
    last_id,
    order_desk,
    outcome,
    pay_again,
)
from tests.orders.payments.mollie_server import MollieServer
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("today", "right_books")


def test_order_that_lapses_cancels_its_payment(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)

    lapse()

    assert mollie.payments[last_id(mollie)]["status"] == "canceled"
    assert outcome(world) == ("lapsed", ["cancelled"], Decimal("250.00"))


def test_payment_between_lapse_and_cancel_is_honoured(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)
    mollie.before_cancel = lambda provider_id: mollie.put("paid", provider_id=provider_id)

    lapse()

    assert outcome(world) == PAID
    assert kinds(world) == ["grant", "reserve", "release", "spend"]


def test_late_payment_is_honoured_while_credit_and_stock_are_there(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order_desk(bob, world)
    mollie.put("pending")
    lapse()
    assert outcome(world) == ("lapsed", ["open"], Decimal("250.00"))
    mollie.put("paid")

    tell(last_id(mollie), name="mollie")

    assert outcome(world) == PAID
    assert (stock_of(world.desk), mollie.refunds[last_id(mollie)]) == (99, [])


def test_late_payment_that_cannot_be_used_is_given_back_once(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order_desk(bob, world)
    mollie.put("pending")
    lapse()
    Product.objects.filter(pk=world.desk.pk).update(stock=0)
    mollie.put("paid")

    for _ in range(2):
        tell(last_id(mollie), name="mollie")

    assert outcome(world) == ("lapsed", ["refunded"], Decimal("250.00"))
    assert [refund["amount"]["value"] for refund in mollie.refunds[last_id(mollie)]] == ["149.00"]
    assert "Je betaling kwam te laat. Je krijgt het hele bedrag terug." in come_back(bob)


def test_refund_whose_answer_is_lost_is_asked_again_and_made_once(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order_desk(bob, world)
    mollie.put("pending")
    lapse()
    Product.objects.filter(pk=world.desk.pk).update(stock=0)
    mollie.put("paid")
    mollie.faults = ["slow", "slow", "lost", "lost", "503", "503"]
    tell(last_id(mollie), name="mollie")
    assert Payment.objects.get().state == "refund_due"
    mollie.forget_keys()

    send_refunds()

    assert outcome(world) == ("lapsed", ["refunded"], Decimal("250.00"))
    assert [refund["amount"]["value"] for refund in mollie.refunds[last_id(mollie)]] == ["149.00"]


def test_own_money_goes_back_in_parts_each_once(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world, quantity=2)
    mollie.put("paid")
    tell(last_id(mollie), name="mollie")
    order = Order.objects.get()

    for _ in range(2):
        give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)
        mollie.faults = ["slow", "lost", "lost"]
        with pytest.raises(NothingWorked):
            send_refunds()
        mollie.forget_keys()
        send_refunds()
        send_refunds()

    assert [refund["amount"]["value"] for refund in mollie.refunds[last_id(mollie)]] == ["274.00", "274.00"]
    assert outcome(world) == ("cancelled", ["paid"], Decimal("250.00"))
    assert not Refund.objects.filter(done_at=None).exists()


def test_checkout_while_mollie_is_away_keeps_the_order(bob: Client, world: World, mollie: MollieServer):
    mollie.faults = ["503", "503"]

    page = order_desk(bob, world)

    assert "Betalen lukt op dit moment niet. Probeer het over een paar minuten opnieuw." in page
    assert outcome(world) == WAITING
    assert f"{mollie.url}/checkout/" in pay_again(bob)


def test_checkout_whose_answer_is_lost_goes_on_with_the_same_payment(bob: Client, world: World, mollie: MollieServer):
    mollie.faults = ["lost", "lost"]
    order_desk(bob, world)
    assert Payment.objects.get().provider_id is None

    pay_again(bob)

    assert list(mollie.payments) == [Payment.objects.get().provider_id]


def test_payment_that_mollie_denies_holds_no_credit(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)
    mollie.payments.clear()
    assert "We hebben nog niets van de bank gehoord." in come_back(bob)

    lapse()

    assert outcome(world) == ("lapsed", ["open"], Decimal("250.00"))
