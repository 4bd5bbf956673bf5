"""The mixed order of the money matrix, paid at a Mollie of our own: own money comes in there once, and back once."""

from collections.abc import Iterator

import pytest
import time_machine

from orders.payments import mollie as module
from orders.tasks import send_refunds
from tests.orders.money_cases import PAID, Case, MollieBank
from tests.orders.money_sums import HAD
from tests.orders.over_http import Server
from tests.orders.payments.mollie_server import KEY, MollieServer
from tests.world import World


@pytest.fixture
def mollie(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[MollieServer]:
    monkeypatch.setattr(module, "TIMEOUT", (1, 1))
    with MollieServer() as running:
        settings.PAYMENT_PROVIDER, settings.MOLLIE_API_KEY, settings.MOLLIE_ENDPOINT = "mollie", KEY, running.url
        yield running


@pytest.fixture
def case(world: World, clock: time_machine.Traveller, server: Server, mollie: MollieServer) -> Case:
    return Case(world, clock, server, MollieBank(mollie), "mixed")


def refunds(mollie: MollieServer) -> list[str]:
    return [refund["amount"]["value"] for told in mollie.refunds.values() for refund in told]


@pytest.mark.parametrize("how", PAID)
def test_part_that_is_returned_is_refunded_at_mollie_once(case: Case, mollie: MollieServer, how: str):
    case.shopper.order()

    PAID[how](case)
    case.give_back("part return")

    assert refunds(mollie) == ["11.99"]
    case.check_given_back("part return")


@pytest.mark.parametrize("outcome", ["failed", "cancelled", "expired"])
def test_what_mollie_never_got_is_not_refunded(case: Case, mollie: MollieServer, outcome: str):
    order = case.shopper.order()

    case.bank.end(case.shopper, outcome)
    assert case.shopper.is_refused(f"line-{order.lines.first().pk}=1")
    case.lapse()
    send_refunds()

    assert (case.state, refunds(mollie)) == ("lapsed", [])
    case.check_untouched(HAD["mixed"])


def test_payment_that_mollie_gets_after_cancelling_goes_back_once(case: Case, mollie: MollieServer):
    case.shopper.order()
    case.shopper.cancel_unpaid()

    for _ in range(2):
        case.tell(case.bank.take("paid"))
        send_refunds()

    assert (case.state, refunds(mollie)) == ("cancelled", ["44.99"])
    case.check_untouched(HAD["mixed"])
