"""Amounts: rounding, VAT, splitting, and how they are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thuiswerk.lib.money import ZERO, allocate, cents, euro, read_amount, vat_within

amounts = st.decimals(min_value=0, max_value=100_000, places=2)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("1234.5", "€\N{NO-BREAK SPACE}1.234,50"),
        ("0", "€\N{NO-BREAK SPACE}0,00"),
        ("1000000", "€\N{NO-BREAK SPACE}1.000.000,00"),
        ("-0.05", "-€\N{NO-BREAK SPACE}0,05"),
    ],
)
def test_euro_is_written_the_dutch_way(amount: str, written: str):
    assert euro(Decimal(amount)) == written


@pytest.mark.parametrize(("amount", "rounded"), [("0.005", "0.01"), ("0.004", "0.00"), ("2.675", "2.68")])
def test_cents_rounds_half_up(amount: str, rounded: str):
    assert cents(Decimal(amount)) == Decimal(rounded)


@pytest.mark.parametrize(("gross", "rate", "vat"), [("121.00", "21", "21.00"), ("10.00", "9", "0.83"), ("5", "0", "0")])
def test_vat_within_is_contained_in_the_gross_amount(gross: str, rate: str, vat: str):
    assert vat_within(Decimal(gross), Decimal(rate)) == Decimal(vat)


def test_allocate_gives_the_odd_cent_to_the_largest_remainder():
    parts = allocate(Decimal("100.00"), [Decimal("1"), Decimal("1"), Decimal("1")])

    assert parts == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]


@given(total=amounts, weights=st.lists(amounts, min_size=1, max_size=12))
def test_allocate_adds_up_and_gives_nothing_to_no_weight(total: Decimal, weights: list[Decimal]):
    if not sum(weights):
        weights = [*weights, Decimal("1.00")]

    parts = allocate(total, weights)

    assert sum(parts) == total
    assert all(part == cents(part) and part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if not weight)


def test_allocate_refuses_to_split_over_nothing():
    with pytest.raises(ValueError, match="over nothing"):
        allocate(Decimal("1.00"), [ZERO, ZERO])


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.000", "1000"),
        ("1.00", "1"),
        ("1.000,50", "1000.50"),
        ("1,000.50", "1000.50"),
        ("€ 49,95", "49.95"),
        ("€\N{NO-BREAK SPACE}49.95", "49.95"),
        ("49,5", "49.5"),
        ("250,-", "250"),
        ("EUR 12", "12"),
        ("9" * 40, "9" * 40),
    ],
)
def test_amount_is_read_as_people_type_it(typed: str, amount: str):
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "€", "-5", "veel", "1e9", "49,9555", "0,125", "NaN"])
def test_what_is_no_amount_is_not_read(typed: str):
    assert read_amount(typed) is None


@given(amounts)
def test_amount_reads_as_it_is_written(amount: Decimal):
    assert read_amount(euro(amount)) == amount
