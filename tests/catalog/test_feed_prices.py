"""Prices that a feed announced: a sale starts and ends when the feed says so, without another feed."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from catalog.feed_import import import_feed
from catalog.feed_models import FeedPrice
from catalog.feed_prices import apply_due
from catalog.models import Product
from catalog.tasks import apply_feed_prices
from tests.catalog.feeds import counts, row, xml
from tests.world import NOW

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
START, END = NOW + HOUR, NOW + 3 * HOUR
SALE = {"sale_price": "39.50 EUR", "sale_price_effective_date": f"{START.isoformat()}/{END.isoformat()}"}


def imported(*rows: dict[str, str], now: dt.datetime = NOW) -> tuple[int, int, int, int, int]:
    return counts(import_feed(xml(*rows), is_full=False, now=now))


def prices() -> list[str]:
    return [str(price) for price in Product.objects.order_by("sku").values_list("price", flat=True)]


def test_sale_starts_and_ends_on_time():
    imported(row(**SALE), row("B-2"))
    told = [prices()]

    for now in (START - HOUR / 60, START, END - HOUR / 60, END):
        with time_machine.travel(now, tick=False):
            apply_feed_prices()
        told.append(prices())

    usual, sale = ["49.99", "49.99"], ["39.50", "49.99"]
    assert told == [usual, usual, sale, sale, usual]
    assert not FeedPrice.objects.exists()


def test_worker_that_was_away_does_not_leave_a_sale_that_is_over():
    imported(row(**SALE))

    assert apply_due(now=END + HOUR) == 2
    assert prices() == ["49.99"]


def test_price_that_was_set_since_stays():
    imported(row(**SALE))
    Product.objects.update(price=Decimal("55.00"))

    assert apply_due(now=START) == 0
    assert apply_due(now=END) == 0
    assert prices() == ["55.00"]


def test_next_feed_takes_the_place_of_what_was_announced():
    imported(row(**SALE), row("B-2", **SALE))

    assert imported(row(), row("B-2", **SALE)) == (0, 1, 1, 0, 0)

    assert apply_due(now=START) == 1
    assert prices() == ["49.99", "39.50"]


def test_feed_that_comes_after_the_end_has_the_usual_price_and_announces_nothing():
    imported(row(**SALE))
    imported(row(**SALE), now=START)
    during = prices()

    imported(row(**SALE), now=END)

    assert (during, prices()) == (["39.50"], ["49.99"])
    assert not FeedPrice.objects.exists()
