"""The comparison: up to four products side by side, as a visitor chose them. The session keeps their ids."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from catalog.models import Product, localized
from catalog.product_page import Offer, ProductNotShown, make_offer
from catalog.shelves import shelves_of
from portals.models import Portal
from thuiswerk.lib.delivery import DeliveryCalendar

# So many are compared; one more is not taken.
MOST = 4


class ComparisonFull(Exception):
    """As many products are compared as can be."""


class Compared(NamedTuple):
    """A product in its column. `delivery`: the day on which it comes, empty where none is promised."""

    product: Product
    offer: Offer
    delivery: str


class Row(NamedTuple):
    """A specification of the products, `values` in their order: empty where a product says nothing of it. `differs`:
    those that say something of it do not say the same, which is worth a mark."""

    label: str
    values: list[str]
    differs: bool


def find_products(portal: Portal, product_ids: Iterable[int]) -> list[Product]:
    """Those with these ids that `portal` shows, each once and in this order. In one statement."""
    shelves, wanted = shelves_of(portal), list(dict.fromkeys(product_ids))
    found = Product.objects.filter(is_active=True).defer("search", "text_nl", "text_en").in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found and shelves.shows(pk, found[pk].category_id)]


def add_to(product_ids: list[int], portal: Portal, product_id: int) -> list[int]:
    """The ids that are compared with one more, less those that `portal` no longer shows.

    Refuses ProductNotShown, ComparisonFull.
    """
    shown = [product.pk for product in find_products(portal, [*product_ids, product_id])]
    if product_id not in shown:
        raise ProductNotShown(product_id)
    if len(shown) > MOST:
        raise ComparisonFull
    return shown


def compare(portal: Portal, products: list[Product], *, credit: Decimal, calendar: DeliveryCalendar) -> list[Compared]:
    """What each of the products, which `portal` shows, is to an employee who has `credit` (euro) left."""
    by_pk = shelves_of(portal).by_pk
    return [
        Compared(
            product,
            make_offer(portal, product, by_pk[product.category_id], credit),
            calendar.words(calendar.day(product.delivery_days)) if product.in_stock else "",
        )
        for product in products
    ]


def rows_of(products: list[Product]) -> list[Row]:
    """The specifications of all products in the reader's language, in the order in which they first come."""
    labels: dict[str, str] = {}
    said: list[dict[str, str]] = []
    for product in products:
        values: dict[str, str] = {}
        for label_nl, label_en, value_nl, value_en in product.specifications:
            key = (label_nl or label_en).casefold()
            labels.setdefault(key, localized(label_nl, label_en))
            value = localized(value_nl, value_en)
            values[key] = f"{values[key]}, {value}" if key in values else value
        said.append(values)
    rows = [_row(label, [values.get(key, "") for values in said]) for key, label in labels.items()]
    # Where every row would have the mark, as with a chair and a lamp, it points at nothing.
    return [row._replace(differs=False) for row in rows] if all(row.differs for row in rows) else rows


def _row(label: str, values: list[str]) -> Row:
    return Row(label, values, differs=len(set(values) - {""}) > 1)
