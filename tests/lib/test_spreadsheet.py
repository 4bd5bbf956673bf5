"""CSV that a spreadsheet opens without doing anything."""

import csv
import datetime as dt
import io
import unicodedata
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from thuiswerk.lib.spreadsheet import csv_of, harmless, original

OPENERS = "=+-@\t\r\n"
OVERLOOKED = " \u00a0\u3000\u200b\u2060\ufeff\x00\x1b'"
# Any text, and texts that are made to look like formulas behind all that is overlooked.
texts = st.text() | st.builds(
    lambda before, opener, rest: before + opener + rest,
    st.text(OVERLOOKED, max_size=4),
    st.sampled_from(OPENERS + "＝＋－＠﹢﹣⁺₌|−"),
    st.text(),
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


@given(texts)
@example("=cmd|'/C calc'!A0")
@example('  \u200b＝HYPERLINK("https://evil.example")')
@example("'=1")
@example("''\t=1")
@example("a;=1\r\n=2")
def test_any_text_comes_back_as_a_cell_that_is_no_formula(text: str):
    header, (cell,) = read(csv_of([text], [[text]]))

    seen = unicodedata.normalize("NFKC", cell).lstrip(" \u200b\u2060\ufeff\x00\x1b")
    assert header == [cell]
    assert not seen.startswith(tuple(OPENERS))
    assert not cell.startswith(tuple(OPENERS))
    assert cell in (text, f"'{text}")
    assert original(cell) == text


@pytest.mark.parametrize(
    "text", ["", "Bob de Vries", "O'Neill", "'s-Hertogenbosch", "E1001", "a=b", "Rotterdam - Zuid"]
)
def test_plain_text_stays_as_it_is(text: str):
    assert harmless(text) == text


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+31612345678", "-", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "\u200b=1", "＝1", "−1", "|a", "'=1"],
)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text: str):
    assert harmless(text) == f"'{text}"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_amount_stays_a_dutch_number(amount: Decimal):
    (_header, (cell,)) = read(csv_of(["bedrag"], [[amount]]))

    assert "." not in cell
    assert Decimal(cell.replace(",", ".")) == amount


def test_file_is_as_dutch_excel_reads_it():
    moment = dt.datetime(2026, 7, 1, 22, 5, tzinfo=dt.UTC)
    row = ["Zoë", Decimal("-12.50"), 3, moment, dt.date(2026, 10, 5), None, True, False, "a;b"]

    with translation.override("nl"):
        content = csv_of([str(number) for number in range(9)], [row])

    assert content.decode() == (
        '\ufeff0;1;2;3;4;5;6;7;8\r\nZoë;-12,50;3;2026-07-02 00:05:00;2026-10-05;;ja;nee;"a;b"\r\n'
    )
