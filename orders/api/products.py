"""Stock and prices, as the operator's own system tells them.

- The products of a batch are locked in the order of their ids, as an order does, so that neither waits for the other in
  a circle. No membership is locked.
- A line is done whole or not at all; one that cannot be done leaves the others alone. Lines of one SKU count in turn.
- Stock and price are read fresh by every page, so no revision of a portal grows.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from catalog.models import Product
from orders.api.models import ApiChange, ApiToken, Scope

MOST_STOCK = 9_999_999
# `bulk_update` takes most of a second for 500 products, while orders wait for them.
_WRITE = """
UPDATE catalog_product AS product
   SET stock = told.stock, price = told.price, updated_at = %s
  FROM unnest(%s::bigint[], %s::integer[], %s::numeric[]) AS told (id, stock, price)
 WHERE product.id = told.id
"""


class LineRefused(Exception):
    """This line cannot be done; its text is the reason as it is told."""


@transaction.atomic
def update_products(token: ApiToken, lines: Sequence[dict[str, Any]], *, now: dt.datetime) -> list[dict[str, Any]]:
    """Set price and stock by SKU. Returns of each line what became of it; `lines` fit the schema."""
    named = Product.objects.filter(sku__in={line["sku"] for line in lines}).only("sku", "stock", "price")
    products = {product.sku: product for product in named.select_for_update(no_key=True).order_by("pk")}
    before = {sku: _figures(product) for sku, product in products.items()}
    outcomes = [_outcome(line, products.get(line["sku"])) for line in lines]
    changed = [product for sku, product in products.items() if _figures(product) != before[sku]]
    _write(changed, now)
    ApiChange.objects.bulk_create(
        ApiChange(
            token=token,
            at=now,
            scope=Scope.CATALOGUE,
            subject=product.sku,
            before=before[product.sku],
            after=_figures(product),
        )
        for product in changed
    )
    return outcomes


def _write(products: Sequence[Product], now: dt.datetime) -> None:
    columns = [[getattr(product, name) for product in products] for name in ("pk", "stock", "price")]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [now, *columns])


def _outcome(line: dict[str, Any], product: Product | None) -> dict[str, Any]:
    if product is None:
        return {"sku": line["sku"], "result": "refused", "reason": "unknown_sku"}
    before = _figures(product)
    try:
        _change(product, line)
    except LineRefused as refusal:
        return {"sku": line["sku"], "result": "refused", "reason": str(refusal), **before}
    after = _figures(product)
    return {"sku": line["sku"], "result": "same" if after == before else "changed", **after}


def _change(product: Product, line: dict[str, Any]) -> None:
    stock = line.get("stock", product.stock) + line.get("stock_change", 0)
    if stock < 0:
        raise LineRefused("stock_below_zero")
    if stock > MOST_STOCK:
        raise LineRefused("stock_too_high")
    product.stock = stock
    if "price" in line:
        product.price = Decimal(line["price"])


def _figures(product: Product) -> dict[str, Any]:
    return {"stock": product.stock, "price": str(product.price)}
