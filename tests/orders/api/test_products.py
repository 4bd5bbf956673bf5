"""Stock and prices come in by SKU: each line is done whole or not at all, and what became of it is told."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from orders.api.models import ApiChange
from orders.api.products import MOST_STOCK
from orders.api.schemas import MOST_LINES
from tests.orders.api.conftest import UPDATES, Api, slug_of
from tests.orders.conftest import put, stock_of
from tests.world import NOW, World, make_product


def test_each_line_is_told_what_became_of_it(api: Api, world: World):
    outcomes = api.update(
        {"sku": world.chair.sku, "stock": 12, "price": "259.00"},
        {"sku": world.desk.sku, "stock_change": -101},
        {"sku": "NOWHERE-1", "stock": 5},
        {"sku": world.mug.sku, "price": "12.50"},
    )

    assert outcomes == [
        {"sku": world.chair.sku, "result": "changed", "stock": 12, "price": "259.00"},
        {"sku": world.desk.sku, "result": "refused", "reason": "stock_below_zero", "stock": 100, "price": "399.00"},
        {"sku": "NOWHERE-1", "result": "refused", "reason": "unknown_sku"},
        {"sku": world.mug.sku, "result": "same", "stock": 100, "price": "12.50"},
    ]
    assert set(Product.objects.values_list("sku", "stock", "price")) == {
        (world.chair.sku, 12, Decimal("259.00")),
        (world.desk.sku, 100, Decimal("399.00")),
        (world.mug.sku, 100, Decimal("12.50")),
    }


def test_refused_line_leaves_its_price_alone_too(api: Api, world: World):
    api.update({"sku": world.chair.sku, "stock_change": -101, "price": "1.00"})

    assert Product.objects.get(pk=world.chair.pk).price == Decimal("249.00")


def test_lines_of_one_product_count_in_turn(api: Api, world: World):
    outcomes = api.update(
        {"sku": world.chair.sku, "stock": 2},
        {"sku": world.chair.sku, "stock_change": -3},
        {"sku": world.chair.sku, "stock_change": 5, "price": "10.00"},
    )

    assert [(line["result"], line["stock"]) for line in outcomes] == [("changed", 2), ("refused", 2), ("changed", 7)]
    assert stock_of(world.chair) == 7


def test_stock_stays_within_what_is_told_of_it(api: Api, world: World):
    full = {"sku": world.chair.sku, "stock": MOST_STOCK}

    outcomes = api.update(full, {"sku": world.chair.sku, "stock_change": 1})

    assert [line.get("reason") for line in outcomes] == [None, "stock_too_high"]


def test_who_changed_what_is_kept_and_only_what_changed_is_written(api: Api, world: World):
    untouched = Product.objects.values_list("updated_at", flat=True).get(pk=world.mug.pk)

    api.update({"sku": world.chair.sku, "stock": 12}, {"sku": world.mug.sku, "stock": 100})

    change = ApiChange.objects.get()
    assert (change.token.name, change.at, change.scope, change.subject) == (
        "Warehouse",
        NOW,
        "catalogue",
        world.chair.sku,
    )
    assert (change.before, change.after) == ({"stock": 100, "price": "249.00"}, {"stock": 12, "price": "249.00"})
    assert Product.objects.get(pk=world.chair.pk).updated_at == NOW
    assert Product.objects.get(pk=world.mug.pk).updated_at == untouched


def test_shop_shows_the_new_price_and_stock_at_once(api: Api, world: World, bob: Client):
    put(world.bob, world.chair)
    pages = [
        f"/categories/{world.chairs.slug}/",
        f"/products/{world.chair.pk}/{world.chair.slug}/",
        "/search/?q=bureaustoel",
        "/cart/",
        "/",
    ]
    before = [bob.get(page).text for page in pages]

    api.update({"sku": world.chair.sku, "stock": 1, "price": "263.45"})

    after = [bob.get(page).text for page in pages]
    assert ["249,00" in page for page in before] == [True] * len(pages)
    assert ["263,45" in page for page in after] == [True] * len(pages)


def test_statements_do_not_grow_with_the_batch(api: Api, world: World):
    products = [make_product(world.chairs, f"Kruk {number}", "10.00") for number in range(60)]
    api.update({"sku": world.mug.sku, "stock": 1})  # what a process keeps
    counts = []
    for batch in (products[:1], products):
        with CaptureQueriesContext(connection) as captured:
            api.update(*({"sku": product.sku, "stock": 5, "price": "11.00"} for product in batch))
        counts.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))

    assert counts == [8, 8]


def test_batch_has_a_limit(api: Api, world: World):
    line = {"sku": world.chair.sku, "stock": 1}

    most = api.post(UPDATES, {"lines": [line] * MOST_LINES})
    more = api.post(UPDATES, {"lines": [line] * (MOST_LINES + 1)})

    assert most.status_code == 200
    assert slug_of(more) == (422, "invalid")
    assert more.json()["errors"] == [{"pointer": "/lines", "detail": "may have 500 items at most"}]


@pytest.mark.parametrize("price", ["0.01", "9999999999.99"])
def test_every_price_that_is_taken_is_one_that_a_product_may_have(api: Api, world: World, price: str):
    api.update({"sku": world.chair.sku, "price": price})

    product = Product.objects.get(pk=world.chair.pk)
    product.full_clean(exclude=["search", "ean"])
    assert str(product.price) == price
