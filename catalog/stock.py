"""The lists of products that a portal shows: what lies on a shelf, what a search found; how a page of one is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db.models import F, Func, QuerySet
from django.utils.translation import get_language

from catalog.filters import Sort
from catalog.listing import PAGE_SIZE, Card, Listing, cards_in_order
from catalog.models import Product
from catalog.names import shown_name
from catalog.search import MOST, Found
from catalog.shelves import Shelf, Shelves
from thuiswerk.lib.prepared import ids_of

_ORDERS = {
    Sort.NAME: ("shown_name", "pk"),
    Sort.CHEAPEST: ("price", "pk"),
    Sort.DEAREST: ("-price", "-pk"),
    Sort.NEWEST: ("-created_at", "-pk"),
    Sort.RELEVANCE: ("rank",),
}


@dataclass(slots=True)
class Stock:
    """What there is to narrow down: `total` products that the portal shows, in the first of `orders` unless another is
    chosen. `options`: the shelves to choose from. `name`: what sets this list apart in the portal. `ranked`: the ids of
    what a search found, best first. `composed`: statements of this list that were composed before."""

    name: str
    products: Callable[[], QuerySet[Product]]
    total: int
    is_cut: bool
    options: list[Shelf]
    orders: list[Sort]
    words: str = ""
    ranked: list[int] | None = None
    composed: dict[Any, Any] = field(default_factory=dict)

    def in_order(self, sort: Sort) -> QuerySet[Product]:
        """All of it, in an order of `orders`; by name as the reader sees it."""
        return self.products().alias(shown_name=shown_name()).order_by(*_ORDERS[sort])

    def cards(self, sort: Sort, offset: int, shelves: Shelves) -> list[Card]:
        """The cards of one page, as nobody narrowed them down."""
        if self.ranked is not None and sort == Sort.RELEVANCE:
            return cards_in_order(self.ranked[offset : offset + PAGE_SIZE], shelves)
        key = ("page", sort, get_language())
        listing = self.composed.get(key)
        if listing is None:
            listing = self.composed[key] = Listing(self.in_order(sort))
        return listing.cards(shelves, number=PAGE_SIZE, offset=offset)


def lying_on(shelves: Shelves, shelf: Shelf) -> Stock:
    """All that the portal shows on `shelf` and below it, by name. The same as long as the shelves are."""
    stock: Stock | None = shelves.kept.get(("stock", shelf.pk))
    if stock is None:
        products = Product.objects.filter(shelves.lying_on(shelf.subtree), is_active=True)
        orders = [Sort.NAME, Sort.CHEAPEST, Sort.DEAREST, Sort.NEWEST]
        stock = Stock(f"shelf:{shelf.pk}", lambda: products, shelf.products, False, shelf.shown_children, orders)
        shelves.kept["stock", shelf.pk] = stock
    return stock


def found_by(shelves: Shelves, found: Found, words: str) -> Stock:
    """What a search found, best first."""
    ids = found.products[:MOST]
    digest = blake2b(repr(ids).encode(), digest_size=16).hexdigest()

    def products() -> QuerySet[Product]:
        given = ids_of(ids)
        return Product.objects.filter(pk__any=given).alias(rank=Func(given, F("pk"), function="array_position"))

    is_cut = len(found.products) > MOST
    return Stock(f"search:{digest}", products, len(ids), is_cut, shelves.roots, list(Sort), words, ids)
