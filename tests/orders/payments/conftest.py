"""Mollie as the provider of the tests of this folder, and what the journeys to it need again and again."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from orders.models import Order
from orders.payments import mollie as module
from orders.tasks import lapse_unpaid_orders
from tests.orders.conftest import HOME_FORM, TOO_LATE, credit_of, put
from tests.orders.payments.mollie_server import KEY, MollieServer
from tests.world import NOW, World

Tell = Callable[..., HttpResponse]


@pytest.fixture
def mollie(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[MollieServer]:
    """Mollie, running, and chosen by the settings; nobody waits for it long."""
    monkeypatch.setattr(module, "TIMEOUT", (1, 1))
    with MollieServer() as server:
        settings.PAYMENT_PROVIDER, settings.MOLLIE_API_KEY, settings.MOLLIE_ENDPOINT = "mollie", KEY, server.url
        yield server


@pytest.fixture
def right_books(world: World) -> Iterator[None]:
    """Whatever the test does, `check_ledger` finds nothing afterwards."""
    yield
    call_command("check_ledger", stdout=StringIO())


def order_desk(bob: Client, world: World, quantity: int = 1) -> str:
    """Bob orders the desk of EUR 399 with EUR 250 of credit. Returns the page that he is shown then."""
    put(world.bob, world.desk, quantity)
    page = bob.get("/checkout/").content.decode()
    token, shown = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("form_token", "shown"))
    return bob.post("/checkout/", HOME_FORM | {"form_token": token, "shown": shown}, follow=True).content.decode()


def pay_again(bob: Client) -> str:
    return bob.post(f"/orders/{Order.objects.get().number}/payment/", follow=True).content.decode()


def come_back(bob: Client) -> str:
    return bob.get(f"/orders/{Order.objects.get().number}/return/", follow=True).content.decode()


def last_id(mollie: MollieServer) -> str:
    return list(mollie.payments)[-1]


def lapse() -> None:
    with time_machine.travel(TOO_LATE, tick=False):
        lapse_unpaid_orders()


def outcome(world: World) -> tuple[str, list[str], Decimal]:
    """The state of the order and of its payments, oldest first, and what Bob may spend."""
    order = Order.objects.get()
    return order.state, list(order.payments.order_by("pk").values_list("state", flat=True)), credit_of(world, NOW)


PAID = ("confirmed", ["paid"], Decimal("0.00"))
WAITING = ("awaiting_payment", ["open"], Decimal("0.00"))
