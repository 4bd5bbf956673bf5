"""Feeds for the tests."""

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
FIELDS = {
    "title": "Bureaustoel Beer",
    "description": "Zit goed.",
    "link": "https://shop.example/beer",
    "image_link": "https://images.example/beer.jpg",
    "price": "49.99 EUR",
    "availability": "in_stock",
    "brand": "Beer",
    "gtin": "2000000000015",
    "product_type": "Meubels > Stoelen",
    "energy_efficiency_class": "",
}


def row(sku: str = "A-1", **fields: str) -> dict[str, str]:
    """The fields of a product, without those that are empty."""
    return {name: text for name, text in ({"id": sku} | FIELDS | fields).items() if text}


def xml(*rows: dict[str, str], end: str = "</channel></rss>") -> BytesIO:
    items = ("".join(f"<g:{name}>{escape(text)}</g:{name}>" for name, text in fields.items()) for fields in rows)
    return BytesIO((HEAD + "".join(f"<item>{item}</item>" for item in items) + end).encode())


def tsv(*rows: dict[str, str], end: str = "\n") -> BytesIO:
    names = ["id", *FIELDS]
    lines = [names, *([fields.get(name, "") for name in names] for fields in rows)]
    return BytesIO(("\n".join("\t".join(line) for line in lines) + end).encode())


def counts(report: Any) -> tuple[int, int, int, int, int]:
    """New, changed, the same, refused and switched off."""
    return report.new, report.changed, report.same, report.refused, report.switched_off
