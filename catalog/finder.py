"""A list of products that a visitor narrows down: the page of it that is shown, its filters and what lies behind them.

The panel of a list that nobody narrowed down is kept for `KEPT_SECONDS`, since stock and prices change without a
revision: its numbers may be that old. Of a narrowed list everything is read fresh, in the statement of its cards.
"""

from bisect import bisect_right
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import quote

from django.contrib.postgres.fields import ArrayField
from django.core.cache import caches
from django.db.models import BigIntegerField, F, Func, QuerySet, Value
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog import listing
from catalog.facets import MOST, Facets, count_facets
from catalog.filters import Chip, FilterForm, Filters, Sort, read_filters
from catalog.models import Product
from catalog.search import MOST as MOST_FOUND
from catalog.search import Found
from catalog.shelves import Shelf, Shelves, shelves_of
from portals.http import PortalRequest
from thuiswerk.lib.money import euro

KEPT_SECONDS = 60
MOST_BRANDS = 60
_WITHIN = "@within@"
_ORDERS = {
    Sort.NAME: ("name_nl", "pk"),
    Sort.CHEAPEST: ("price", "pk"),
    Sort.DEAREST: ("-price", "-pk"),
    Sort.NEWEST: ("-created_at", "-pk"),
}


class Stock(NamedTuple):
    """What there is to narrow down: `total` products that the portal shows, in the first of `orders` unless another is
    chosen. `options`: the shelves to choose from. `name`: what sets this list apart in the portal."""

    name: str
    products: QuerySet[Product]
    total: int
    is_cut: bool
    options: list[Shelf]
    orders: list[Sort]
    words: str = ""


class Option(NamedTuple):
    """A value to choose, with how many products it gives; `None`: nobody counted."""

    name: str
    value: str
    label: str
    number: int | str | None
    is_chosen: bool

    @property
    def html_id(self) -> str:
        """The same for the same value, so that the focus stays where it is."""
        return f"filter-{self.name}-{quote(self.value, safe='')}"


def lying_on(shelves: Shelves, shelf: Shelf) -> Stock:
    """All that the portal shows on `shelf` and below it, by name."""
    products = Product.objects.filter(shelves.lying_on(shelf.subtree), is_active=True)
    orders = [Sort.NAME, Sort.CHEAPEST, Sort.DEAREST, Sort.NEWEST]
    return Stock(f"shelf:{shelf.pk}", products, shelf.products, False, shelf.shown_children, orders)


def found_by(shelves: Shelves, found: Found, words: str) -> Stock:
    """What a search found, best first."""
    ids = found.products[:MOST_FOUND]
    digest = blake2b(repr(ids).encode(), digest_size=16).hexdigest()
    rank = Func(Value(ids, ArrayField(BigIntegerField())), F("pk"), function="array_position")
    products = Product.objects.filter(pk__in=ids).alias(rank=rank)
    is_cut = len(found.products) > MOST_FOUND
    return Stock(f"search:{digest}", products, len(ids), is_cut, shelves.roots, list(Sort), words)


def find_on_page(request: PortalRequest, stock: Stock) -> dict[str, Any]:
    """What a page shows of `stock` by what the address chooses."""
    shelves = shelves_of(request.portal)
    form, filters = read_filters(request.GET, options=stock.options, orders=stock.orders, words=stock.words)
    sort = Sort(filters.sort or stock.orders[0])
    asked = filters.conditions(shelves, stock.options, request.credit)
    products = stock.products.order_by(*_ORDERS.get(sort, ("rank",)))
    portal = request.portal
    key = f"panel:{portal.pk}.{portal.revision}:{portal.own_money_buys}:{get_language()}:{stock.name}"
    panel = None if asked or form.errors else caches["fragments"].get(key)
    number = request.GET.get("page")
    total, facets = stock.total, None
    if panel is None:
        known = None if asked else total
        facets, total, rows = count_facets(products, asked, shelves, total=known, offset=listing.offset_of(number))
        cards = listing.cards_of_rows(rows, shelves)
        panel = Panel.of(facets, stock, form, filters)
        if not (asked or form.errors):
            caches["fragments"].set(key, panel, KEPT_SECONDS)
    page = listing.CountedPaginator(products, min(total, MOST) if asked else total).get_page(number)
    if facets is None:
        cards = listing.cards(page.object_list, shelves)
    return {
        "filters": filters,
        "chips": filters.chips(stock.options),
        "panel_html": panel.html_for(request.credit),
        "sorts": [Option("sort", order.value, str(order.label), None, order == sort) for order in stock.orders],
        "total": page.paginator.count,
        "is_cut": total > MOST if asked else stock.is_cut,
        "ways_out": _ways_out(filters, facets) if facets and not total else [],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "cards_html": listing.cards_html(request.portal, cards, calendar=request.delivery),
    }


class Panel(NamedTuple):
    """The filters as HTML, with a mark where the number within somebody's credit goes."""

    html: str
    payable: list[int]

    @classmethod
    def of(cls, facets: Facets, stock: Stock, form: FilterForm, filters: Filters) -> "Panel":
        """The panel of these facets."""
        context = {
            "categories": _categories(facets, stock.options, filters),
            "brands": _brands(facets, filters),
            "span": (euro(Decimal(facets.cheapest)), euro(Decimal(facets.dearest))) if facets.is_whole else None,
            "prices": [form["price_from"], form["price_to"]],
            "flags": [
                Option("stock", "on", _("In stock"), facets.in_stock if facets.is_whole else None, filters.in_stock),
                Option(
                    "credit", "on", _("Within my credit"), _WITHIN if facets.is_whole else None, filters.within_credit
                ),
            ],
        }
        return cls(render_to_string("catalog/_filters.html", context), facets.payable)

    def html_for(self, credit: Decimal) -> SafeString:
        """The panel for somebody with `credit` euro."""
        number = str(bisect_right(self.payable, int(credit * 100)))
        return mark_safe(self.html.replace(_WITHIN, number))  # noqa: S308


def _categories(facets: Facets, shelves: list[Shelf], filters: Filters) -> list[Option]:
    counted = [(shelf, facets.on(shelf), shelf.slug in filters.categories) for shelf in shelves]
    return [
        Option("category", shelf.slug, shelf.name, number if facets.is_whole else None, is_chosen)
        for shelf, number, is_chosen in counted
        if number or is_chosen or not facets.is_whole
    ]


def _brands(facets: Facets, filters: Filters) -> list[Option]:
    numbers = dict.fromkeys(filters.brands, 0) | facets.brands
    first = sorted(numbers, key=lambda brand: (brand not in filters.brands, -numbers[brand], brand))[:MOST_BRANDS]
    return [
        Option("brand", brand, brand, numbers[brand] if facets.is_whole else None, brand in filters.brands)
        for brand in sorted(first, key=str.casefold)
    ]


def _ways_out(filters: Filters, facets: Facets) -> list[Chip]:
    """The kinds of filter that, taken away, leave something to see."""
    labels = {
        "category": _("any category"),
        "brand": _("any brand"),
        "price": _("any price"),
        "stock": _("sold out too"),
        "credit": _("above my credit too"),
    }
    return [
        Chip(f"{label} ({facets.without[kind]})", filters.without(kind))
        for kind, label in labels.items()
        if facets.without[kind]
    ]
