"""The demo bank is refused where money is real."""

import pytest

from orders.checks import check_payment_provider


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
