"""What a visitor narrows a list of products down by, as it stands in the address.

Pure: nothing here asks the database. What cannot be understood is told at its field and otherwise ignored, so that an
address never fails; what nobody chose is left out of the address.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.shelves import Shelf, Shelves
from catalog.specifications import HIGH, LOW, VALUE, Asked, Specification, asked_keys, what_is_asked
from thuiswerk.lib.money import euro

MOST_CHOICES = 20
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
    """A filter that is on: how it reads, and the address without it."""

    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen. `categories` are addresses of shelves; amounts are in euro. `words`: what was searched for."""

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

    def chips(self, options: list[Shelf], specifications: Iterable[Specification] = ()) -> list[Chip]:
        """Each filter that is on, as it reads."""
        names = {shelf.slug: shelf.name for shelf in options}
        chosen = [(names[slug], replace(self, categories=_but(self.categories, slug))) for slug in self.categories]
        chosen += [(brand, replace(self, brands=_but(self.brands, brand))) for brand in self.brands]
        if self.price_from is not None:
            chosen.append(
                (gettext("From %(price)s") % {"price": euro(self.price_from)}, replace(self, price_from=None))
            )
        if self.price_to is not None:
            chosen.append((gettext("Up to %(price)s") % {"price": euro(self.price_to)}, replace(self, price_to=None)))
        chosen += self._without_parts({each.key: each for each in specifications})
        if self.in_stock:
            chosen.append((gettext("In stock"), replace(self, in_stock=False)))
        if self.within_credit:
            chosen.append((gettext("Within my credit"), replace(self, within_credit=False)))
        return [Chip(label, filters.query or "?") for label, filters in chosen]

    def conditions(self, shelves: Shelves, options: list[Shelf], credit: Decimal) -> dict[str, Q]:
        """What each kind of filter that is on asks of a product, for somebody with `credit` euro."""
        asked = {}
        if self.categories:
            chosen = [part.pk for shelf in options if shelf.slug in self.categories for part in shelf.subtree]
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

    def _without_parts(self, said: Mapping[str, Specification]) -> Iterator[tuple[str, "Filters"]]:
        """Each part of what is asked of specifications, with what is left without it."""
        for each in self.specifications:
            for label, rest in each.parts(said.get(each.key)):
                others = (rest if other is each else other for other in self.specifications)
                yield label, replace(self, specifications=tuple(one for one in others if one != Asked(one.key)))

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


class WordsField(forms.MultipleChoiceField):
    """Any words, several times; a choice that nobody offers finds nothing."""

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_CHOICES:
            raise ValidationError(_("Choose fewer of these at a time."), code="many")
        for word in value:
            ProhibitNullCharactersValidator()(word)


class NumberField(forms.DecimalField):
    """A number with a comma or a point before its decimals, so that an address reads the same in any language."""

    default_error_messages = {"invalid": _("Type a number such as 12 or 12,5.")}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_digits": 12, "decimal_places": 4} | kwargs, min_value=0, required=False, widget=widget)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(str(value or "").replace(",", "."))


class AmountField(NumberField):
    """An amount in euro."""

    default_error_messages = {"invalid": _("Type an amount such as 49 or 49,95.")}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(str(value or "").replace("€", ""))


class FilterForm(forms.Form):
    """The filters of a list of products."""

    category = forms.MultipleChoiceField(required=False)
    brand = WordsField(required=False)
    price_from = AmountField(label=_("From (€)"))
    price_to = AmountField(label=_("Up to (€)"))
    stock = forms.BooleanField(required=False)
    credit = forms.BooleanField(required=False)
    sort = forms.ChoiceField(label=_("Sort by"), required=False)

    def __init__(
        self, data: Mapping[str, Any], *, options: list[Shelf], orders: list[Sort], keys: Iterable[str] = ()
    ) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["category"].choices = [(shelf.slug, shelf.name) for shelf in options]  # type: ignore[attr-defined]
        self.fields["sort"].choices = [(order.value, order.label) for order in orders]  # type: ignore[attr-defined]

        self.keys = list(keys)
        for key in self.keys:
            self.fields[f"{VALUE}{key}"] = WordsField(required=False)
            self.offer_range(key)

    def offer_range(self, key: str) -> None:
        """Have fields for the numbers of a specification."""
        self.fields.setdefault(f"{LOW}{key}", NumberField(label=_("From")))
        self.fields.setdefault(f"{HIGH}{key}", NumberField(label=_("Up to")))

    def clean(self) -> dict[str, Any]:
        ranges = [("price_from", "price_to"), *((f"{LOW}{key}", f"{HIGH}{key}") for key in self.keys)]
        for first, last in ranges:
            low, high = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if low is not None and high is not None and low > high:
                self.add_error(last, _("This is less than the lowest, so it is ignored."))
        return self.cleaned_data


def read_filters(
    data: QueryDict, *, options: list[Shelf], orders: list[Sort], words: str = ""
) -> tuple[FilterForm | None, Filters]:
    """The form that `data` fills in, None where it holds no filter, and what could be understood of it; the first of
    `orders` is the usual one."""
    keys = asked_keys(data)
    if not keys and data.keys().isdisjoint(FilterForm.base_fields):
        return None, Filters(words=words)
    form = FilterForm(data, options=options, orders=orders, keys=keys)
    form.is_valid()
    read = form.cleaned_data
    sort = read.get("sort", "")
    filters = Filters(
        categories=tuple(sorted(set(read.get("category", [])))),
        brands=tuple(sorted(set(read.get("brand", [])))),
        price_from=read.get("price_from"),
        price_to=read.get("price_to"),
        specifications=what_is_asked(keys, read),
        in_stock=read.get("stock", False),
        within_credit=read.get("credit", False),
        sort="" if sort == orders[0] else sort,
        words=words,
    )
    return form, filters
