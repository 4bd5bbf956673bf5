"""Pictures that a feed names: asked for by the import, fetched by a task, kept as our own encoding.

What is to be fetched is a row, so a lost task loses nothing. An address that does not answer is asked again, later each
time, and given up after `RETRY_AFTER` has run out; what it answered instead of a picture stands in the row.
"""

import datetime as dt
from io import BytesIO
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.backends.utils import CursorWrapper

from catalog import pictures
from catalog.feed_models import FeedPicture
from catalog.fetch import CannotFetch, fetch
from catalog.models import Product, ProductPicture
from portals.images import MAX_BYTES, clean_image

BATCH = 8
SECONDS = 20
RETRY_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 60, 12 * 60, 48 * 60))
log = structlog.get_logger(__name__)


def ask_for(cursor: CursorWrapper, rows: str, given: dict[str, Any]) -> None:
    """Ask for the pictures of a batch of the import, and drop those that its products no longer have.

    `rows`: the batch as a FROM clause that ends before a verdict.
    """
    cursor.execute(_DROP.format(rows=rows), given)
    gone = [picture for (picture,) in cursor.fetchall() if picture]
    cursor.execute(_ASK.format(rows=rows), given)
    bare = Product.objects.filter(pictures__in=gone).distinct()
    for product in list(bare) if gone else []:
        product.pictures.filter(pk__in=gone).delete()
        product.set_first_picture()


_NAMED = """
SELECT product.id AS product_id, named.address, named.position
  FROM (SELECT sku, pictures FROM {rows} ANY (ARRAY['new', 'changed'])) row
  JOIN catalog_product product USING (sku), unnest(row.pictures) WITH ORDINALITY AS named(address, position)
"""
_DROP = f"""
DELETE FROM catalog_feedpicture asked
 USING (SELECT sku FROM {{rows}} 'changed') row JOIN catalog_product product USING (sku)
 WHERE asked.product_id = product.id AND (asked.product_id, asked.address) NOT IN
       (SELECT product_id, address FROM ({_NAMED}) named)
RETURNING asked.picture_id
"""  # noqa: S608
_ASK = f"""
INSERT INTO catalog_feedpicture (product_id, address, position, attempts, error, due_at)
SELECT product_id, address, position, 0, '', %(now)s FROM ({_NAMED}) named
    ON CONFLICT (product_id, address) DO UPDATE SET position = excluded.position
 WHERE catalog_feedpicture.position <> excluded.position
"""  # noqa: S608


def fetch_due(*, now: dt.datetime) -> int:
    """Fetch what is due at `now`, at most `BATCH` pictures. Returns how many were tried."""
    tried = 0
    while tried < BATCH and _fetch_next(now):
        tried += 1
    return tried


@transaction.atomic
def _fetch_next(now: dt.datetime) -> bool:
    """Fetch the next picture that no other worker holds. False when there is none."""
    due = FeedPicture.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    wanted = due.select_for_update(skip_locked=True).first()
    if wanted is None:
        return False
    wanted.attempts += 1
    try:
        content = BytesIO()
        fetch(wanted.address, content, most_bytes=MAX_BYTES, seconds=SECONDS)
        picture = clean_image(ContentFile(content.getvalue()), keep_side=pictures.WIDEST)
    except CannotFetch as problem:
        _fail(wanted, str(problem), now, for_good=problem.for_good)
    except ValidationError as problem:
        _fail(wanted, problem.messages[0], now, for_good=True)
    else:
        _hang(wanted, picture)
    wanted.save()
    return True


def _hang(wanted: FeedPicture, upload: "ContentFile[bytes]") -> None:
    name, width, height = pictures.keep(upload)
    wanted.picture = ProductPicture.objects.create(
        product=wanted.product, file=name, width=width, height=height, position=wanted.position
    )
    wanted.due_at, wanted.error = None, ""
    wanted.product.set_first_picture()


def _fail(wanted: FeedPicture, problem: str, now: dt.datetime, *, for_good: bool) -> None:
    again = not for_good and wanted.attempts <= len(RETRY_AFTER)
    wanted.error = problem
    wanted.due_at = now + RETRY_AFTER[wanted.attempts - 1] if again else None
    log.warning("picture_not_fetched", picture=wanted.pk, attempts=wanted.attempts, given_up=not again)
