"""Mollie as the provider of the tests of this folder."""

from collections.abc import Iterator

import pytest

from orders.payments import mollie as module
from tests.orders.payments.mollie_server import KEY, MollieServer


@pytest.fixture
def mollie(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[MollieServer]:
    """Mollie, running, and chosen by the settings; nobody waits for it long."""
    monkeypatch.setattr(module, "TIMEOUT", (1, 1))
    with MollieServer() as server:
        settings.PAYMENT_PROVIDER, settings.MOLLIE_API_KEY, settings.MOLLIE_ENDPOINT = "mollie", KEY, server.url
        yield server
