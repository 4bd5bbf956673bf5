"""What a cart costs: the split between credit and own money, and what is told of each line."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import AssortmentCategory, Product
from orders.cart import cart_lines
from orders.models import CartLine
from orders.quote import Quote, quote_cart
from portals.models import Company, OwnMoney
from tests.orders.conftest import CHANGES, put
from tests.world import NOW, World
from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.money import vat_within

EURO = Decimal("1.00")
CALENDAR = DeliveryCalendar(NOW)


def quote_of(world: World, credit: str = "250.00") -> Quote:
    return quote_cart(world.acme, cart_lines(world.bob), credit=Decimal(credit), calendar=CALENDAR)


def changes_of(quote: Quote) -> list[list[str]]:
    return [[change.value for change in quoted.changes] for quoted in quote.lines]


def test_credit_goes_first_and_own_money_pays_the_rest(world: World):
    put(world.bob, world.desk)

    quote = quote_of(world)

    assert (quote.total, quote.credit, quote.own_money) == (399 * EURO, 250 * EURO, 149 * EURO)
    assert quote.can_be_ordered


def test_credit_pays_no_line_outside_the_assortment(world: World):
    world.acme.own_money = OwnMoney.EVERYTHING
    put(world.bob, world.mug)
    world.bob.portal = world.acme

    quote = quote_of(world)

    assert (quote.credit, quote.own_money) == (0 * EURO, Decimal("12.50"))


def test_zero_credit_leaves_everything_to_own_money(world: World):
    put(world.bob, world.chair)

    quote = quote_of(world, "0.00")

    assert (quote.credit, quote.own_money, quote.can_be_ordered) == (0 * EURO, 249 * EURO, True)


def test_portal_without_own_money_lacks_credit(world: World):
    world.acme.own_money = OwnMoney.NOTHING
    put(world.bob, world.desk)

    quote = quote_of(world)

    assert (quote.lacks_credit, quote.can_be_ordered, quote.own_money) == (True, False, 149 * EURO)


@pytest.mark.parametrize("own_money", [OwnMoney.ASSORTMENT, OwnMoney.EVERYTHING])
def test_installation_without_payment_provider_takes_credit_only(world: World, settings, own_money: str):
    world.acme.own_money = own_money
    put(world.bob, world.desk)
    settings.PAYMENT_PROVIDER = ""

    quote = quote_of(world)

    assert (quote.lacks_credit, quote.can_be_ordered, quote.own_money) == (True, False, 149 * EURO)


@pytest.mark.parametrize(("fields", "told"), CHANGES)
def test_change_of_the_product_is_told_on_its_line(world: World, fields: dict[str, object], told: str):
    put(world.bob, world.chair, 2)
    put(world.bob, world.desk)
    Product.objects.filter(pk=world.chair.pk).update(**fields)

    quote = quote_of(world)

    assert changes_of(quote) == [[told], []]
    assert quote.stops_order == (told != "repriced")


def test_line_that_cannot_be_ordered_costs_nothing(world: World):
    put(world.bob, world.chair)
    put(world.bob, world.desk)
    Product.objects.filter(pk=world.chair.pk).update(stock=0)

    quote = quote_of(world)

    assert (quote.total, quote.credit) == (399 * EURO, 250 * EURO)
    assert not quote.can_be_ordered


def test_line_outside_the_assortment_cannot_be_ordered(world: World):
    put(world.bob, world.chair)
    AssortmentCategory.objects.filter(portal=world.acme, category=world.chairs).delete()

    assert changes_of(quote_of(world)) == [["outside"]]


def test_line_that_left_the_assortment_is_told_to_cost_own_money(world: World):
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    put(world.bob, world.chair)
    AssortmentCategory.objects.filter(portal=world.acme, category=world.chairs).delete()

    quote = quote_of(world)

    assert changes_of(quote) == [["own_money"]]
    assert (quote.credit, quote.own_money, quote.can_be_ordered) == (0 * EURO, 249 * EURO, True)


def test_fingerprint_differs_with_quantity_price_and_split(world: World):
    put(world.bob, world.chair)
    prints = [quote_of(world).fingerprint, quote_of(world, "100.00").fingerprint]
    CartLine.objects.update(quantity=2)
    prints.append(quote_of(world).fingerprint)
    Product.objects.filter(pk=world.chair.pk).update(price=250)
    prints.append(quote_of(world).fingerprint)

    assert len(set(prints)) == 4
    assert quote_of(world).fingerprint == prints[-1]


def test_fingerprint_differs_when_two_prices_change_places(world: World):
    put(world.bob, world.chair)
    put(world.bob, world.desk)
    before = quote_of(world, "0.00")
    Product.objects.filter(pk=world.chair.pk).update(price=world.desk.price)
    Product.objects.filter(pk=world.desk.pk).update(price=world.chair.price)

    after = quote_of(world, "0.00")

    assert before.total == after.total
    assert before.fingerprint != after.fingerprint


amounts = st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    prices=st.lists(st.tuples(amounts, st.integers(1, 99), st.booleans()), min_size=1, max_size=6),
    credit=st.decimals(Decimal("0.00"), Decimal("20000.00"), places=2),
)
def test_split_adds_up_to_the_cent_and_leaves_vat_alone(monkeypatch, prices, credit):
    lines, payable = [], set()
    for number, (price, quantity, is_payable) in enumerate(prices, start=1):
        product = Product(pk=number, price=price, stock=100, is_active=True)
        lines.append(CartLine(product=product, quantity=quantity, seen_price=price, seen_payable=is_payable))
        payable |= {number} if is_payable else set()
    monkeypatch.setattr("orders.quote.payable_ids", lambda portal, ids: payable & set(ids))
    monkeypatch.setattr("orders.quote.reached_limits", lambda portal, lines: {})
    portal = type("AnyPortal", (), {"own_money_buys": OwnMoney.EVERYTHING, "company": Company()})()

    quote = quote_cart(portal, lines, credit=credit, calendar=CALENDAR)

    total = sum(price * quantity for price, quantity, _ in prices)
    payable_total = sum(price * quantity for price, quantity, is_payable in prices if is_payable)
    assert quote.total == total == quote.credit + quote.own_money
    assert quote.credit == min(credit, payable_total) == sum(quoted.credit for quoted in quote.lines)
    for quoted in quote.lines:
        assert quoted.total == quoted.credit + quoted.own_money
        assert 0 <= quoted.credit <= (quoted.total if quoted.payable else 0)
        assert quoted.credit == round(quoted.credit, 2)
        assert vat_within(quoted.total, Decimal("21.00")) == vat_within(
            quoted.credit + quoted.own_money, Decimal("21.00")
        )
