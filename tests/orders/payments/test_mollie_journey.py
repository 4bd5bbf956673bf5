"""From the checkout to Mollie and back: however the payment goes, and however often and early we hear of it."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import set_urlconf

from accounts.models import Mail
from orders.models import Order
from orders.payments.mollie import MollieProvider
from orders.payments.port import RemotePayment
from orders.settlement import start_payment
from orders.tasks import finish_payments
from tests.orders.conftest import GLOBEX, HOME, kinds, order_of, put
from tests.orders.payments.conftest import PAID, WAITING, Tell, come_back, last_id, order_desk, outcome, pay_again
from tests.orders.payments.mollie_server import MollieServer
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("today", "right_books")


def test_checkout_leads_to_the_page_of_mollie_by_a_page_of_our_own(bob: Client, world: World, mollie: MollieServer):
    page = order_desk(bob, world)

    address = f"{mollie.url}/checkout/{last_id(mollie)}"
    assert f'<meta http-equiv="refresh" content="0; url={address}">' in page
    assert f'<a class="button button--primary button--wide" href="{address}">' in page
    assert mollie.payments[last_id(mollie)]["amount"] == {"currency": "EUR", "value": "149.00"}
    assert outcome(world) == WAITING


def test_mollie_learns_nothing_of_who_orders_what(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    mollie.put("paid")
    tell(last_id(mollie), name="mollie")

    sent = json.dumps([[path, body, headers] for _method, path, body, headers in mollie.requests]).lower()
    order = Order.objects.get()
    assert order.number.lower() in sent
    words = ("bob", "vries", "lindelaan", "3512 ab", "utrecht", "lift", "bureau", world.desk.sku.lower())
    assert [word for word in words if word in sent] == []


@pytest.mark.parametrize(("language", "country", "locale"), [("nl", "BE", "nl_BE"), ("en", "NL", "en_US")])
def test_mollie_speaks_as_the_employee(world: World, mollie: MollieServer, language: str, country: str, locale: str):
    order = order_of(world.bob, world.desk, language=language, address=replace(HOME, country=country))

    start_payment(order, now=NOW)

    assert mollie.payments[last_id(mollie)]["locale"] == locale


def test_ways_to_pay_are_named_in_the_order_of_the_settings(bob: Client, world: World, mollie: MollieServer, settings):
    put(world.bob, world.desk)
    assert "Je kunt betalen met iDEAL | Wero, kaart of Bancontact." in bob.get("/checkout/").content.decode()

    settings.MOLLIE_METHODS = "creditcard=Visa, ideal"
    assert "Je kunt betalen met Visa of iDEAL | Wero." in bob.get("/checkout/").content.decode()


def test_paid_is_confirmed_by_the_webhook(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    mollie.put("paid")

    assert tell(last_id(mollie), name="mollie").content == b"ok"

    assert outcome(world) == PAID
    assert kinds(world) == ["grant", "reserve", "release", "spend"]
    assert "Bedankt, je bestelling is bevestigd" in come_back(bob)


def test_paid_is_confirmed_on_the_way_back(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)
    mollie.put("paid")

    assert "Bedankt, je bestelling is bevestigd" in come_back(bob)

    assert outcome(world) == PAID


def test_paid_is_found_when_nobody_tells(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)
    mollie.put("paid")

    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        finish_payments()

    assert outcome(world) == PAID


def test_webhook_that_comes_again_changes_nothing(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    tell(last_id(mollie), name="mollie")
    mollie.put("paid")

    for _ in range(3):
        tell(last_id(mollie), name="mollie")
        come_back(bob)

    assert outcome(world) == PAID
    assert kinds(world) == ["grant", "reserve", "release", "spend"]
    assert Mail.objects.count() == 1


def test_webhook_that_claims_a_state_is_not_believed(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)

    tell(last_id(mollie), name="mollie", status="paid", amount="149.00")

    assert outcome(world) == WAITING


@pytest.mark.parametrize("then", ["tell", "come_back", "finish"])
def test_webhook_before_we_know_the_id_ends_in_the_same_state(
    bob: Client, world: World, mollie: MollieServer, tell: Tell, monkeypatch: pytest.MonkeyPatch, then: str
):
    create, answers = MollieProvider.create, []

    def told_at_once(self: MollieProvider, **asked: object) -> RemotePayment:
        remote = create(self, **asked)
        mollie.put("paid")
        answers.append(tell(remote.provider_id, name="mollie"))
        set_urlconf(django_settings.PORTAL_URLCONF)  # The end of that request took it away.
        return remote

    monkeypatch.setattr(MollieProvider, "create", told_at_once)
    order_desk(bob, world)
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"ok")]
    assert outcome(world) == WAITING

    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        {"tell": lambda: tell(last_id(mollie), name="mollie"), "come_back": lambda: come_back(bob)}.get(
            then, finish_payments
        )()

    assert outcome(world) == PAID


def test_webhook_asks_mollie_nothing_while_it_waits(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)
    asked = len(mollie.requests)

    answers = [
        Client(HTTP_HOST="acme.localhost").post("/payments/mollie/webhook/", {"id": told})
        for told in (last_id(mollie), "tr_unknown", "nonsense", "")
    ]

    assert {(answer.status_code, answer.content, str(answer.headers)) for answer in answers} == {
        (200, b"ok", str(answers[0].headers))
    }
    assert len(mollie.requests) == asked


def test_webhook_on_the_other_portals_host_settles_nothing(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    mollie.put("paid")

    assert tell(last_id(mollie), name="mollie", host=GLOBEX).content == b"ok"

    assert outcome(world) == WAITING


@pytest.mark.parametrize(("status", "state"), [("failed", "failed"), ("canceled", "cancelled"), ("expired", "expired")])
def test_unpaid_is_tried_again_for_the_same_remainder(
    bob: Client, world: World, mollie: MollieServer, tell: Tell, status: str, state: str
):
    order_desk(bob, world)
    mollie.put(status)
    assert "Er is niets afgeschreven." in come_back(bob)
    assert outcome(world) == ("awaiting_payment", [state], Decimal("0.00"))

    pay_again(bob)
    mollie.put("paid")
    tell(last_id(mollie), name="mollie")

    assert outcome(world) == ("confirmed", [state, "paid"], Decimal("0.00"))
    assert [payment["amount"]["value"] for payment in mollie.payments.values()] == ["149.00", "149.00"]
    assert kinds(world) == ["grant", "reserve", "release", "spend"]


def test_webhooks_out_of_order_end_in_the_same_state(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    first = last_id(mollie)
    mollie.put("failed")
    pay_again(bob)
    mollie.put("paid")

    for told in (last_id(mollie), first, first, last_id(mollie)):
        tell(told, name="mollie")

    assert outcome(world) == ("confirmed", ["failed", "paid"], Decimal("0.00"))
    assert Mail.objects.count() == 1


def test_both_attempts_paid_gives_the_second_payment_back(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    first = last_id(mollie)
    mollie.put("failed")
    pay_again(bob)
    mollie.put("paid")
    mollie.put("paid", provider_id=first)

    for told in (last_id(mollie), first, first):
        tell(told, name="mollie")

    assert outcome(world) == ("confirmed", ["refunded", "paid"], Decimal("0.00"))
    assert [refund["amount"]["value"] for refund in mollie.refunds[first]] == ["149.00"]
    assert mollie.refunds[last_id(mollie)] == []


def test_open_payment_is_paid_where_it_was_begun(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)

    assert f"{mollie.url}/checkout/{last_id(mollie)}" in pay_again(bob)

    assert len(mollie.payments) == 1


def test_payment_that_the_bank_is_busy_with_is_not_made_twice(bob: Client, world: World, mollie: MollieServer):
    order_desk(bob, world)
    mollie.put("pending")

    page = pay_again(bob)

    assert "We wachten op je betaling." in page
    assert (len(mollie.payments), outcome(world)) == (1, WAITING)
