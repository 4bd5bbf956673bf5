"""A list of products that a visitor narrows down: the page of it that is shown, its filters and what lies behind them.

The panel of a list that nobody narrowed down is kept for `KEPT_SECONDS`, since stock and prices change without a
revision: its numbers may be that old. Of a narrowed list everything is read fresh, in the statement of its cards.
"""

from bisect import bisect_right
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog import listing
from catalog.facets import MOST, Facets, count_facets
from catalog.filter_form import FilterForm, read_filters
from catalog.filters import Chip, Filters
from catalog.kept import kept_html
from catalog.listing import PAGE_SIZE, Card
from catalog.shelves import Shelf, shelves_of
from catalog.specifications import HIGH, LOW, VALUE, Specification
from catalog.stock import Stock
from portals.http import PortalRequest
from thuiswerk.lib.money import euro

KEPT_SECONDS = 300
MOST_BRANDS = 60
# Nobody can type it: what is typed is escaped.
_WITHIN = mark_safe("<within>")


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


class Group(NamedTuple):
    """A specification in the panel: values to choose, and fields for a number from `span[0]` to `span[1]`."""

    name: str
    options: list[Option]
    fields: list[BoundField]
    span: tuple[str, str] | None


class Listed(NamedTuple):
    """A page of a list, of `total` products (`is_cut`: or more), with the filters beside it. `ways_out`: where nothing
    fits, what does. `notes`: what was asked and does not count; `has_faults`: some of it is told in the panel too."""

    total: int
    is_cut: bool
    page: Page  # type: ignore[type-arg]
    cards: list[Card]
    panel: "Panel"
    chips: list[Chip]
    ways_out: list[Chip]
    notes: list[str]
    has_faults: bool = False


def find_on_page(request: PortalRequest, stock: Stock) -> dict[str, Any]:
    """What a page shows of `stock` by what the address chooses."""
    form, filters = read_filters(request.GET, orders=stock.orders, words=stock.words)
    asked = filters.conditions(shelves_of(request.portal), stock.options, request.credit)
    is_whole = not filters.are_on and not (form and form.errors)
    listed = _whole(request, stock, filters) if is_whole else _narrowed(request, stock, asked, form, filters)
    cards = listing.with_delivery(listed.cards, request.delivery)
    trigger = request.htmx.trigger or "link" if request.htmx.target == "finder" else ""

    def write() -> str:
        return _write(request.path, stock, filters, listed, cards, trigger)

    shown = (request.path, filters, listed.page.number, listed.total, trigger, listed.panel.html, cards)
    html = kept_html(request.portal, "finder", shown, write) if is_whole else write()
    return {
        "filters": filters,
        "total": listed.total,
        "is_cut": listed.is_cut,
        "page": listed.page,
        "finder_html": listed.panel.with_credit(html, request.credit),
    }


def _whole(request: PortalRequest, stock: Stock, filters: Filters) -> Listed:
    """The list as nobody narrowed it down."""
    portal, shelves = request.portal, shelves_of(request.portal)
    sort = filters.sort_in(stock.orders)
    page = Paginator(range(stock.total), PAGE_SIZE).get_page(request.GET.get("page"))
    offset = (page.number - 1) * PAGE_SIZE
    key = f"panel:{portal.pk}.{portal.revision}:{portal.own_money_buys}:{get_language()}:{stock.name}"
    panel = caches["fragments"].get(key)
    if panel is None:
        facets, _total, rows = count_facets(stock, sort, {}, shelves, offset=offset)
        panel = Panel.of(facets, stock, None, filters)
        caches["fragments"].set(key, panel, KEPT_SECONDS)
        cards = listing.cards_of_rows(rows, shelves)
    else:
        cards = stock.cards(sort, offset, shelves)
    return Listed(stock.total, stock.is_cut, page, cards, panel, [], [], [])


def _narrowed(
    request: PortalRequest, stock: Stock, asked: dict[str, Q], form: FilterForm | None, filters: Filters
) -> Listed:
    shelves, number = shelves_of(request.portal), request.GET.get("page")
    sort = filters.sort_in(stock.orders)
    facets, total, rows = count_facets(
        stock,
        sort,
        asked,
        shelves,
        offset=listing.offset_of(number),
        specifications=filters.specifications,
        keys=form.keys if form else (),
    )
    shown = min(total, MOST) if asked else total
    is_cut = total > MOST if asked else stock.is_cut
    page = Paginator(range(shown), PAGE_SIZE).get_page(number)
    cards = listing.cards_of_rows(rows, shelves)
    panel = Panel.of(facets, stock, form, filters)
    chips = filters.chips(stock.options, facets.specifications, facets.brands if facets.is_whole else None)
    return Listed(
        total=shown,
        is_cut=is_cut,
        page=page,
        cards=cards,
        panel=panel,
        chips=chips,
        ways_out=_ways_out(filters, facets),
        notes=_notes(form, chips, facets.specifications),
        has_faults=bool(form and form.errors),
    )


def _write(path: str, stock: Stock, filters: Filters, listed: Listed, cards: list[Card], trigger: str) -> str:
    sort = filters.sort_in(stock.orders)
    context = {
        "path": path,
        "filters": filters,
        "chips": listed.chips,
        "notes": listed.notes,
        "is_open": listed.has_faults or trigger == "finder",
        "panel_html": mark_safe(listed.panel.html),  # noqa: S308
        "sorts": [Option("sort", order.value, str(order.label), None, order == sort) for order in stock.orders],
        "ways_out": listed.ways_out if not listed.total else [],
        "page": listed.page,
        "pages": listed.page.paginator.get_elided_page_range(listed.page.number),
        "cards_html": listing.write_cards(cards) if cards else "",
        "trigger": trigger,
    }
    return render_to_string("catalog/_finder.html", context)


class Panel(NamedTuple):
    """The filters as HTML, with a mark where the number within somebody's credit goes."""

    html: str
    payable: list[int]

    @classmethod
    def of(cls, facets: Facets, stock: Stock, form: FilterForm | None, filters: Filters) -> "Panel":
        """The panel of these facets, with the form as it was filled in."""
        form = form or FilterForm({}, orders=stock.orders)
        has_prices = facets.is_whole and facets.dearest
        context = {
            "categories": _categories(facets, stock.options, filters),
            "brands": _brands(facets, filters),
            "span": [euro(Decimal(price)) for price in (facets.cheapest, facets.dearest)] if has_prices else None,
            "prices": [form["price_from"], form["price_to"]],
            "specifications": _specifications(facets, form, filters),
            "flags": [
                Option("stock", "on", _("In stock"), facets.in_stock if facets.is_whole else None, filters.in_stock),
                Option(
                    "credit", "on", _("Within my credit"), _WITHIN if facets.is_whole else None, filters.within_credit
                ),
            ],
        }
        return cls(render_to_string("catalog/_filters.html", context), facets.payable)

    def with_credit(self, html: str, credit: Decimal) -> SafeString:
        """`html` around the panel, for somebody with `credit` euro."""
        number = str(bisect_right(self.payable, int(credit * 100)))
        return mark_safe(html.replace(_WITHIN, number))  # noqa: S308


def _categories(facets: Facets, shelves: list[Shelf], filters: Filters) -> list[Option]:
    counted = [(shelf.slug, shelf.name, facets.on(shelf)) for shelf in shelves]
    here = {shelf.slug for shelf in shelves}
    counted += [(slug, slug, 0) for slug in filters.categories if slug not in here]
    return [
        Option("category", slug, name, number if facets.is_whole else None, slug in filters.categories)
        for slug, name, number in counted
        if number or slug in filters.categories or not facets.is_whole
    ]


def _brands(facets: Facets, filters: Filters) -> list[Option]:
    numbers = dict.fromkeys(filters.brands, 0) | {brand: number for brand, number in facets.brands.items() if number}
    first = sorted(numbers, key=lambda brand: (brand not in filters.brands, -numbers[brand], brand))[:MOST_BRANDS]
    return [
        Option("brand", brand, brand, numbers[brand] if facets.is_whole else None, brand in filters.brands)
        for brand in sorted(first, key=str.casefold)
    ]


def _specifications(facets: Facets, form: FilterForm, filters: Filters) -> list[Group]:
    asked = {each.key: each.values for each in filters.specifications}
    groups = []
    for each in facets.specifications:
        fields, span = [], None
        options = _values(facets, each, asked.get(each.key, ()))
        if each.span is not None:
            form.offer_range(each.key)
            fields = [form[f"{prefix}{each.key}"] for prefix in (LOW, HIGH)]
            low, high = each.span
            if facets.is_whole and low is not None and high is not None:
                span = number_format(low), number_format(high)
        groups.append(Group(each.name, options, fields, span))
    return sorted(groups, key=lambda group: group.name.casefold())


def _values(facets: Facets, specification: Specification, chosen: tuple[str, ...]) -> list[Option]:
    numbers = dict.fromkeys(chosen, 0) | {value: number for value, _english, number in specification.values}
    options = [
        Option(
            f"{VALUE}{specification.key}",
            value,
            specification.label(value),
            number if facets.is_whole else None,
            value in chosen,
        )
        for value, number in numbers.items()
        if number or value in chosen
    ]
    return sorted(options, key=lambda option: option.label.casefold())


def _notes(form: FilterForm | None, chips: list[Chip], specifications: list[Specification]) -> list[str]:
    """What was asked and does not count, each in one line, whether or not the panel has a field that tells it."""
    labels = {"category": _("Category"), "brand": _("Brand"), "sort": _("Sort by")}
    labels |= dict.fromkeys(("price_from", "price_to"), _("Price"))
    labels |= {f"{prefix}{each.key}": each.name for each in specifications for prefix in (VALUE, LOW, HIGH)}
    errors = form.errors.items() if form else ()
    notes = [f"{labels.get(name, name.partition('-')[2])}: {error}" for name, told in errors for error in told]
    gone = (_("The filter “%(name)s” no longer exists here.") % {"name": chip.label} for chip in chips if chip.is_gone)
    return [*dict.fromkeys(notes), *gone]


def _ways_out(filters: Filters, facets: Facets) -> list[Chip]:
    """The kinds of filter that, taken away, leave something to see."""
    labels = {
        "category": _("any category"),
        "brand": _("any brand"),
        "price": _("any price"),
        "specification": _("any specification"),
        "stock": _("sold out too"),
        "credit": _("above my credit too"),
    }
    return [
        Chip(f"{label} ({facets.without[kind]})" if facets.is_whole else label, filters.without(kind))
        for kind, label in labels.items()
        if facets.without[kind]
    ]
