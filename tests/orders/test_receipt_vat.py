"""The VAT on a receipt, whatever is bought and however it is paid: found by Hypothesis, on PostgreSQL."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.models import Order
from orders.receipts import receipt_context
from orders.settlement import settle_payment, start_payment
from portals.models import OwnMoney
from tests.orders.conftest import at_the_bank, order_cart, put
from tests.world import NOW, World, make_grant, make_membership, make_product

prices = st.decimals(min_value="0.01", max_value="2500", places=2)


def lines(*rates: str) -> st.SearchStrategy:
    return st.tuples(prices, st.integers(min_value=1, max_value=9), st.sampled_from(rates))


# Always one line of each rate, in any order, and up to two more.
baskets = st.tuples(lines("21.00"), lines("9.00"), st.lists(lines("21.00", "9.00"), max_size=2)).flatmap(
    lambda drawn: st.permutations([drawn[0], drawn[1], *drawn[2]])
)
SHARES = (Decimal(0), Decimal("0.5"), Decimal(1))


def bought(world: World, basket: list, share: Decimal) -> Order:
    """The order of somebody whose credit is `share` of what the basket costs."""
    member = make_membership(world.acme, f"koper{int(share * 100)}@acme.example", "Kim Koper")
    total = sum((price * quantity for price, quantity, _rate in basket), Decimal(0))
    if credit := (total * share).quantize(Decimal("0.01")):
        make_grant(member, str(credit))
    for number, (price, quantity, rate) in enumerate(basket):
        put(member, make_product(world.chairs, f"Ding {number} {share}", str(price), vat_rate=rate, stock=99), quantity)
    order = order_cart(member)
    if order.awaits_payment:
        start_payment(order, now=NOW)
        at_the_bank(order.payments.get(), "paid")
        settle_payment(order.payments.get(), now=NOW)
        order.refresh_from_db()
    assert (order.state, order.credit) == ("confirmed", credit)
    return order


def exact_vat(gross: Decimal, rate: Decimal) -> Decimal:
    """By fractions, so that it is not the arithmetic that is tested."""
    share = Fraction(gross) * Fraction(rate) / (100 + Fraction(rate))
    return Decimal(int((share * 1000).__floor__())).scaleb(-3).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(basket=baskets)
def test_receipt_has_the_same_vat_at_every_share_of_credit(world: World, basket: list):
    world.acme.own_money = OwnMoney.ASSORTMENT
    world.acme.save()
    told = []
    with transaction.atomic():
        for share in SHARES:
            shown = receipt_context(bought(world, basket, share))
            check_sums(shown)
            told.append([(rate.rate, rate.base, rate.vat, rate.gross) for rate in shown["vat_rates"]])
        transaction.set_rollback(True)

    assert told[0] == told[1] == told[2]


def check_sums(shown: dict) -> None:
    """Lines add up to the total, rates to the lines, and each line has the VAT that its price holds."""
    order, lines, rates = shown["order"], shown["lines"], shown["vat_rates"]
    assert sum(line.total for line in lines) == order.total == order.credit + order.own_money
    assert sum(line.credit for line in lines) == order.credit
    assert [line.vat for line in lines] == [exact_vat(line.total, line.vat_rate) for line in lines]
    assert sum(rate.gross for rate in rates) == order.total
    assert sum(rate.vat for rate in rates) == shown["vat_total"]
    assert shown["base_total"] + shown["vat_total"] == order.total
    assert (shown["left_total"], shown["left_vat"]) == (order.total, shown["vat_total"])
