"""What is mailed of an order that waits for its own part: that paying did not succeed, and that it was given up."""

import datetime as dt

import pytest
from django.test import Client

from accounts.models import Mail
from billing.models import Grant
from onboarding.roster import disable
from orders.giving_up import cancel_unpaid, lapse_order
from orders.models import DemoPayment, Order, Payment
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.settlement import settle_payment, start_payment
from orders.tasks import finish_payments, lapse_unpaid_orders
from portals.models import OwnMoney, Portal
from tests.orders.conftest import IN_TIME, TOO_LATE, at_the_bank, order_cart, order_of, put, started
from tests.world import NOW, World

FAILED = {
    "nl": [
        "De betaling van €\xa0149,00",
        "Er is niets van je afgeschreven.",
        "tot 16 november, 10:30 kun je het opnieuw proberen",
        "€\xa0250,00 van je tegoed",
        "Probeer opnieuw",
    ],
    "en": [
        "The payment of €\xa0149,00",
        "Nothing was taken from you.",
        "until 16 November, 10:30 you can try again",
        "€\xa0250,00 of your credit",
        "Try again",
    ],
}
LAPSED = {
    "nl": [
        "Je eigen bijdrage van €\xa0149,00",
        "voor 16 november, 10:30",
        "Je hebt niets betaald. De €\xa0250,00 van je tegoed",
        "Zit-sta bureau Lift",
        "weer in je winkelwagen",
        "http://acme.localhost/cart/",
    ],
    "en": [
        "Your own part of €\xa0149,00",
        "before 16 November, 10:30",
        "You have paid nothing. The €\xa0250,00 of your credit",
        "Zit-sta bureau Lift",
        "back in your cart",
        "http://acme.localhost/cart/",
    ],
}


def waiting(world: World, language: str = "nl") -> tuple[Order, Payment]:
    """As `started`, in a language."""
    order = order_of(world.bob, world.desk, language=language)
    start_payment(order, now=NOW)
    return order, order.payments.get()


def mailed() -> list[str]:
    """What every mail was about, by its key without the number of the order."""
    return [key.partition(":")[0] for key in Mail.objects.order_by("pk").values_list("key", flat=True)]


def reads(mail: Mail, *parts: str) -> None:
    """Both the text and the HTML of `mail` hold `parts`, and it went to Bob."""
    assert mail.to == "bob@acme.example"
    for part in parts:
        assert part in mail.text, part
        assert part in mail.html, part


@pytest.mark.parametrize("language", FAILED)
@pytest.mark.parametrize("outcome", ["failed", "expired"])
def test_failed_payment_says_until_when_to_try_again(world: World, language: str, outcome: str):
    order, payment = waiting(world, language)
    at_the_bank(payment, outcome)

    settle_payment(payment, now=IN_TIME)

    mail = Mail.objects.get()
    reads(mail, *FAILED[language], order.number, f"http://acme.localhost/orders/{order.number}/")
    assert order.number in mail.subject


def test_failed_payment_of_own_money_alone_speaks_of_no_credit(world: World):
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    put(world.bob, world.mug)
    order = order_cart(world.bob)
    start_payment(order, now=NOW)
    at_the_bank(order.payments.get(), "failed")

    settle_payment(order.payments.get(), now=IN_TIME)

    assert "tegoed" not in Mail.objects.get().text


def test_failure_is_mailed_once_however_often_it_is_told_and_tried(world: World, tell, clock):
    order, payment = started(world)
    at_the_bank(payment, "failed")
    clock.move_to(IN_TIME, tick=False)
    for _ in range(2):
        tell(payment.provider_id)
        settle_payment(payment, now=IN_TIME)  # as it was read before it was told
    start_payment(order, now=IN_TIME)
    at_the_bank(order.payments.first(), "failed")

    clock.move_to(IN_TIME + dt.timedelta(minutes=6), tick=False)
    finish_payments()
    settle_payment(order.payments.first(), now=IN_TIME)

    assert list(order.payments.values_list("state", flat=True)) == ["failed", "failed"]
    assert mailed() == ["payment-failed"]


def test_who_called_the_payment_off_is_not_told_of_it(world: World):
    _order, payment = started(world)
    at_the_bank(payment, "cancelled")

    assert settle_payment(payment, now=IN_TIME).state == "cancelled"

    assert mailed() == []


def test_who_is_trying_again_is_not_told_of_the_failure_before(world: World):
    order, payment = started(world)
    at_the_bank(payment, "failed")

    start_payment(order, now=IN_TIME)

    assert mailed() == []


def test_failure_that_is_told_when_the_time_is_over_invites_to_nothing(world: World):
    _order, payment = started(world)
    at_the_bank(payment, "failed")

    assert settle_payment(payment, now=TOO_LATE).state == "failed"

    assert mailed() == []


def test_failure_after_the_order_was_paid_is_not_told(world: World):
    _order, payment = started(world)
    settled = settle_payment(payment, now=IN_TIME)
    at_the_bank(payment, "paid")
    settle_payment(settled, now=IN_TIME)
    at_the_bank(payment, "failed")

    settle_payment(payment, now=IN_TIME)

    assert mailed() == ["order-confirmed"]


@pytest.mark.parametrize("language", LAPSED)
def test_lapsed_order_says_what_became_of_credit_and_products(world: World, language: str):
    order, _payment = waiting(world, language)

    lapse_order(order, now=TOO_LATE)

    mail = Mail.objects.get()
    reads(mail, *LAPSED[language], order.number)
    assert order.number in mail.subject


def test_lapse_is_mailed_once_and_alone(world: World, clock):
    order, payment = started(world)
    at_the_bank(payment, "failed")
    clock.move_to(TOO_LATE, tick=False)

    for _ in range(2):
        lapse_unpaid_orders()
        lapse_order(order, now=TOO_LATE)
        settle_payment(payment, now=TOO_LATE)

    assert mailed() == ["order-given-up"]


def test_payment_that_was_honoured_late_is_confirmed_after_all(world: World):
    order, payment = started(world)
    lapse_order(order, now=TOO_LATE)
    at_the_bank(payment, "paid")

    for _ in range(2):
        settle_payment(payment, now=TOO_LATE)
        lapse_order(order, now=TOO_LATE)

    assert mailed() == ["order-given-up", "order-confirmed"]


def test_lapse_promises_no_credit_that_ended_while_the_order_waited(world: World):
    Grant.objects.filter(membership=world.bob).update(valid_until=NOW.date())
    order, _payment = started(world)

    lapse_order(order, now=NOW + dt.timedelta(days=1))

    assert "is weer vrij" not in Mail.objects.get().text


def test_lapse_in_a_portal_that_has_ended_offers_no_cart(world: World):
    order, _payment = started(world)
    Portal.objects.filter(pk=world.acme.pk).update(state="closed")

    lapse_order(order, now=TOO_LATE)

    mail = Mail.objects.get()
    reads(mail, "Je hebt niets betaald.", f"http://acme.localhost/orders/{order.number}/")
    assert "/cart/" not in mail.text + mail.html
    assert "is weer vrij" not in mail.text


def test_leaver_is_not_mailed_of_a_lapse(world: World):
    order, _payment = started(world)
    disable(world.bob, now=IN_TIME, actor=world.coordinator)

    lapse_order(order, now=TOO_LATE)

    assert mailed() == []


def test_who_cancels_the_order_is_not_mailed(bob: Client, world: World, today):
    order, payment = started(world)
    at_the_bank(payment, "failed")

    bob.post(f"/orders/{order.number}/cancel/")

    assert Order.objects.get().state == "cancelled"
    assert mailed() == []


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "De klantenservice heeft"), ("en", "Customer service cancelled")]
)
def test_who_is_cancelled_by_customer_service_is_mailed(world: World, language: str, said: str):
    order, _payment = waiting(world, language)

    for _ in range(2):
        cancel_unpaid(order, now=IN_TIME, actor=world.coordinator)

    mail = Mail.objects.get()
    reads(mail, said, order.number, "€\xa0250,00", "Zit-sta bureau Lift")
    assert "/cart/" not in mail.text


def test_provider_that_is_away_delays_no_mail_of_a_lapse(world: World, monkeypatch: pytest.MonkeyPatch):
    order, _payment = started(world)

    def away(self: DemoProvider, provider_id: str) -> None:
        raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "fetch", away)
    lapse_order(order, now=TOO_LATE)

    assert mailed() == ["order-given-up"]
    assert DemoPayment.objects.get().state == "cancelled"
