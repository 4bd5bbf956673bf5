"""What the minute tasks find by themselves."""

import datetime as dt

import pytest
import time_machine

from orders.giving_up import lapse_order
from orders.models import DemoPayment, Order
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.settlement import settle_payment, start_payment
from orders.tasks import NothingWorked, finish_payments, lapse_unpaid_orders, send_refunds
from tests.orders.conftest import order_of
from tests.world import NOW, World


def waiting(world: World, name: str = "bob") -> Order:
    order = order_of(getattr(world, name), world.desk)
    start_payment(order, now=NOW)
    return order


def states() -> list[str]:
    return list(Order.objects.order_by("pk").values_list("state", flat=True))


def test_lapse_finds_the_orders_that_are_due(world: World):
    waiting(world)
    order_of(world.alice, world.chair, now=NOW + dt.timedelta(minutes=5))
    order_of(world.charlie, world.chair)

    with time_machine.travel(NOW + dt.timedelta(minutes=30), tick=False):
        lapse_unpaid_orders()
        lapse_unpaid_orders()

    assert states() == ["lapsed", "awaiting_payment", "confirmed"]


def test_lapse_of_one_order_that_fails_does_not_hold_up_the_next(world: World, monkeypatch: pytest.MonkeyPatch):
    bad, _good = waiting(world), waiting(world, "charlie")

    def fail_on_bad(order: Order, *, now: dt.datetime) -> None:
        if order.pk == bad.pk:
            raise RuntimeError
        lapse_order(order, now=now)

    monkeypatch.setattr("orders.tasks.lapse_order", fail_on_bad)

    with time_machine.travel(NOW + dt.timedelta(minutes=31), tick=False):
        lapse_unpaid_orders()

    assert states() == ["awaiting_payment", "lapsed"]


def test_lapse_that_fails_for_every_order_did_not_go_well(world: World, monkeypatch: pytest.MonkeyPatch):
    waiting(world)

    def fail(order: Order, *, now: dt.datetime) -> None:
        raise RuntimeError("the ledger is away")

    monkeypatch.setattr("orders.tasks.lapse_order", fail)

    with time_machine.travel(NOW + dt.timedelta(minutes=31), tick=False), pytest.raises(NothingWorked, match="away"):
        lapse_unpaid_orders()


def test_finish_settles_a_payment_whose_webhook_never_came(world: World):
    order = waiting(world)
    DemoPayment.objects.update(state="paid")

    with time_machine.travel(NOW + dt.timedelta(minutes=4), tick=False):
        finish_payments()
    assert states() == ["awaiting_payment"]

    with time_machine.travel(NOW + dt.timedelta(minutes=5), tick=False):
        finish_payments()
    assert states() == ["confirmed"]
    assert order.payments.get().state == "paid"


def test_send_gives_back_what_the_provider_could_not_take_before(world: World, monkeypatch: pytest.MonkeyPatch):
    order = waiting(world)
    late = NOW + dt.timedelta(minutes=31)
    lapse_order(order, now=late)
    world.acme.state = "closed"
    world.acme.save()
    DemoPayment.objects.update(state="paid")
    refund = DemoProvider.refund

    def away(self: DemoProvider, *args: object, **kwargs: object) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "refund", away)
    settle_payment(order.payments.get(), now=late)
    monkeypatch.setattr(DemoProvider, "refund", refund)

    with time_machine.travel(late, tick=False):
        send_refunds()

    assert order.payments.get().state == "refunded"
    assert DemoPayment.objects.get().refunded == 149
