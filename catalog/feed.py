"""Reading a product feed in the format of Google Merchant, XML (RSS 2.0 or Atom) or TSV, row by row.

A feed is hostile until it is read: it may have no DTD and so no entities, and however large it is, memory holds one row
of it. What is wrong with a row refuses that row; what is wrong with the file (`UnreadableFeed`) refuses all of it.
"""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.feed_file import is_xml
from catalog.feed_row import FeedRow, RefusedRow, read_row
from catalog.feed_tsv import read_tsv
from catalog.feed_xml import read_xml


def read_feed(file: BinaryIO, *, now: dt.datetime) -> Iterator[FeedRow | RefusedRow]:
    """The rows of the feed, each checked by itself; `now` decides which sales are on.

    Refuses (UnreadableFeed) a file that is cut off, damaged, in another encoding than it says, has a DTD, or where one
    row takes more than `MAX_ROW_BYTES`: nothing read before may then be used.
    """
    read = read_xml if is_xml(file) else read_tsv
    seen: set[str] = set()
    for number, fields in read(file):
        row = fields if isinstance(fields, RefusedRow) else read_row(number, fields, now=now)
        if row.sku in seen:
            row = RefusedRow(number, row.sku, _("This id stands in the feed more than once; the first one counts."))
        elif row.sku:
            seen.add(row.sku)
        yield row
