"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thuiswerk.lib.numbers import read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", "0"),
        ("12", "12"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.00", "1"),
        ("1,0000", "1"),
        ("1.000", "1000"),
        ("1,000", "1000"),
        ("12.345.678", "12345678"),
        ("1.000,50", "1000.5"),
        ("1,000.50", "1000.5"),
        ("1.000,125", "1000.125"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1000.125", "1000.125"),
        ("0001,125", "1125"),
        (" 007 ", "7"),
    ],
)
def test_number_is_read_the_dutch_and_the_english_way(typed: str, number: str):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "", "-5", "+5", "1e9", "NaN", "Infinity", "a", "1 000", "1.000.50", "1,0,0", "1.00,5", "12,345.67.8", ".5",
        "5,", "1234.567.890", "٣",
    ],
)  # fmt: skip
def test_what_is_no_number_is_none(typed: str):
    assert read_number(typed) is None


@given(st.text("0123456789.,", max_size=12))
def test_what_was_read_reads_the_same_again(typed: str):
    number = read_number(typed)

    assert number is None or read_number(f"{number:f}") == number
