"""The money of an order in every case, over HTTP: how it is paid x how the payment goes x how it is given back.

What is bought, and what must come of it, is in `money_sums`; who does it, in `money_cases`.
"""

import pytest
import time_machine

from orders.models import Order
from orders.tasks import send_refunds
from tests.orders.money_cases import PAID, Case, DemoBank
from tests.orders.money_sums import DELIVERED, ENDS, HAD, NOTHING, SPENT, TOTAL
from tests.orders.over_http import Server
from tests.world import World


@pytest.fixture
def means() -> str:
    return "credit"


@pytest.fixture
def case(world: World, clock: time_machine.Traveller, server: Server, means: str) -> Case:
    """A case of `means`; the own part is paid at the demo's bank."""
    return Case(world, clock, server, DemoBank(), means)


@pytest.mark.parametrize("end", ENDS)
def test_credit_alone_needs_no_payment_and_comes_back(case: Case, end: str):
    case.shopper.order()
    assert not Order.objects.get().payments.exists()
    assert (case.state, case.money) == ("confirmed", (HAD["credit"] - TOTAL, NOTHING))

    case.give_back(end)

    case.check_given_back(end)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("how", PAID)
@pytest.mark.parametrize("means", ["mixed", "own"])
def test_own_money_comes_in_once_and_back_once(case: Case, means: str, how: str, end: str):
    case.shopper.order()

    PAID[how](case)
    assert (case.state, case.money) == ("confirmed", (HAD[means] - SPENT[means], TOTAL - SPENT[means]))
    case.give_back(end)

    case.check_given_back(end)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("outcome", ["failed", "cancelled", "expired"])
@pytest.mark.parametrize("means", ["mixed", "own"])
def test_order_that_is_never_paid_gives_nothing_and_costs_nothing(case: Case, means: str, outcome: str, end: str):
    order = case.shopper.order()
    chosen = f"line-{order.lines.first().pk}=1" if end == "part return" else "everything=1"

    case.bank.end(case.shopper, outcome)
    assert (case.state, case.money) == ("awaiting_payment", (HAD[means] - SPENT[means], NOTHING))
    assert case.service.sees_no_step(order)
    assert case.shopper.is_refused(chosen)
    if end == "cancel":
        case.shopper.cancel_unpaid()
    else:
        case.lapse()
        assert case.money == (HAD[means], NOTHING)
        case.at(DELIVERED)
        case.let_pass(end)
        assert case.shopper.is_refused(chosen)
    send_refunds()

    assert case.state == ("cancelled" if end == "cancel" else "lapsed")
    case.check_untouched(NOTHING if end.startswith("after") else HAD[means])


@pytest.mark.parametrize("means", ["mixed", "own"])
def test_payment_that_comes_after_cancelling_goes_back(case: Case, means: str):
    order = case.shopper.order()
    case.shopper.cancel_unpaid()

    case.tell(case.bank.take("paid"))

    assert (case.state, order.payments.get().state) == ("cancelled", "refunded")
    case.check_untouched(HAD[means])
