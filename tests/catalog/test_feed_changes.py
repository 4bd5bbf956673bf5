"""What a feed tells before it is imported of the products that it changes."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from catalog import feed_changes, feed_import
from catalog.feed_changes import Change
from catalog.feed_import import Report, check_feed, import_feed
from catalog.models import Product
from tests.catalog.feeds import row, xml
from tests.world import NOW, make_category, make_product

pytestmark = pytest.mark.django_db


def imported(*rows: dict[str, str]) -> Report:
    return import_feed(xml(*rows), is_full=False, now=NOW)


def checked(*rows: dict[str, str]) -> Report:
    return check_feed(xml(*rows), is_full=False, now=NOW)


def test_changes_name_old_and_new_price_and_what_else_differs():
    imported(row(), row("B-2"), row("C-3"))

    report = checked(row(price="39.99 EUR", brand="Wolf"), row("B-2", title="Kruk"), row("C-3"), row("D-4"))

    assert report.changes == [
        Change(1, "A-1", "Bureaustoel Beer", "49.99", "39.99", ["brand"]),
        Change(2, "B-2", "Kruk", "49.99", "49.99", ["title"]),
    ]
    assert [change.is_repriced for change in report.changes] == [True, False]


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ({"title": "Kruk"}, ["title"]),
        ({"description": "Zit beter."}, ["description"]),
        ({"brand": "Wolf"}, ["brand"]),
        ({"gtin": "2000000000022"}, ["gtin"]),
        ({"product_type": "Meubels > Krukken"}, ["product_type"]),
        ({"product_type": "MEUBELS > stoelen"}, []),
        ({"availability": "out_of_stock"}, ["availability"]),
        ({"energy_efficiency_class": "C"}, ["energy_efficiency_class"]),
        ({"certification": "EC:EPREL:77"}, ["certification"]),
        ({"vat_rate": "9"}, ["vat_rate"]),
        ({"product_detail": "A:Kleur:zwart"}, ["product_detail"]),
        ({"image_link": "https://images.example/wolf.jpg"}, ["image_link"]),
        ({"image_link": ""}, ["image_link"]),
        ({"description": "", "brand": "", "gtin": ""}, []),
        ({"title": "Kruk", "vat_rate": "0", "availability": "preorder"}, ["title", "availability", "vat_rate"]),
    ],
)
def test_every_column_that_says_something_else_is_named(fields, columns):
    imported(row())

    (change,) = checked(row(**fields)).changes

    assert change.columns == columns
    imported(row(**fields))
    assert checked(row(**fields)).changes == []


def test_product_that_comes_back_for_sale_is_told():
    imported(row(), row("B-2"))
    import_feed(xml(row()), is_full=True, now=NOW)

    assert checked(row("B-2")).changes == [Change(1, "B-2", "Bureaustoel Beer", "49.99", "49.99", ["availability"])]


@pytest.mark.parametrize(
    ("price", "is_steep"), [("50.00", False), ("49.99", True), ("150.00", False), ("150.01", True), ("10000.00", True)]
)
def test_price_that_rises_or_falls_by_more_than_half_is_steep(price, is_steep):
    make_product(make_category("Stoelen"), "Stoel", "100.00")
    Product.objects.update(sku="A-1")

    report = checked(row(price=f"{price} EUR"))

    assert (report.steep, report.changes[0].is_steep) == (int(is_steep), is_steep)


def test_greatest_changes_of_price_come_first_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(feed_changes, "_CHANGES", feed_changes._CHANGES.replace("LIMIT 200", "LIMIT 3"))
    imported(*(row(f"A-{n}", price="10 EUR") for n in range(5)))

    report = checked(
        row("A-0", title="Kruk", price="10 EUR"),
        row("A-1", price="9 EUR"),
        row("A-2", price="100 EUR"),
        row("A-3", price="1 EUR"),
        row("A-4", price="12 EUR"),
    )

    assert [(change.sku, change.after) for change in report.changes] == [
        ("A-2", "100.00"), ("A-3", "1.00"), ("A-4", "12.00"),
    ]  # fmt: skip
    assert (report.changed, report.steep) == (5, 2)


def test_import_tells_what_it_changed_too():
    imported(row())

    report = imported(row(price="4.99 EUR"))

    assert (report.changes, report.steep) == ([Change(1, "A-1", "Bureaustoel Beer", "49.99", "4.99", [])], 1)
    assert Product.objects.get().price == Decimal("4.99")


def test_sale_prices_that_do_not_count_are_told_and_the_first_of_them_kept(monkeypatch):
    monkeypatch.setattr(feed_import, "MOST_NOTICES", 1)
    over = {"sale_price": "39.50 EUR", "sale_price_effective_date": "2020-01-01/2020-01-31"}

    with override("en"):
        report = checked(row(**over), row("B-2", **over), row("C-3"))

    told = "The sale price of €\N{NO-BREAK SPACE}39,50 is over since 1 February 2020 00:00."
    assert (report.unsold, report.notices) == (2, [(1, "A-1", told)])


def test_changes_cost_as_many_statements_for_many_as_for_one():
    imported(*(row(f"A-{n}") for n in range(20)))
    taken = []

    for number in (1, 20):
        with CaptureQueriesContext(connection) as captured:
            checked(*(row(f"A-{n}", title="Kruk") for n in range(number)))
        taken.append(len(captured))

    assert taken[0] == taken[1]
