"""Money that leaves again after Mollie had it: chargebacks, and refunds that fail on their way."""

import uuid
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Mail
from catalog.models import Product
from orders.giving_back import give_back
from orders.models import Chargeback, Order, Payment, Refund
from orders.payments.mollie import MollieProvider
from orders.payments.port import ProviderUnavailable
from orders.refunds import send_again
from orders.settlement import settle_payment
from orders.tasks import follow_refunds, send_refunds
from tests.orders.conftest import TOO_LATE, kinds
from tests.orders.payments.conftest import PAID, Tell, lapse, last_id, order_desk, outcome
from tests.orders.payments.mollie_server import MollieServer
from tests.world import NOW, World, make_colleague
from thuiswerk.lib.money import euro

REVERSED = "2026-11-24T09:00:00+00:00"
TAKEN = euro(Decimal("149.00"))

pytestmark = pytest.mark.usefixtures("today", "right_books")


def paid_desks(bob: Client, world: World, mollie: MollieServer, tell: Tell, quantity: int = 1) -> Order:
    """Desks of EUR 399 each, of which credit paid EUR 250; delivered to nobody yet."""
    order_desk(bob, world, quantity)
    mollie.put("paid")
    tell(last_id(mollie), name="mollie")
    return Order.objects.get()


def cancel_one(order: Order) -> Refund:
    return give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW).refund


def told(order: Order) -> list[str]:
    """What the timeline tells after the payment."""
    return list(order.events.order_by("pk").values_list("kind", flat=True))[2:]


def refunded(mollie: MollieServer) -> list[tuple[str, str]]:
    return [(refund["amount"]["value"], refund["status"]) for refund in mollie.refunds[last_id(mollie)]]


def mails_to_operator() -> list[str]:
    return list(Mail.objects.filter(to=settings.OPERATOR["email"]).values_list("subject", flat=True))


@pytest.fixture
def without_second_factor(settings) -> None:
    settings.DEMO = True


def service_client() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(make_colleague("service@thuiswerk.example", "Sam Service", role="customer_service"))
    return client


def test_fetch_tells_what_the_bank_took_and_which_refunds_failed(mollie: MollieServer):
    asked = {"key": "TW26-1-1", "description": "Acme", "return_url": "https://acme.example/", "locale": "nl_NL"}
    provider_id = MollieProvider().create(amount=Decimal("149.00"), **asked).provider_id
    mollie.put("paid")
    mollie.charge_back("20.00")
    mollie.charge_back("9.50")["reversedAt"] = REVERSED
    for key in ("a", "b", "c"):
        MollieProvider().refund(provider_id, amount=Decimal("10.00"), key=key)
    mollie.refunds[provider_id][0]["status"] = mollie.refunds[provider_id][1]["status"] = "failed"
    MollieProvider().refund(provider_id, amount=Decimal("10.00"), key="a")
    mollie.refunds[provider_id].append({"id": "re_hand", "status": "failed", "metadata": "by hand", "amount": {}})

    remote = MollieProvider().fetch(provider_id)

    assert [(taken.amount, taken.is_reversed) for taken in remote.chargebacks] == [
        (Decimal("20.00"), False),
        (Decimal("9.50"), True),
    ]
    assert remote.failed_refunds == {"b": 1}


@pytest.mark.parametrize("chargeback", [{}, {"id": "chb_1"}, {"id": "chb_1", "amount": {"value": "much"}}])
def test_chargeback_that_cannot_be_read_changes_nothing(
    bob: Client, world: World, mollie: MollieServer, tell: Tell, chargeback: dict
):
    order = paid_desks(bob, world, mollie, tell)
    mollie.chargebacks[last_id(mollie)].append(chargeback)

    with pytest.raises(ProviderUnavailable):
        settle_payment(order.payments.get(), now=NOW)

    assert (outcome(world), Chargeback.objects.count()) == (PAID, 0)


def test_chargeback_is_noted_once_and_told_to_the_operator(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order = paid_desks(bob, world, mollie, tell)
    mollie.charge_back("149.00")

    for _ in range(2):
        tell(last_id(mollie), name="mollie")

    taken = Chargeback.objects.get()
    assert (taken.amount, taken.portal, taken.payment, taken.reversed_at) == (
        Decimal("149.00"),
        world.acme,
        order.payments.get(),
        None,
    )
    assert (outcome(world), kinds(world), told(order)) == (
        PAID,
        ["grant", "reserve", "release", "spend"],
        ["charged_back"],
    )
    assert mails_to_operator() == [f"Betaling teruggehaald door de bank: bestelling {order.number}"]


def test_chargeback_that_comes_back_stays_so_however_late_an_older_answer_is(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order = paid_desks(bob, world, mollie, tell)
    chargeback = mollie.charge_back("149.00")
    tell(last_id(mollie), name="mollie")
    for reversed_at in (REVERSED, REVERSED, None):
        chargeback["reversedAt"] = reversed_at
        tell(last_id(mollie), name="mollie")
    mollie.chargebacks[last_id(mollie)].clear()
    tell(last_id(mollie), name="mollie")

    assert Chargeback.objects.get().reversed_at == NOW
    assert told(order) == ["charged_back", "chargeback_reversed"]


def test_money_that_the_bank_took_is_not_given_back_as_well(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order = paid_desks(bob, world, mollie, tell)
    chargeback = mollie.charge_back("149.00")
    tell(last_id(mollie), name="mollie")
    refund = cancel_one(order)

    send_refunds()

    assert (refunded(mollie), list(Refund.objects.held())) == ([], [refund])
    assert outcome(world) == ("cancelled", ["paid"], Decimal("250.00"))

    chargeback["reversedAt"] = REVERSED
    tell(last_id(mollie), name="mollie")
    for _ in range(2):
        send_refunds()

    assert refunded(mollie) == [("149.00", "pending")]


def test_bank_that_took_a_part_leaves_the_rest_to_be_given_back(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order = paid_desks(bob, world, mollie, tell, quantity=2)
    mollie.charge_back("274.00")
    tell(last_id(mollie), name="mollie")
    first, second = cancel_one(order), cancel_one(order)

    send_refunds()

    assert refunded(mollie) == [("274.00", "pending")]
    assert (list(Refund.objects.exclude(done_at=None)), list(Refund.objects.held())) == ([first], [second])


def test_payment_that_came_too_late_and_was_taken_back_is_held(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    order_desk(bob, world)
    mollie.put("pending")
    lapse()
    Product.objects.filter(pk=world.desk.pk).update(stock=0)
    mollie.put("paid")
    mollie.charge_back("149.00")

    tell(last_id(mollie), name="mollie")
    send_refunds()

    assert outcome(world) == ("lapsed", ["refund_due"], Decimal("250.00"))
    assert refunded(mollie) == []


def test_refund_that_fails_on_its_way_waits_until_somebody_sends_it_again(
    bob: Client, world: World, mollie: MollieServer, tell: Tell, without_second_factor: None
):
    order = paid_desks(bob, world, mollie, tell)
    refund = cancel_one(order)
    send_refunds()
    mollie.fail_refund()

    for _ in range(2):
        tell(last_id(mollie), name="mollie")
        send_refunds()

    refund.refresh_from_db()
    assert (refund.failed_at, refund.done_at, refund.failures) == (NOW, None, 1)
    assert (refunded(mollie), told(order)) == ([("149.00", "failed")], ["cancelled", "refunded", "refund_failed"])
    assert mails_to_operator() == [f"Terugbetalen is niet gelukt: bestelling {order.number}"]

    page = service_client().post(
        reverse("admin:orders_refund_changelist"),
        {"action": "send_again", "_selected_action": [refund.pk]},
        follow=True,
    )
    assert "1 terugbetaling wordt opnieuw verstuurd." in page.text
    send_refunds()
    tell(last_id(mollie), name="mollie")

    refund.refresh_from_db()
    assert (refund.failed_at, refund.done_at) == (None, NOW)
    assert refunded(mollie) == [("149.00", "failed"), ("149.00", "pending")]


def test_older_answer_does_not_let_a_refund_fail_that_was_sent_again(
    bob: Client, world: World, mollie: MollieServer, tell: Tell
):
    refund = cancel_one(paid_desks(bob, world, mollie, tell))
    send_refunds()
    mollie.fail_refund()
    tell(last_id(mollie), name="mollie")
    send_again(Refund.objects.all())
    send_refunds()
    second = mollie.refunds[last_id(mollie)].pop()

    tell(last_id(mollie), name="mollie")

    refund.refresh_from_db()
    assert (refund.failed_at, refund.done_at, second["status"]) == (None, NOW, "pending")


def test_refund_that_fails_while_it_is_sent_is_not_taken_for_done(
    bob: Client, world: World, mollie: MollieServer, tell: Tell, monkeypatch: pytest.MonkeyPatch
):
    order = paid_desks(bob, world, mollie, tell)
    refund, ask = cancel_one(order), MollieProvider.refund

    def fails_at_once(self: MollieProvider, provider_id: str, *, amount: Decimal, key: str) -> None:
        ask(self, provider_id, amount=amount, key=key)
        mollie.fail_refund()
        settle_payment(order.payments.get(), now=NOW)

    monkeypatch.setattr(MollieProvider, "refund", fails_at_once)
    send_refunds()

    refund.refresh_from_db()
    assert (refund.failed_at, refund.done_at) == (NOW, None)
    assert told(order) == ["cancelled", "refund_failed"]


def test_unused_payment_whose_refund_fails_is_due_again(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    order_desk(bob, world)
    mollie.put("pending")
    lapse()
    Product.objects.filter(pk=world.desk.pk).update(stock=0)
    mollie.put("paid")
    tell(last_id(mollie), name="mollie")
    assert outcome(world) == ("lapsed", ["refunded"], Decimal("250.00"))
    mollie.fail_refund("canceled")

    tell(last_id(mollie), name="mollie")
    assert Payment.objects.get().state == "refund_due"
    send_again(Refund.objects.all())
    send_refunds()

    assert outcome(world) == ("lapsed", ["refunded"], Decimal("250.00"))
    assert refunded(mollie) == [("149.00", "canceled"), ("149.00", "pending")]


def test_refund_that_failed_is_found_without_a_webhook(bob: Client, world: World, mollie: MollieServer, tell: Tell):
    refund = cancel_one(paid_desks(bob, world, mollie, tell))
    send_refunds()
    mollie.fail_refund()

    with time_machine.travel(TOO_LATE, tick=False):
        follow_refunds()

    refund.refresh_from_db()
    assert refund.failed_at == TOO_LATE


def test_customer_service_is_warned_where_it_handles_the_order(
    bob: Client, world: World, mollie: MollieServer, tell: Tell, without_second_factor: None
):
    order = paid_desks(bob, world, mollie, tell)
    service, warning = service_client(), f"De bank van de medewerker haalde {TAKEN} van de eigen bijdrage terug."
    handling = reverse("admin:orders_order_handle", args=[order.pk])
    assert warning not in service.get(handling).text
    chargeback = mollie.charge_back("149.00")
    tell(last_id(mollie), name="mollie")

    assert warning in service.get(handling).text
    assert TAKEN in service.get(reverse("admin:orders_payment_changelist")).text
    assert "Betaling teruggehaald door de bank" in bob.get(f"/orders/{order.number}/").text

    chargeback["reversedAt"] = REVERSED
    tell(last_id(mollie), name="mollie")
    assert warning not in service.get(handling).text
