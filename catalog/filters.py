"""What a visitor narrows a list of products down by, as it stands in the address (`catalog.filter_form` reads it).

Pure: nothing here asks the database. What nobody chose is left out of the address.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.shelves import Shelf, Shelves
from catalog.specifications import Asked, Specification
from thuiswerk.lib.money import euro

_FIELDS = {
    "category": ("categories",),
    "brand": ("brands",),
    "price": ("price_from", "price_to"),
    "specification": ("specifications",),
    "stock": ("in_stock",),
    "credit": ("within_credit",),
}


class Sort(TextChoices):
    """In which order products are listed. Best match: as the search ranks them."""

    RELEVANCE = "relevance", _("Best match")
    NAME = "name", _("Name")
    CHEAPEST = "price", _("Price, low to high")
    DEAREST = "-price", _("Price, high to low")
    NEWEST = "newest", _("Newest")


class Chip(NamedTuple):
    """A filter that is on: how it reads, and the address without it. `is_gone`: nothing in the list has it."""

    label: str
    query: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen. `categories` are addresses of shelves, of which those that are not here narrow nothing; amounts
    are in euro. `words`: what was searched for."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    specifications: tuple[Asked, ...] = ()
    in_stock: bool = False
    within_credit: bool = False
    sort: str = ""
    words: str = ""

    @property
    def are_on(self) -> bool:
        """Whether anything is narrowed down; an order narrows nothing."""
        return replace(self, sort="", words="") != Filters()

    @property
    def query(self) -> str:
        """The address of this choice behind the path, the same for the same choice; nothing for no choice."""
        return f"?{urlencode(pairs)}" if (pairs := list(self._pairs())) else ""

    @property
    def query_of_all(self) -> str:
        """The address with every filter taken away."""
        return Filters(sort=self.sort, words=self.words).query or "?"

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The choice as parameters of an address, each with its values."""
        found: dict[str, list[str]] = {}
        for name, value in self._pairs():
            found.setdefault(name, []).append(value)
        return found

    def sort_in(self, orders: list[Sort]) -> Sort:
        """The order that was chosen, else the first of `orders`."""
        return Sort(self.sort or orders[0])

    def without(self, kind: str) -> str:
        """The address without one kind of filter."""
        nothing = Filters()
        return replace(self, **{name: getattr(nothing, name) for name in _FIELDS[kind]}).query or "?"

    def chips(
        self, options: list[Shelf], specifications: Iterable[Specification] = (), brands: Collection[str] | None = None
    ) -> list[Chip]:
        """Each filter that is on, as it reads. `specifications` and `brands`: of the list; without brands nobody looked
        at all of it, so that no more than a category is known to be gone."""
        is_known = brands is not None
        names = {shelf.slug: shelf.name for shelf in options}
        chosen = [
            (names.get(slug, slug), replace(self, categories=_but(self.categories, slug)), slug in names)
            for slug in self.categories
        ]
        chosen += [
            (brand, replace(self, brands=_but(self.brands, brand)), brands is None or brand in brands)
            for brand in self.brands
        ]
        chosen += [(label, rest, True) for label, rest in self._without_prices()]
        said = {each.key: each for each in specifications}
        chosen += [(label, rest, is_here or not is_known) for label, rest, is_here in self._without_parts(said)]
        if self.in_stock:
            chosen.append((gettext("In stock"), replace(self, in_stock=False), True))
        if self.within_credit:
            chosen.append((gettext("Within my credit"), replace(self, within_credit=False), True))
        return [Chip(label, rest.query or "?", not is_here) for label, rest, is_here in chosen]

    def conditions(self, shelves: Shelves, options: list[Shelf], credit: Decimal) -> dict[str, Q]:
        """What each kind of filter that is on asks of a product, for somebody with `credit` euro."""
        asked = {}
        if chosen := [part.pk for shelf in options if shelf.slug in self.categories for part in shelf.subtree]:
            asked["category"] = Q(category_id__in=chosen)
        if self.brands:
            asked["brand"] = Q(brand__in=self.brands)
        if self.price_from is not None:
            asked["price"] = Q(price__gte=self.price_from)
        if self.price_to is not None:
            asked["price"] = asked.get("price", Q()) & Q(price__lte=self.price_to)
        if self.specifications:
            asked["specification"] = Q(*(each.condition for each in self.specifications))
        if self.in_stock:
            asked["stock"] = Q(stock__gt=0)
        if self.within_credit:
            asked["credit"] = shelves.payable_on(shelves.by_pk.values()) & Q(price__lte=credit)
        return asked

    def _without_prices(self) -> Iterator[tuple[str, "Filters"]]:
        """Each end of the price, with what is left without it."""
        if self.price_from is not None:
            yield gettext("From %(price)s") % {"price": euro(self.price_from)}, replace(self, price_from=None)
        if self.price_to is not None:
            yield gettext("Up to %(price)s") % {"price": euro(self.price_to)}, replace(self, price_to=None)

    def _without_parts(self, said: Mapping[str, Specification]) -> Iterator[tuple[str, "Filters", bool]]:
        """Each part of what is asked of specifications, with what is left without it and whether the list has it."""
        for each in self.specifications:
            for label, rest, is_here in each.parts(said.get(each.key)):
                others = (rest if other is each else other for other in self.specifications)
                left = tuple(one for one in others if one != Asked(one.key))
                yield label, replace(self, specifications=left), is_here

    def _pairs(self) -> Iterator[tuple[str, str]]:
        yield from (("q", self.words) for _ in [0] if self.words)
        yield from (("category", slug) for slug in self.categories)
        yield from (("brand", brand) for brand in self.brands)
        amounts = {"price_from": self.price_from, "price_to": self.price_to}
        yield from ((name, f"{amount:f}") for name, amount in amounts.items() if amount is not None)
        yield from (pair for each in self.specifications for pair in each.pairs)
        flags = {"stock": self.in_stock, "credit": self.within_credit}
        yield from ((name, "on") for name, is_on in flags.items() if is_on)
        yield from (("sort", self.sort) for _ in [0] if self.sort)


def _but(values: tuple[str, ...], less: str) -> tuple[str, ...]:
    return tuple(value for value in values if value != less)
