"""Payments of the own part: paid, failed, told twice, late, given back; and orders that lapse."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from billing import ledger
from catalog.models import AssortmentCategory, Product
from orders.models import DemoPayment, Order, Payment
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.settlement import NothingToPay, give_back, hear_webhook, lapse_order, settle_payment, start_payment
from portals.models import Membership, OwnMoney, Portal
from tests.orders.conftest import order_cart, order_of, put
from tests.world import NOW, World

IN_TIME = NOW + dt.timedelta(minutes=10)
TOO_LATE = NOW + dt.timedelta(minutes=31)


def started(world: World) -> tuple[Order, Payment]:
    """Bob's desk of EUR 399: EUR 250 of credit reserved, a payment of EUR 149 open."""
    order = order_of(world.bob, world.desk)
    start_payment(order, now=NOW)
    return order, order.payments.get()


def at_the_bank(payment: Payment, state: str) -> None:
    DemoPayment.objects.filter(provider_id=payment.provider_id).update(state=state)


def credit_of(world: World, now: dt.datetime = TOO_LATE) -> Decimal:
    return ledger.available(world.bob, now=now)


def kinds(world: World) -> list[str]:
    return list(world.bob.entries.order_by("pk").values_list("kind", flat=True))


def stock_of(product: Product) -> int:
    return Product.objects.values_list("stock", flat=True).get(pk=product.pk)


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
        hear_webhook(world.acme, "demo", {"id": payment.provider_id}, now=IN_TIME)

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


def test_webhook_believes_the_provider_and_not_the_message(world: World):
    order, payment = started(world)

    hear_webhook(world.acme, "demo", {"id": payment.provider_id, "state": "paid", "amount": "149.00"}, now=IN_TIME)

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("awaiting_payment", "open")


def test_webhook_of_another_portal_settles_nothing(world: World):
    order, payment = started(world)
    at_the_bank(payment, "paid")

    hear_webhook(world.globex, "demo", {"id": payment.provider_id}, now=IN_TIME)

    order.refresh_from_db()
    assert order.awaits_payment


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
    assert not Mail.objects.exists()


def test_refund_that_the_provider_could_not_take_stays_due(world: World, monkeypatch: pytest.MonkeyPatch):
    _order, payment = lapsed_but_paid(world)
    take_the_stock(world)
    refund = DemoProvider.refund

    def away(self: DemoProvider, provider_id: str, *, amount: Decimal) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "refund", away)
    due = settle_payment(payment, now=TOO_LATE)
    monkeypatch.setattr(DemoProvider, "refund", refund)

    assert due.state == "refund_due"

    give_back(due, now=TOO_LATE)

    assert Payment.objects.get().state == "refunded"
    assert DemoPayment.objects.get().refunded == Decimal("149.00")


def test_payment_that_was_used_is_not_given_back(world: World):
    _order, payment = started(world)
    at_the_bank(payment, "paid")

    give_back(settle_payment(payment, now=IN_TIME), now=IN_TIME)

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
