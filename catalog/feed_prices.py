"""Prices that a feed announced for later: the start and the end of a sale, kept by the import, put in by a task.

A sale thus ends when the feed says so and not with the next feed. A price that somebody set by hand or by the API since
then stays: the feed announced a change of another one.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


def announce(cursor: CursorWrapper, rows: str, given: dict[str, Any]) -> None:
    """Keep what the rows of a batch of the import announce, instead of what was announced for their products before.

    `rows`: the batch as a FROM clause that ends before a verdict.
    """
    cursor.execute(_DROP.format(rows=rows), given)
    cursor.execute(_KEEP.format(rows=rows), given)


@transaction.atomic
def apply_due(*, now: dt.datetime) -> int:
    """Put in the prices that are due at `now`, each once. Returns how many times a product got another price."""
    changed = 0
    with connection.cursor() as cursor:
        # Products before what is announced for them, in one order: as the import takes them.
        cursor.execute(_LOCK, {"now": now})
        cursor.execute(_TAKE, {"now": now, "products": [product for (product,) in cursor.fetchall()]})
        for product, before, after in cursor.fetchall():
            cursor.execute(_APPLY, {"product": product, "before": before, "after": after, "now": now})
            changed += cursor.rowcount
    return changed


_DROP = """
DELETE FROM catalog_feedprice announced USING (SELECT product_id FROM {rows} 'changed') row
 WHERE announced.product_id = row.product_id
"""
_KEEP = """
INSERT INTO catalog_feedprice (product_id, due_at, before, after)
SELECT product.id, step.due_at, step.before, step.after
  FROM (SELECT sku, steps FROM {rows} ANY (ARRAY['new', 'changed'])) row JOIN catalog_product product USING (sku),
       jsonb_to_recordset(row.steps) AS step(due_at timestamptz, before numeric, after numeric)
"""
_LOCK = """
SELECT id FROM catalog_product WHERE id IN (SELECT product_id FROM catalog_feedprice WHERE due_at <= %(now)s)
 ORDER BY id FOR NO KEY UPDATE
"""
_TAKE = """
WITH taken AS (
  DELETE FROM catalog_feedprice WHERE due_at <= %(now)s AND product_id = ANY (%(products)s)
  RETURNING product_id, before, after, due_at
)
SELECT product_id, before, after FROM taken ORDER BY product_id, due_at
"""
_APPLY = """
UPDATE catalog_product SET price = %(after)s, updated_at = %(now)s WHERE id = %(product)s AND price = %(before)s
"""
