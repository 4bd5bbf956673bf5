"""From the demo bank back to the order, and what the webhook answers."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from catalog.models import Product
from orders.giving_up import lapse_order
from orders.models import Order, Payment
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.tasks import finish_payments
from tests.orders.conftest import ACME, GLOBEX, at_the_bank, started
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def payment(world: World) -> Payment:
    return started(world)[1]


@pytest.mark.parametrize(
    ("outcome", "state", "told"),
    [
        ("paid", "confirmed", "Bedankt, je bestelling is bevestigd"),
        ("twice", "confirmed", "Bedankt, je bestelling is bevestigd"),
        ("failed", "awaiting_payment", "De betaling is niet gelukt."),
        ("expired", "awaiting_payment", "De betaling is niet gelukt."),
        ("cancelled", "awaiting_payment", "Je hebt de betaling geannuleerd."),
    ],
)
def test_outcome_at_the_demo_bank_shows_on_the_order(
    bob: Client, payment: Payment, world: World, outcome: str, state: str, told: str
):
    page = bob.post(f"/payments/demo/{payment.provider_id}/", {"outcome": outcome}, follow=True)

    order = Order.objects.get()
    assert [url for url, _ in page.redirect_chain][1:] == [f"/orders/{order.number}/?placed"]
    assert (order.state, world.bob.entries.filter(kind="spend").count()) == (state, int(state == "confirmed"))
    assert told in page.content.decode()


def test_failed_payment_is_tried_again_for_the_same_remainder(bob: Client, payment: Payment):
    bob.post(f"/payments/demo/{payment.provider_id}/", {"outcome": "failed"})
    order = Order.objects.get()

    page = bob.post(f"/orders/{order.number}/payment/", follow=True)

    assert "€\xa0149,00" in page.content.decode()
    assert [str(attempt.amount) for attempt in order.payments.all()] == ["149.00", "149.00"]


def test_payment_of_an_order_whose_time_is_over_says_so(bob: Client, payment: Payment):
    Order.objects.update(pay_before=NOW)

    page = bob.post(f"/orders/{Order.objects.get().number}/payment/", follow=True)

    assert "De tijd om deze bestelling te betalen is voorbij." in page.content.decode()
    assert Payment.objects.get() == payment


def test_order_says_that_a_payment_which_came_too_late_comes_back(bob: Client, payment: Payment, world: World, tell):
    order = lapse_order(Order.objects.get(), now=NOW + dt.timedelta(hours=1))
    Product.objects.filter(pk=world.desk.pk).update(stock=0)
    at_the_bank(payment, "paid")
    tell(payment.provider_id)

    page = bob.get(f"/orders/{order.number}/").content.decode()

    assert "Je betaling kwam te laat. Je krijgt het hele bedrag terug." in page
    assert Payment.objects.get().state == "refunded"


def test_demo_bank_refuses_another_outcome(bob: Client, payment: Payment):
    bob.post(f"/payments/demo/{payment.provider_id}/", {"outcome": "open"})

    payment.refresh_from_db()
    assert payment.state == "open"


def test_demo_bank_shows_that_a_payment_has_ended(bob: Client, payment: Payment):
    address = f"/payments/demo/{payment.provider_id}/"
    bob.post(address, {"outcome": "failed"})
    bob.post(address, {"outcome": "paid"})

    assert "Deze betaling is afgerond: mislukt." in bob.get(address).content.decode()
    assert Order.objects.get().state == "awaiting_payment"


def test_demo_bank_is_closed_where_another_provider_is_used(bob: Client, payment: Payment, settings):
    settings.PAYMENT_PROVIDER = "other"

    assert bob.post(f"/payments/demo/{payment.provider_id}/", {"outcome": "paid"}).status_code == 404
    assert Order.objects.get().state == "awaiting_payment"


def test_webhook_answers_known_and_unknown_ids_alike(payment: Payment, tell):
    answers = [tell(asked) for asked in (payment.provider_id, "demo_0000000000000000", "", "\0")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"ok")}
    assert Order.objects.get().state == "awaiting_payment"


def test_webhook_asks_nobody_while_the_provider_waits(payment: Payment, monkeypatch):
    at_the_bank(payment, "paid")
    monkeypatch.setattr(DemoProvider, "fetch", lambda self, provider_id: pytest.fail("asked"))

    answer = Client(HTTP_HOST=ACME).post("/payments/demo/webhook/", {"id": payment.provider_id})

    assert (answer.status_code, Order.objects.get().state) == (200, "awaiting_payment")


def test_webhook_of_a_provider_that_is_away_leaves_the_payment_to_the_next_run(payment: Payment, tell, monkeypatch):
    def away(self: DemoProvider, provider_id: str) -> None:
        raise ProviderUnavailable

    at_the_bank(payment, "paid")
    with monkeypatch.context() as patch:
        patch.setattr(DemoProvider, "fetch", away)
        assert tell(payment.provider_id).status_code == 200
    assert Order.objects.get().state == "awaiting_payment"

    with time_machine.travel(NOW + dt.timedelta(minutes=6)):
        finish_payments()
    assert Order.objects.get().state == "confirmed"


def test_webhook_on_the_other_portals_host_settles_nothing(payment: Payment, tell):
    at_the_bank(payment, "paid")

    tell(payment.provider_id, host=GLOBEX)
    assert Order.objects.get().state == "awaiting_payment"

    tell(payment.provider_id)
    assert Order.objects.get().state == "confirmed"


def test_webhook_of_an_unknown_provider_is_not_found(world: World):
    assert Client(HTTP_HOST=ACME).post("/payments/other/webhook/", {"id": "1"}).status_code == 404


def test_return_asks_the_provider_itself(bob: Client, payment: Payment):
    at_the_bank(payment, "paid")
    order = Order.objects.get()

    bob.get(f"/orders/{order.number}/return/")

    order.refresh_from_db()
    assert order.state == "confirmed"


def test_return_while_the_provider_is_away_shows_the_order(bob: Client, payment: Payment, monkeypatch):
    def away(self: DemoProvider, provider_id: str) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "fetch", away)

    page = bob.get(f"/orders/{Order.objects.get().number}/return/", follow=True)

    assert "We hebben nog niets van de bank gehoord." in page.content.decode()
