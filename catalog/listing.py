"""Cards of products: one page of a shelf, of search results, or a few for the front page.

A list costs one statement of 24 rows. What a card shows (price, stock, mark) is always read fresh; only HTML is kept.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.kept import kept_html
from catalog.models import Product, localized
from catalog.shelves import Shelves, shelves_of
from portals.models import Portal
from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.prepared import Given, Prepared

PAGE_SIZE = 24
FEW_LEFT = 5
_LAST = 1_000_000_000
COLUMNS = ("pk", "slug", "name_nl", "name_en", "brand", "price", "stock", "picture", "category_id", "delivery_days")


class Card(NamedTuple):
    """What a card shows of a product. `left`: how many are in stock, at most one more than `FEW_LEFT`."""

    pk: int
    slug: str
    name: str
    brand: str
    price: Decimal
    left: int
    picture: str
    payable: bool
    delivery_days: int | None = 1
    delivery: str = ""


def offset_of(number: str | None) -> int:
    """How many products come before page `number`, as it was typed; beyond all of them for a page that cannot be."""
    try:
        page = int(number or 1)
    except ValueError:
        page = 1
    return (min(page, _LAST) - 1 if page > 0 else _LAST) * PAGE_SIZE


class Listing:
    """A query set of products in its order, composed once: composing the statement costs more than asking it."""

    def __init__(self, products: QuerySet[Product]) -> None:
        self.sql, self.params = products.values_list(*COLUMNS).query.sql_with_params()

    def cards(self, shelves: Shelves, *, number: int, offset: int = 0) -> list[Card]:
        """The cards of `number` products from `offset` on, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql} LIMIT %s OFFSET %s", [*self.params, number, offset])
            return cards_of_rows(cursor.fetchall(), shelves)


def cards(products: Any, shelves: Shelves) -> list[Card]:
    """The cards of a query set of products, in one statement."""
    return cards_of_rows(products.values_list(*COLUMNS), shelves)


def cards_of_rows(rows: Iterable[Sequence[Any]], shelves: Shelves) -> list[Card]:
    """The cards of rows that hold `COLUMNS`."""
    return [
        Card(
            pk,
            slug,
            localized(name_nl, name_en),
            brand,
            price,
            min(stock, FEW_LEFT + 1),
            picture,
            shelves.pays(pk, category),
            days,
        )
        for pk, slug, name_nl, name_en, brand, price, stock, picture, category, days in rows
    ]


def cards_in_order(product_ids: Sequence[int], shelves: Shelves) -> list[Card]:
    """The cards of the products with these ids, in that order."""
    place = {pk: number for number, pk in enumerate(product_ids)}
    found = cards_of_rows(_given.all(ids=list(product_ids)), shelves)
    return sorted(found, key=lambda card: place[card.pk])


def some_cards(portal: Portal, number: int = 10) -> list[Card]:
    """Up to `number` products for the front page: one of each shelf as far as it is in stock, payable ones first."""
    shelves = shelves_of(portal)
    on_show = (
        Product.objects.filter(shelves.lying_on(shelves.by_pk.values()), is_active=True, stock__gt=0)
        .order_by("category_id", "name_nl", "pk")
        .distinct("category_id")
    )
    return sorted(cards(on_show, shelves), key=lambda card: not card.payable)[:number]


def with_delivery(shown: Iterable[Card], calendar: DeliveryCalendar) -> list[Card]:
    """The cards with the days on which their products come, each said once."""
    days = cache(lambda delivery_days: calendar.words(calendar.day(delivery_days)))
    return [card._replace(delivery=days(card.delivery_days) if card.left else "") for card in shown]


def cards_html(portal: Portal, shown: Iterable[Card], *, calendar: DeliveryCalendar, heading: int = 2) -> SafeString:
    """The cards as HTML, their names as headings of level `heading`."""
    shown = with_delivery(shown, calendar)
    return kept_html(portal, "cards", (heading, shown), lambda: write_cards(shown, heading=heading))


def write_cards(shown: Iterable[Card], *, heading: int = 2) -> SafeString:
    """The cards as HTML, written anew."""
    return render_to_string("catalog/_cards.html", {"cards": _with_parts(shown), "heading": heading})


def _with_parts(shown: Iterable[Card]) -> list[tuple[Card, SafeString, SafeString]]:
    """Each card with its stock and its mark as HTML. Most cards of a list say the same there, so it is written once."""
    stock = cache(lambda left: render_to_string("catalog/_stock.html", {"left": left}))
    mark = cache(lambda payable: render_to_string("catalog/_payable.html", {"payable": payable}))
    return [(card, stock(card.left), mark(card.payable)) for card in shown]


def _of_given() -> "QuerySet[Product, Any]":
    given = Given("ids", ArrayField(BigIntegerField()))
    return Product.objects.filter(pk__any=given).order_by().values_list(*COLUMNS)


_given = Prepared(_of_given)
