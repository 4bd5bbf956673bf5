"""The demo bank is refused where money is real, and Mollie where its key does not fit."""

import pytest

from orders.checks import check_mollie, check_payment_provider, check_return_days


@pytest.mark.parametrize(
    ("provider", "debug", "demo", "told"),
    [
        ("demo", False, False, ["orders.E002"]),
        ("demo", True, False, []),
        ("demo", False, True, []),
        ("", False, False, []),
        ("unheard of", True, True, ["orders.E001"]),
    ],
)
def test_payment_provider_is_checked(settings, provider: str, debug: bool, demo: bool, told: list[str]):
    settings.PAYMENT_PROVIDER, settings.DEBUG, settings.DEMO = provider, debug, demo

    assert [message.id for message in check_payment_provider(None)] == told


@pytest.mark.parametrize(
    ("provider", "key", "methods", "debug", "demo", "told"),
    [
        ("mollie", "", "ideal", False, False, ["orders.E003"]),
        ("mollie", "access_abc", "ideal", True, False, ["orders.E003"]),
        ("mollie", "live_abc", "", False, False, ["orders.E004"]),
        ("mollie", "live_abc", "ideal,,creditcard", False, False, ["orders.E004"]),
        ("mollie", "live_abc", "ideal", True, False, ["orders.E005"]),
        ("mollie", "live_abc", "ideal", False, True, ["orders.E005"]),
        ("mollie", "test_abc", "ideal", False, False, ["orders.W001"]),
        ("mollie", "test_abc", "ideal", True, False, []),
        ("mollie", "live_abc", "ideal=iDEAL | Wero, creditcard", False, False, []),
        ("demo", "", "", True, False, []),
        ("", "", "", False, False, []),
    ],
)
def test_mollie_is_checked(settings, provider: str, key: str, methods: str, debug: bool, demo: bool, told: list[str]):
    settings.PAYMENT_PROVIDER, settings.MOLLIE_API_KEY, settings.MOLLIE_METHODS = provider, key, methods
    settings.DEBUG, settings.DEMO = debug, demo

    messages = check_mollie(None)

    assert [message.id for message in messages] == told
    assert not key or key not in str(messages)


@pytest.mark.parametrize(("days", "told"), [(13, ["orders.E009"]), (14, [])])
def test_period_of_withdrawal_is_not_shorter_than_the_law_gives(settings, days: int, told: list[str]):
    settings.RETURN_DAYS = days

    assert [message.id for message in check_return_days(None)] == told
