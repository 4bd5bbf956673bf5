"""The demo provider keeps the promises of the port."""

from decimal import Decimal

import pytest

from orders.models import DemoPayment
from orders.payments.demo import DemoProvider
from orders.payments.port import RemoteState, UnknownPayment, provider

pytestmark = pytest.mark.django_db
AMOUNT = Decimal("149.00")


def opened(key: str = "TW26-1-1") -> str:
    made = DemoProvider().create(
        key=key,
        amount=AMOUNT,
        description="TW26-1",
        return_url="http://acme.localhost/orders/TW26-1/return/",
        locale="nl_NL",
    )
    return made.provider_id


def test_provider_of_the_settings_is_the_demo():
    assert isinstance(provider(), DemoProvider)


def test_create_with_the_same_key_is_the_same_payment():
    assert opened() == opened()
    assert opened("TW26-1-2") != opened()


def test_fetch_says_where_to_pay():
    provider_id = opened()

    remote = DemoProvider().fetch(provider_id)

    assert (remote.state, remote.amount) == (RemoteState.OPEN, AMOUNT)
    assert remote.pay_url == f"http://acme.localhost/payments/demo/{provider_id}/"


def test_cancel_leaves_a_paid_payment_alone():
    paid, still_open = opened("1"), opened("2")
    DemoPayment.objects.filter(provider_id=paid).update(state="paid")

    for provider_id in (paid, still_open):
        DemoProvider().cancel(provider_id)

    assert [DemoProvider().fetch(one).state for one in (paid, still_open)] == ["paid", "cancelled"]


def test_refund_gives_back_once_per_key():
    provider_id = opened()
    DemoPayment.objects.update(state="paid")

    for key in ("1", "1", "2"):
        DemoProvider().refund(provider_id, amount=Decimal("50.00"), key=key)

    assert DemoPayment.objects.get().refunded == Decimal("100.00")


@pytest.mark.parametrize("ask", ["fetch", "cancel"])
def test_unknown_payment_is_refused(ask: str):
    with pytest.raises(UnknownPayment):
        getattr(DemoProvider(), ask)("demo_nothing")


def test_identify_names_the_payment_of_a_message():
    assert (DemoProvider().identify({"id": "demo_1"}), DemoProvider().identify({})) == ("demo_1", "")
