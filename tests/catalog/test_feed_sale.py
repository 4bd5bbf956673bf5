"""Sale prices of a feed: when they count, and what of them is still to come."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override

from catalog.feed import read_feed
from catalog.feed_row import FeedRow, RefusedRow
from catalog.feed_sale import Step, read_period
from tests.catalog.feeds import row, xml
from thuiswerk.lib.periods import AMSTERDAM

USUAL, SALE = Decimal("49.99"), Decimal("39.50")
START, END = "2026-11-27T00:00+0100", "2026-11-30T23:59+0100"
STARTS_AT = dt.datetime(2026, 11, 27, tzinfo=AMSTERDAM)
ENDS_AT = dt.datetime(2026, 11, 30, 23, 59, tzinfo=AMSTERDAM)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def read(moment: dt.datetime, **fields: str) -> FeedRow | RefusedRow:
    """The row of a product in a sale, read at `moment`."""
    given = {"sale_price": "39.50 EUR", "sale_price_effective_date": f"{START}/{END}"} | fields
    return next(iter(read_feed(xml(row(**given)), now=moment)))


@pytest.mark.parametrize(
    ("moment", "price", "steps", "notice"),
    [
        (
            STARTS_AT - MINUTE,
            USUAL,
            (Step(STARTS_AT, USUAL, SALE), Step(ENDS_AT, SALE, USUAL)),
            "The sale price of € 39,50 counts from 27 November 2026 00:00.",
        ),
        (STARTS_AT, SALE, (Step(ENDS_AT, SALE, USUAL),), ""),
        (ENDS_AT - MINUTE, SALE, (Step(ENDS_AT, SALE, USUAL),), ""),
        (ENDS_AT, USUAL, (), "The sale price of € 39,50 is over since 30 November 2026 23:59."),
    ],
    ids=["before", "first", "last", "after"],
)
def test_sale_price_counts_from_its_start_until_its_end(moment, price, steps, notice):
    found = read(moment)

    assert (found.price, found.steps, found.notice.replace("\N{NO-BREAK SPACE}", " ")) == (price, steps, notice)


def test_sale_without_dates_counts_always_and_one_that_is_no_cheaper_never():
    always = read(ENDS_AT, sale_price_effective_date="")
    dearer = read(STARTS_AT, sale_price="59.50 EUR")

    assert (always.price, always.steps, always.notice) == (SALE, (), "")
    assert (dearer.price, dearer.steps, dearer.notice) == (USUAL, (), "")


def test_digest_follows_what_is_to_come_and_is_the_old_one_without_it():
    early, later = (
        read(STARTS_AT - MINUTE),
        read(STARTS_AT - MINUTE, sale_price_effective_date=f"{START}/{START[:-6]}1+0100"),
    )

    assert early.digest != later.digest != read(ENDS_AT).digest
    assert read(ENDS_AT).digest == read(ENDS_AT, sale_price="", sale_price_effective_date="").digest


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-11-27T00:00+01:00/2026-11-30T22:59Z", STARTS_AT, ENDS_AT),
        ("2026-11-27T00:00/2026-11-30T23:59", STARTS_AT, ENDS_AT),
        ("2026-11-27 / 2026-11-30", STARTS_AT, dt.datetime(2026, 12, 1, tzinfo=AMSTERDAM)),
        (
            "2026-10-25/2026-10-25",
            dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC),
            dt.datetime(2026, 10, 25, 23, tzinfo=dt.UTC),
        ),
        (
            "2026-03-29T02:00+0100/2026-03-29T04:00",
            dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC),
            dt.datetime(2026, 3, 29, 2, tzinfo=dt.UTC),
        ),
    ],
    ids=["zones", "no zone", "days", "day of 25 hours", "day of 23 hours"],
)
def test_times_are_those_of_amsterdam_where_they_name_no_zone(text, start, end):
    assert read_period(text) == (start, end)


@pytest.mark.parametrize("text", ["morgen", "2026-11-27", f"{END}/{START}", f"{START}/{START}", "2026-11-27/", "1/2/3"])
def test_dates_that_are_no_period_refuse_the_row(text):
    refused = read(STARTS_AT, sale_price_effective_date=text)

    assert refused.reason == "Give the sale_price_effective_date as two times, the earlier first, with a slash between."
