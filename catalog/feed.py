"""Reading a product feed in the format of Google Merchant, XML (RSS 2.0 or Atom) or TSV, row by row.

A feed is hostile until it is read: it may have no DTD and so no entities, and however large it is, memory holds one row
of it. What is wrong with a row refuses that row; what is wrong with the file (`UnreadableFeed`) refuses all of it.
"""

import datetime as dt
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from catalog.feed_row import FeedRow, Fields, RefusedRow, read_row

MAX_ROW_BYTES = 1024 * 1024
ITEMS = ("{*}item", "{*}entry")
REQUIRED_COLUMNS = frozenset({"id", "title", "price", "availability"})


class UnreadableFeed(Exception):
    """The file is no feed, or not a whole one; the message says why."""


def read_feed(file: BinaryIO, *, now: dt.datetime) -> Iterator[FeedRow | RefusedRow]:
    """The rows of the feed, each checked by itself; `now` decides which sales are on.

    Refuses (UnreadableFeed) a file that is cut off, damaged, in another encoding than it says, has a DTD, or where one
    row takes more than `MAX_ROW_BYTES`: nothing read before may then be used.
    """
    start = file.read(256)
    file.seek(0)
    read = _read_xml if _looks_like_xml(start) else _read_tsv
    seen: set[str] = set()
    for number, fields in read(file):
        row = fields if isinstance(fields, RefusedRow) else read_row(number, fields, now=now)
        if row.sku in seen:
            row = RefusedRow(number, row.sku, _("This id stands in the feed more than once; the first one counts."))
        elif row.sku:
            seen.add(row.sku)
        yield row


def _looks_like_xml(start: bytes) -> bool:
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


class _Measured(io.RawIOBase):
    """Hands on a file, but no more of it between two rows than a row may take."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.since_row = file, 0

    def read(self, size: int = -1) -> bytes:
        if self.since_row > MAX_ROW_BYTES:
            raise _too_long()
        part = self.file.read(size)
        self.since_row += len(part)
        return part


def _read_xml(file: BinaryIO) -> Iterator[tuple[int, Fields]]:
    measured = _Measured(file)
    number = 0
    try:
        events = etree.iterparse(
            measured,
            events=("start", "end"),
            tag=("{*}rss", "{*}feed", *ITEMS),
            resolve_entities=False,
            no_network=True,
        )
        for event, element in events:
            _refuse_dtd(element)
            if event == "end" and etree.QName(element).localname in ("item", "entry"):
                number += 1
                measured.since_row = 0
                yield number, _fields_of(element)
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise UnreadableFeed(_("The XML is damaged or cut off: %(problem)s") % {"problem": error.msg}) from error
    if not number:
        raise UnreadableFeed(_("There is no product in this file."))


def _refuse_dtd(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFeed(_("The XML has a document type (DTD) or entities, which a feed does not need."))


def _fields_of(item: etree._Element) -> Fields:
    """The fields of an item by their names without a namespace; most of them once."""
    fields: Fields = {}
    for child in item.iterchildren(tag=etree.Element):
        text = _detail_of(child) if len(child) else "".join(child.itertext())
        fields.setdefault(etree.QName(child).localname, []).append(text.strip())
    return fields


def _detail_of(element: etree._Element) -> str:
    """A `product_detail` as TSV has it, `section:name:value`; of any other element with elements in it the text."""
    parts = {etree.QName(part).localname: "".join(part.itertext()).strip() for part in element.iterchildren("{*}*")}
    if "attribute_name" not in parts:
        return "".join(element.itertext())
    names = (parts.get(name, "").replace(":", " ") for name in ("section_name", "attribute_name"))
    return ":".join((*names, parts.get("attribute_value", "")))


def _forget(item: etree._Element) -> None:
    """Let go of an item that was read, and of all that stood before it."""
    item.clear()
    parent = item.getparent()
    while parent is not None and item.getprevious() is not None:
        del parent[0]


def _read_tsv(file: BinaryIO) -> Iterator[tuple[int, Fields | RefusedRow]]:
    names = [name.lower().removeprefix("g:").replace(" ", "_") for name in _cells(_line(file, 1).lstrip("\ufeff"))]
    if missing := REQUIRED_COLUMNS - set(names):
        text = _("The first line does not name these columns: %(missing)s.")
        raise UnreadableFeed(text % {"missing": ", ".join(sorted(missing))})
    number, short = 1, False
    while line := _line(file, number + 1):
        number += 1
        if not line.strip():
            continue
        cells = _cells(line)
        short = len(cells) < len(names)
        if short:
            yield number, RefusedRow(number, cells[0], _("This line has fewer columns than the first one."))
        elif any(cells[len(names) :]):
            yield number, RefusedRow(number, cells[0], _("This line has more columns than the first one."))
        else:
            yield number, {name: [cell] for name, cell in zip(names, cells, strict=False) if cell}
    if short:
        raise UnreadableFeed(_("The file is cut off: its last line is not whole."))
    if number == 1:
        raise UnreadableFeed(_("There is no product in this file."))


def _line(file: BinaryIO, number: int) -> str:
    """The next line without its end; nothing at the end of the file."""
    raw = file.readline(MAX_ROW_BYTES + 1)
    if len(raw) > MAX_ROW_BYTES:
        raise _too_long()
    if raw and not raw.endswith(b"\n"):
        raise UnreadableFeed(_("The file is cut off: its last line does not end."))
    try:
        return raw.decode().rstrip("\n").rstrip("\r") or (" " if raw else "")
    except UnicodeDecodeError as error:
        text = _("Line %(number)d is not UTF-8. Save the file with that encoding.")
        raise UnreadableFeed(text % {"number": number}) from error


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split("\t")]
    return [cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def _too_long() -> UnreadableFeed:
    return UnreadableFeed(_("A row of this file is larger than a megabyte. That is no product."))
