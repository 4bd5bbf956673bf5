"""Payments of the own part: opened, paid, failed, told twice, given back."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from orders.giving_up import lapse_order
from orders.models import DemoPayment, Order, Payment
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.settlement import NothingToPay, payment_told, settle_payment, start_payment
from orders.tasks import send_refunds
from tests.orders.conftest import IN_TIME, TOO_LATE, at_the_bank, credit_of, kinds, order_of, started
from tests.world import NOW, World


def test_start_opens_one_payment_of_the_remainder(world: World):
    order = order_of(world.bob, world.desk)

    first, second = start_payment(order, now=NOW), start_payment(order, now=IN_TIME)

    payment = order.payments.get()
    assert first == second == f"http://acme.localhost/payments/demo/{payment.provider_id}/"
    assert (payment.amount, payment.state, payment.portal) == (Decimal("149.00"), "open", world.acme)
    assert DemoPayment.objects.get().amount == Decimal("149.00")


def test_start_refuses_an_order_that_awaits_nothing(world: World):
    order = order_of(world.bob, world.chair)

    with pytest.raises(NothingToPay):
        start_payment(order, now=NOW)

    assert not Payment.objects.exists()


def test_start_refuses_when_the_time_is_over(world: World):
    order = order_of(world.bob, world.desk)

    with pytest.raises(NothingToPay):
        start_payment(order, now=order.pay_before)

    assert not Payment.objects.exists()


def test_start_goes_on_after_the_provider_was_away(world: World, monkeypatch: pytest.MonkeyPatch):
    order = order_of(world.bob, world.desk)
    create = DemoProvider.create

    def answer_is_lost(self: DemoProvider, **request: object) -> None:
        create(self, **request)
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "create", answer_is_lost)
    with pytest.raises(ProviderUnavailable):
        start_payment(order, now=NOW)
    monkeypatch.setattr(DemoProvider, "create", create)

    start_payment(order, now=IN_TIME)

    assert DemoPayment.objects.get().provider_id == order.payments.get().provider_id


STEPS: dict[str, Callable[[Order, Payment], object]] = {
    "start": lambda order, payment: start_payment(order, now=IN_TIME),
    "settle": lambda order, payment: settle_payment(payment, now=IN_TIME),
    "lapse": lambda order, payment: lapse_order(order, now=TOO_LATE),
}


@pytest.mark.parametrize("step", STEPS)
def test_every_step_locks_the_membership_before_it_reads_the_order(world: World, step: str):
    order, payment = started(world)

    with CaptureQueriesContext(connection) as captured:
        STEPS[step](order, payment)

    statements = [query["sql"] for query in captured]
    reading = next(number for number, sql in enumerate(statements) if 'FROM "orders_order"' in sql)
    assert 'FROM "portals_membership"' in statements[reading - 1]
    assert statements[reading - 1].endswith("FOR NO KEY UPDATE")


def test_paid_confirms_and_spends_what_was_reserved(world: World):
    order, payment = started(world)
    at_the_bank(payment, "paid")

    settled = settle_payment(payment, now=IN_TIME)

    order.refresh_from_db()
    assert (settled.state, settled.settled_at) == ("paid", IN_TIME)
    assert (order.state, order.confirmed_at) == ("confirmed", IN_TIME)
    assert kinds(world) == ["grant", "reserve", "release", "spend"]
    assert credit_of(world) == 0
    assert Mail.objects.get().key == f"order-confirmed:{order.number}"


def test_open_payment_changes_nothing(world: World):
    order, payment = started(world)

    settled = settle_payment(payment, now=IN_TIME)

    order.refresh_from_db()
    assert (settled.state, settled.settled_at, order.state) == ("open", None, "awaiting_payment")


@pytest.mark.parametrize("outcome", ["failed", "cancelled", "expired"])
def test_unpaid_keeps_the_order_and_tries_again_for_the_same_remainder(world: World, outcome: str):
    order, payment = started(world)
    at_the_bank(payment, outcome)

    settled = settle_payment(payment, now=IN_TIME)
    start_payment(order, now=IN_TIME)

    order.refresh_from_db()
    again = order.payments.get(state="open")
    assert (settled.state, order.state) == (outcome, "awaiting_payment")
    assert (again.pk != payment.pk, again.amount) == (True, Decimal("149.00"))
    assert kinds(world) == ["grant", "reserve"]


def test_start_after_a_failure_that_nobody_told_opens_a_new_payment(world: World):
    order, payment = started(world)
    at_the_bank(payment, "failed")

    address = start_payment(order, now=IN_TIME)

    assert list(order.payments.order_by("pk").values_list("state", flat=True)) == ["failed", "open"]
    assert payment.provider_id not in address


def test_second_attempt_that_is_paid_confirms(world: World):
    order, first = started(world)
    at_the_bank(first, "failed")
    start_payment(order, now=IN_TIME)
    second = order.payments.get(state="open")
    at_the_bank(second, "paid")

    settle_payment(second, now=IN_TIME)

    order.refresh_from_db()
    assert order.is_confirmed
    assert list(order.payments.order_by("pk").values_list("state", flat=True)) == ["failed", "paid"]


def test_webhook_told_twice_settles_once(world: World):
    order, payment = started(world)
    at_the_bank(payment, "paid")

    for _ in range(2):
        settle_payment(payment_told(world.acme, "demo", {"id": payment.provider_id}), now=IN_TIME)

    assert kinds(world) == ["grant", "reserve", "release", "spend"]
    assert Mail.objects.count() == 1
    assert order.payments.get().state == "paid"


def test_webhook_and_return_that_read_the_open_payment_both_settle_it_once(world: World):
    order, read_by_webhook = started(world)
    at_the_bank(read_by_webhook, "paid")
    read_by_return = order.payments.get()

    states = [settle_payment(payment, now=IN_TIME).state for payment in (read_by_webhook, read_by_return)]

    assert states == ["paid", "paid"]
    assert kinds(world) == ["grant", "reserve", "release", "spend"]
    assert Mail.objects.count() == 1


def test_webhook_believes_the_provider_and_not_the_message(world: World, tell):
    order, payment = started(world)

    tell(payment.provider_id, state="paid", amount="149.00")

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("awaiting_payment", "open")


def test_webhook_of_another_portal_is_about_nothing(world: World):
    _order, payment = started(world)
    message = {"id": payment.provider_id}

    assert payment_told(world.globex, "demo", message) is None
    assert payment_told(world.acme, "demo", message) == payment


def test_payment_that_was_used_is_not_given_back(world: World):
    _order, payment = started(world)
    at_the_bank(payment, "paid")

    settle_payment(payment, now=IN_TIME)
    send_refunds()

    assert Payment.objects.get().state == "paid"
    assert DemoPayment.objects.get().refunded == 0


def test_second_payment_of_an_order_that_is_paid_is_given_back(world: World):
    order, first = started(world)
    at_the_bank(first, "failed")
    start_payment(order, now=IN_TIME)
    second = order.payments.get(state="open")
    for payment in (second, first):
        at_the_bank(payment, "paid")
        settle_payment(payment, now=IN_TIME)

    assert list(order.payments.order_by("pk").values_list("state", flat=True)) == ["refunded", "paid"]
    assert kinds(world) == ["grant", "reserve", "release", "spend"]


def test_other_amount_than_asked_is_given_back_as_it_came(world: World):
    order, payment = started(world)
    DemoPayment.objects.update(amount=Decimal("1.49"), state="paid")

    settled = settle_payment(payment, now=IN_TIME)

    order.refresh_from_db()
    assert (settled.state, settled.amount, order.state) == ("refunded", Decimal("1.49"), "awaiting_payment")
    assert DemoPayment.objects.get().refunded == Decimal("1.49")


def test_start_refuses_where_nobody_takes_payments(world: World, settings):
    order = order_of(world.bob, world.desk)
    settings.PAYMENT_PROVIDER = ""

    with pytest.raises(ProviderUnavailable):
        start_payment(order, now=NOW)

    assert not order.payments.exists()
