"""What a feed changes of the products that are there, to be looked at before it is imported: prices first of all."""

from decimal import Decimal
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

MOST_CHANGES = 200
# A comma in the wrong place or cents for euros is a factor of ten or more, a sale seldom more than half of the price.
STEEP = Decimal("0.5")


class Change(NamedTuple):
    """A product that changes: its price in euro before and after, as texts so that they can be kept as JSON, and the
    columns of the feed that say something else than the shop does."""

    number: int
    sku: str
    name: str
    before: str
    after: str
    columns: list[str]

    @property
    def prices(self) -> tuple[Decimal, Decimal]:
        return Decimal(self.before), Decimal(self.after)

    @property
    def is_repriced(self) -> bool:
        return self.before != self.after

    @property
    def is_steep(self) -> bool:
        """Whether the price rises or falls by more than `STEEP` of it."""
        before, after = self.prices
        return abs(after - before) > before * STEEP


def find_changes(cursor: CursorWrapper) -> list[Change]:
    """The first `MOST_CHANGES` of the changed products that the feed has staged, the greatest change of price first."""
    cursor.execute(_CHANGES)
    return [Change(*row) for row in cursor.fetchall()]


def count_steep(cursor: CursorWrapper) -> int:
    """How many prices of the staged feed rise or fall by more than `STEEP`."""
    cursor.execute(_COUNT_STEEP, [STEEP])
    return int(cursor.fetchone()[0])


_CHANGED = """
SELECT feed_row.*, product.id, product.price AS before, greatest(feed_row.price / product.price,
       product.price / feed_row.price) AS factor
  FROM feed_row JOIN catalog_product product ON product.id = feed_row.product_id WHERE verdict = 'changed'
"""
_COUNT_STEEP = f"SELECT count(*) FROM ({_CHANGED}) row WHERE abs(price - before) > before * %s"  # noqa: S608
_PATH = """
SELECT string_agg(category.name_nl, ' > ' ORDER BY part.depth)
  FROM catalog_category leaf, string_to_array(rtrim(leaf.path, '/'), '/') AS ids,
       unnest(ids) WITH ORDINALITY AS part(id, depth) JOIN catalog_category category ON category.id = part.id::bigint
 WHERE leaf.id = product.category_id
"""
_PICTURES = "SELECT array_agg(address::text ORDER BY position) FROM catalog_feedpicture WHERE product_id = product.id"
# A column without a word changes nothing: see `catalog.feed_import`.
_CHANGES = f"""
SELECT row.number, row.sku, row.name, row.before::text, row.price::text, array_remove(ARRAY[
         CASE WHEN row.name <> product.name_nl THEN 'title' END,
         CASE WHEN row.text NOT IN ('', product.text_nl) THEN 'description' END,
         CASE WHEN row.brand NOT IN ('', product.brand) THEN 'brand' END,
         CASE WHEN row.ean NOT IN ('', product.ean) THEN 'gtin' END,
         CASE WHEN lower(row.category) <> lower(({_PATH})) THEN 'product_type' END,
         CASE WHEN row.in_stock <> (product.stock > 0) OR product.feed_digest = 'off' THEN 'availability' END,
         CASE WHEN row.energy_class NOT IN ('', product.energy_class) THEN 'energy_efficiency_class' END,
         CASE WHEN row.eprel_number NOT IN ('', product.eprel_number) THEN 'certification' END,
         CASE WHEN row.vat_rate <> product.vat_rate THEN 'vat_rate' END,
         CASE WHEN row.specifications NOT IN ('[]', product.specifications) THEN 'product_detail' END,
         CASE WHEN row.pictures <> coalesce(({_PICTURES}), '{{}}') THEN 'image_link' END
       ], NULL)
  FROM ({_CHANGED} ORDER BY factor DESC, number LIMIT {MOST_CHANGES}) row JOIN catalog_product product USING (id)
 ORDER BY factor DESC, number
"""  # noqa: S608
