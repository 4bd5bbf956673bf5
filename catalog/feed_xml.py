"""A product feed in XML, RSS 2.0 or Atom, product by product: without a DTD, and memory holds one product of it."""

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from lxml import etree

from catalog.feed_faults import MAX_ROW_BYTES, Fault, UnreadableFeed, fault_of, no_product, too_long
from catalog.feed_row import Fields

ITEMS = ("{*}item", "{*}entry")
_REFERENCE_AT_END = re.compile(rb"&[^;<&\s]*\Z")


def read_xml(file: BinaryIO) -> Iterator[tuple[int, Fields]]:
    """The fields of each product with its place among them. Refuses UnreadableFeed."""
    measured, number = _Measured(file), 0
    tags = ("{*}rss", "{*}feed", *ITEMS)
    events = etree.iterparse(measured, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True)
    try:
        for event, element in events:
            _refuse_dtd(element)
            if event == "end" and etree.QName(element).localname in ("item", "entry"):
                number += 1
                measured.since_row = 0
                yield number, _fields_of(element)
                _forget(element)
    except etree.XMLSyntaxError as error:
        in_reference = _REFERENCE_AT_END.search(measured.tail) is not None
        fault = _fault_in(events, error)
        raise fault_of(fault, at_end=measured.is_at_end, ends_in_reference=in_reference) from error
    if not number:
        raise no_product()


def _fault_in(events: Any, error: etree.XMLSyntaxError) -> Fault:
    """Only the log of this very reading knows of an entity that nobody declared; the error is silent about it."""
    if error.code == etree.ErrorTypes.ERR_INTERNAL_ERROR and len(events.error_log):
        entry = events.error_log[0]
        return Fault(entry.type, entry.line, entry.column)
    return Fault(error.code or 0, *error.position)


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
    """A `product_detail` or `certification` as TSV has it, with colons between its parts; of any other element with
    elements in it the text."""
    parts = {etree.QName(part).localname: "".join(part.itertext()).strip() for part in element.iterchildren("{*}*")}
    if "certification_name" in parts:
        return ":".join(parts.values())
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


class _Measured(io.RawIOBase):
    """Hands on a file, but no more of it between two rows than a row may take; knows whether and how it ended."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.since_row = file, 0
        self.is_at_end, self.tail = False, b""

    def read(self, size: int = -1) -> bytes:
        if self.since_row > MAX_ROW_BYTES:
            raise too_long()
        part = self.file.read(size)
        self.since_row += len(part)
        self.is_at_end = not part
        self.tail = (self.tail + part)[-32:]
        return part
