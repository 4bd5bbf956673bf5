"""One row of a product feed: what its fields must be, and what they become."""

import datetime as dt
import html
import re
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

import nh3
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.energy import EnergyClass
from catalog.feed_sale import Sale, Step, read_period
from catalog.models import VatRate, validate_ean

Fields = dict[str, list[str]]
MOST_PICTURES = 10
MOST_DETAILS = 50
LEVELS = 6
AVAILABLE = {"in_stock": True, "out_of_stock": False, "preorder": False, "backorder": False}
_PRICE = re.compile(r"(\d{1,8}(?:\.\d{1,2})?) ?EUR")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EPREL_NUMBER = re.compile(r"[0-9]{1,10}")
_NUMBER = re.compile(r"\d+")
_NEXT_DETAIL = re.compile(r",\s*(?=[^,:]*:[^,:]+:)")


class RefusedRow(NamedTuple):
    """A row that is not imported. `number`: its line in TSV, its place among the products in XML."""

    number: int
    sku: str
    reason: str


class FeedRow(NamedTuple):
    """A product as the feed has it. `vat_rate` in per cent; None where the feed does not say. `price`: what it costs
    now; `steps`: how that changes later; `notice`: what is to be told of its sale."""

    number: int
    sku: str
    name: str
    text: str
    price: Decimal
    brand: str
    ean: str
    category: tuple[str, ...]
    in_stock: bool
    energy_class: str
    vat_rate: Decimal | None
    pictures: tuple[str, ...]
    specifications: tuple[tuple[str, str], ...] = ()
    eprel_number: str = ""
    steps: tuple[Step, ...] = ()
    notice: str = ""

    @property
    def digest(self) -> str:
        """The same as long as nothing of the product changes; what came to the format later counts where it is said."""
        always = self[1 : self._fields.index("specifications")]
        steps = tuple((step.due_at.isoformat(), step.after) for step in self.steps)
        said = (*always, *(part for part in (self.specifications, self.eprel_number, steps) if part))
        return blake2b(repr(said).encode(), digest_size=16).hexdigest()


class _Wrong(Exception):
    """The row cannot be imported; the message says why."""


def read_row(number: int, fields: Fields, *, now: dt.datetime) -> FeedRow | RefusedRow:
    """The product of a row, or why it is refused."""
    sku = _first(fields, "id")
    try:
        sale = _sale(fields)
        return FeedRow(
            number=number,
            sku=_text(sku, "id", 40),
            name=_text(_first(fields, "title"), "title", 150),
            text=_prose(_first(fields, "description")),
            price=sale.price_at(now),
            brand=_text(_first(fields, "brand"), "brand", 60, required=False),
            ean=_ean(_first(fields, "gtin")),
            category=_category(fields),
            in_stock=_in_stock(_first(fields, "availability")),
            energy_class=_one_of(
                _first(fields, "energy_efficiency_class"), "energy_efficiency_class", EnergyClass.values
            ),
            vat_rate=_vat_rate(_first(fields, "vat_rate")),
            pictures=_pictures(fields),
            specifications=_specifications(fields.get("product_detail", [])),
            eprel_number=_eprel_number(fields.get("certification", [])),
            steps=sale.steps_after(now),
            notice=sale.notice_at(now),
        )
    except _Wrong as wrong:
        return RefusedRow(number, sku[:40].replace("\x00", ""), str(wrong))


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _text(text: str, name: str, longest: int, *, required: bool = True) -> str:
    if required and not text:
        raise _Wrong(_("There is no %(name)s.") % {"name": name})
    if len(text) > longest:
        raise _Wrong(_("The %(name)s is longer than %(longest)d characters.") % {"name": name, "longest": longest})
    if _CONTROL.search(text):
        raise _Wrong(_("The %(name)s holds characters that are no text.") % {"name": name})
    return text


def _prose(text: str) -> str:
    """The description as plain text: feeds often hold HTML."""
    plain = html.unescape(nh3.clean(text, tags=set())) if "<" in text or "&" in text else text
    return _text(plain.strip(), "description", 5000, required=False)


def _sale(fields: Fields) -> Sale:
    """What the product costs; without a sale, or one that is no cheaper, the same at all times."""
    usual = _amount(_first(fields, "price"), "price")
    reduced, period = _first(fields, "sale_price"), _first(fields, "sale_price_effective_date")
    price = _amount(reduced, "sale_price") if reduced else usual
    if price >= usual or not period:
        return Sale(usual, min(price, usual))
    try:
        return Sale(usual, price, *read_period(period))
    except ValueError as error:
        text = _("Give the sale_price_effective_date as two times, the earlier first, with a slash between.")
        raise _Wrong(text) from error


def _amount(text: str, name: str) -> Decimal:
    found = _PRICE.fullmatch(text)
    if found is None or not Decimal(found[1]):
        raise _Wrong(_("Give the %(name)s as “49.99 EUR”, not as “%(text)s”.") % {"name": name, "text": text[:40]})
    return Decimal(found[1]).quantize(Decimal("0.01"))


def _ean(number: str) -> str:
    try:
        if number:
            validate_ean(number)
    except ValidationError as error:
        raise _Wrong(error.messages[0]) from error
    return _text(number, "gtin", 14, required=False)


def _category(fields: Fields) -> tuple[str, ...]:
    path = _first(fields, "product_type") or _first(fields, "google_product_category")
    names = tuple(name.strip() for name in path.split(">"))
    if not all(names) or _NUMBER.fullmatch(path):
        raise _Wrong(_("Give the product_type as a path of names: Furniture > Chairs."))
    if len(names) > LEVELS:
        raise _Wrong(_("The product_type has more than %(levels)d levels.") % {"levels": LEVELS})
    return tuple(_text(name, "product_type", 80) for name in names)


def _in_stock(text: str) -> bool:
    said = _text(text, "availability", 40).replace(" ", "_")
    return AVAILABLE[_one_of(said, "availability", list(AVAILABLE))]


def _eprel_number(texts: list[str]) -> str:
    """The number of an energy label among certifications such as `EC:EPREL:123456`, whatever the order of the parts."""
    for text in ",".join(texts).split(","):
        parts = {part.strip() for part in text.split(":")}
        if "EPREL" in parts:
            number = "".join(parts - {"EPREL", "EC", "European_Commission"})
            if not _EPREL_NUMBER.fullmatch(number):
                raise _Wrong(_("Give the certification as “EC:EPREL:123456”, not as “%(text)s”.") % {"text": text[:40]})
            return number
    return ""


def _vat_rate(text: str) -> Decimal | None:
    choices: dict[str, Decimal] = {str(int(rate)): rate for rate in VatRate.values}
    rate = _one_of(text, "vat_rate", list(choices))
    return choices[rate] if rate else None


def _one_of(text: str, name: str, choices: list[str]) -> str:
    if text and text not in choices:
        told = {"name": name, "choices": ", ".join(choices), "text": text[:40]}
        raise _Wrong(_("The %(name)s is one of %(choices)s, not “%(text)s”.") % told)
    return text


def _pictures(fields: Fields) -> tuple[str, ...]:
    more = (part.strip() for text in fields.get("additional_image_link", []) for part in text.split(","))
    links = dict.fromkeys(link for link in (_first(fields, "image_link"), *more) if link)
    return tuple(_text(link, "image_link", 500) for link in list(links)[:MOST_PICTURES])


def _specifications(texts: list[str]) -> tuple[tuple[str, str], ...]:
    """Names with their values. A text holds one detail, or in TSV several with commas between."""
    details = [detail for text in texts for detail in _NEXT_DETAIL.split(text)]
    return tuple(dict.fromkeys(map(_detail, details)))[:MOST_DETAILS]


def _detail(text: str) -> tuple[str, str]:
    _section, name, value = (part.strip() for part in (*text.split(":", 2), "", "")[:3])
    if not name or not value:
        raise _Wrong(_("Give the product_detail as “section:name:value”, not as “%(text)s”.") % {"text": text[:40]})
    return _text(name, "product_detail", 140), _text(value, "product_detail", 1000)
