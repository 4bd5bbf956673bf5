"""From a feed to the range: what is new, changed, the same, refused or missing, and putting it into the shop.

All rows are staged in a temporary table before anything is decided, so a feed that is cut off changes nothing. Then a
batch is a transaction; what says the same as last time is not written. A product that a full feed does not name is
switched off, never deleted, and comes back with the feed that names it again. One import at a time.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog import feed_pictures, feed_prices
from catalog.feed import read_feed
from catalog.feed_categories import find_categories
from catalog.feed_changes import Change, count_steep, find_changes
from catalog.feed_faults import UnreadableFeed
from catalog.feed_row import FeedRow, RefusedRow

BATCH = 1000
MOST_REFUSALS = 500
MOST_NOTICES = 200
IN_STOCK = 100
OFF = "off"
_LOCK = 7_310_042  # of this workflow among the advisory locks of PostgreSQL

_STAGE = """
CREATE TEMPORARY TABLE feed_row (
  number int PRIMARY KEY, sku text, digest text, name text, slug text, text text, price numeric, brand text, ean text,
  category text, in_stock bool, energy_class text, eprel_number text, vat_rate numeric, pictures text[],
  specifications jsonb, steps jsonb, verdict text, product_id bigint, category_id bigint)
"""
_COLUMNS = (
    "number, sku, digest, name, slug, text, price, brand, ean, category, in_stock, energy_class, eprel_number,"
    " vat_rate, pictures, specifications, steps, verdict"
)
_COMPARE = """
UPDATE feed_row SET product_id = product.id,
       verdict = CASE WHEN product.feed_digest = feed_row.digest AND (product.stock > 0 OR NOT feed_row.in_stock)
                      THEN 'same' ELSE 'changed' END
  FROM catalog_product product WHERE product.sku = feed_row.sku AND verdict = 'new'
"""
_FILE_UNDER = """
UPDATE feed_row SET category_id = found.id
  FROM unnest(%s::text[], %s::bigint[]) AS found(path, id) WHERE category = found.path
"""
_NUMBER_BATCHES = f"""
CREATE TEMPORARY TABLE feed_batch AS
SELECT number, (row_number() OVER (ORDER BY verdict, product_id, number) - 1) / {BATCH} AS batch
  FROM feed_row WHERE verdict IN ('new', 'changed');
CREATE INDEX ON feed_batch (batch)
"""  # noqa: S608
_ROWS = "feed_row JOIN feed_batch USING (number) WHERE feed_batch.batch = %(batch)s AND verdict ="
_LOCK_CHANGED = f"""
SELECT FROM catalog_product WHERE id IN (SELECT product_id FROM {_ROWS} 'changed') ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608
# A feed that is silent about something leaves it as it is. Words of the other language belong to the words that they
# were written for, and go with them.
_UPDATE = f"""
UPDATE catalog_product SET
  ean = coalesce(nullif(row.ean, ''), catalog_product.ean), category_id = row.category_id,
  brand = coalesce(nullif(row.brand, ''), catalog_product.brand), slug = row.slug,
  name_nl = row.name, name_en = CASE WHEN row.name = name_nl THEN name_en ELSE '' END,
  text_nl = coalesce(nullif(row.text, ''), text_nl),
  text_en = CASE WHEN row.text IN ('', text_nl) THEN text_en ELSE '' END,
  price = row.price, vat_rate = coalesce(row.vat_rate, catalog_product.vat_rate),
  stock = CASE WHEN NOT row.in_stock THEN 0 WHEN stock = 0 THEN {IN_STOCK} ELSE stock END,
  specifications = CASE row.specifications WHEN '[]' THEN catalog_product.specifications ELSE row.specifications END,
  energy_class = coalesce(nullif(row.energy_class, ''), catalog_product.energy_class),
  eprel_number = coalesce(nullif(row.eprel_number, ''), catalog_product.eprel_number),
  is_active = is_active OR feed_digest = '{OFF}', feed_digest = row.digest, updated_at = %(now)s
  FROM (SELECT feed_row.* FROM {_ROWS} 'changed') row WHERE row.product_id = catalog_product.id
"""  # noqa: S608
_INSERT = f"""
INSERT INTO catalog_product (sku, ean, category_id, brand, name_nl, name_en, slug, text_nl, text_en, specifications,
                             price, vat_rate, stock, energy_class, eprel_number, is_active, picture, feed_digest,
                             created_at, updated_at)
SELECT sku, ean, category_id, brand, name, '', slug, text, '', specifications, price, coalesce(vat_rate, 21),
       CASE WHEN in_stock THEN {IN_STOCK} ELSE 0 END, energy_class, eprel_number, true, '', digest, %(now)s, %(now)s
  FROM {_ROWS} 'new' ORDER BY number
    ON CONFLICT (sku) DO NOTHING
"""  # noqa: S608
_MISSING = f"""
FROM catalog_product WHERE is_active AND feed_digest NOT IN ('', '{OFF}')
 AND NOT EXISTS (SELECT FROM feed_row WHERE feed_row.sku = catalog_product.sku)
"""
_SWITCH_OFF = f"""
UPDATE catalog_product SET is_active = false, feed_digest = '{OFF}', updated_at = %(now)s
 WHERE id IN (SELECT id {_MISSING} ORDER BY id LIMIT {BATCH} FOR NO KEY UPDATE)
"""  # noqa: S608


class FeedBusy(Exception):
    """Another feed is being imported at this moment."""


class Notice(NamedTuple):
    """What is to be told of a row that is imported."""

    number: int
    sku: str
    text: str


@dataclass
class Report:
    """How many products were, or would be, …; `refusals` holds the first `MOST_REFUSALS` rows that were refused.

    `steep`: of the changed ones those with another price by far; `changes` begins with them. `unsold`: sale prices that
    do not count now, the first `MOST_NOTICES` of which `notices` tells about.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    switched_off: int = 0
    steep: int = 0
    unsold: int = 0
    refusals: list[RefusedRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def note(self, row: FeedRow | RefusedRow) -> None:
        """Keep what is to be told of a row itself."""
        if isinstance(row, RefusedRow):
            self.refused += 1
            self.refusals += [row] if len(self.refusals) < MOST_REFUSALS else []
        elif row.notice:
            self.unsold += 1
            self.notices += [Notice(row.number, row.sku, row.notice)] if len(self.notices) < MOST_NOTICES else []


def check_feed(file: BinaryIO, *, is_full: bool, now: dt.datetime) -> Report:
    """What importing the feed would do; writes nothing. Refuses UnreadableFeed, FeedBusy."""
    with _staged(file, now) as (cursor, report):
        if is_full:
            cursor.execute(f"SELECT count(*) {_MISSING}")
            report.switched_off = cursor.fetchone()[0]
        return report


def import_feed(file: BinaryIO, *, is_full: bool, now: dt.datetime) -> Report:
    """Put the feed into the shop, `BATCH` products a transaction. Refuses UnreadableFeed, FeedBusy.

    `is_full`: the feed names the whole range, so what earlier feeds named and this one does not is switched off.
    """
    with _staged(file, now) as (cursor, report):
        _find_categories(cursor)
        cursor.execute(_NUMBER_BATCHES)
        cursor.execute("SELECT coalesce(max(batch), -1) + 1 FROM feed_batch")
        for batch in range(cursor.fetchone()[0]):
            _import_batch(cursor, {"batch": batch, "now": now})
        if is_full:
            report.switched_off = _switch_off(cursor, now)
        return report


@contextmanager
def _staged(file: BinaryIO, now: dt.datetime) -> Iterator[tuple[CursorWrapper, Report]]:
    """The feed in the temporary table, each row with its verdict, and the report of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise FeedBusy(_("Another feed is being imported at this moment. Try again when it is done."))
        try:
            with transaction.atomic():
                report = _stage(cursor, file, now)
            yield cursor, report
        finally:
            cursor.execute("DROP TABLE IF EXISTS feed_row, feed_batch")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _stage(cursor: CursorWrapper, file: BinaryIO, now: dt.datetime) -> Report:
    report = Report()
    cursor.execute(_STAGE)
    with cursor.copy(f"COPY feed_row ({_COLUMNS}) FROM STDIN") as copy:
        for row in read_feed(file, now=now):
            report.note(row)
            copy.write_row(_staged_row(row))
    cursor.execute("ANALYZE feed_row")
    cursor.execute(_COMPARE)
    cursor.execute("SELECT verdict, count(*) FROM feed_row GROUP BY verdict")
    counts = dict(cursor.fetchall())
    report.new, report.changed, report.same = (counts.get(verdict, 0) for verdict in ("new", "changed", "same"))
    if not report.new + report.changed + report.same:
        raise UnreadableFeed(_("No row of this file can be imported."))
    report.changes, report.steep = find_changes(cursor), count_steep(cursor)
    return report


def _staged_row(row: FeedRow | RefusedRow) -> tuple[object, ...]:
    if isinstance(row, RefusedRow):
        return (row.number, row.sku, *[None] * 15, "refused")
    slug = slugify(row.name)[:170] or "product"
    specifications = json.dumps([(name, "", value, "") for name, value in row.specifications])
    steps = json.dumps([step._asdict() for step in row.steps], default=str)
    return (
        *(row.number, row.sku, row.digest, row.name, slug, row.text, row.price, row.brand, row.ean),
        *(" > ".join(row.category), row.in_stock, row.energy_class, row.eprel_number),
        *(row.vat_rate, list(row.pictures)),
        *(specifications, steps, "new"),
    )


@transaction.atomic
def _find_categories(cursor: CursorWrapper) -> None:
    """Give each row its category; those that are not there are made."""
    cursor.execute("SELECT DISTINCT category FROM feed_row WHERE verdict IN ('new', 'changed')")
    paths = [path for (path,) in cursor.fetchall()]
    found = find_categories([tuple(path.split(" > ")) for path in paths])
    cursor.execute(_FILE_UNDER, [paths, list(found.values())])


@transaction.atomic
def _import_batch(cursor: CursorWrapper, given: dict[str, Any]) -> None:
    for statement in (_LOCK_CHANGED, _UPDATE, _INSERT):
        cursor.execute(statement, given)
    feed_pictures.ask_for(cursor, _ROWS, given)
    feed_prices.announce(cursor, _ROWS, given)


def _switch_off(cursor: CursorWrapper, now: dt.datetime) -> int:
    switched_off, batch = 0, BATCH
    while batch == BATCH:
        cursor.execute(_SWITCH_OFF, {"now": now})
        batch = cursor.rowcount
        switched_off += batch
    return switched_off
