"""The category tree as one portal shows it: which shelves stand there, how many products lie on each, what credit pays.

Shelves are cut from the database once per revision of the portal and kept in memory: triggers make the revision grow
with every change of the tree, the assortment or the range (see `catalog.triggers`). They hold no price and no stock.
The rules are those of `catalog.assortment`; a test compares the two on every combination.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from catalog.models import (
    AssortmentCategory,
    AssortmentException,
    Category,
    Product,
    QuantityLimit,
    Synonyms,
    localized,
)
from portals.models import OwnMoney, Portal
from thuiswerk.lib.prepared import ids_of


@dataclass(slots=True)
class Shelf:
    """A category in a portal. `products` counts what the portal shows of it, with all that lies below. `most`: how
    many of all that one employee may order; `most_of`: the same of single products of the shelf, by their ids."""

    pk: int
    slug: str
    name_nl: str
    name_en: str
    picture: str
    payable: bool
    included: frozenset[int]
    excluded: frozenset[int]
    products: int
    is_electrical: bool
    most: int | None = None
    most_of: dict[int, int] = field(default_factory=dict)
    parent: "Shelf | None" = None
    children: list["Shelf"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return localized(self.name_nl, self.name_en)

    @property
    def shown_children(self) -> list["Shelf"]:
        """The shelves right below on which something lies."""
        return [child for child in self.children if child.products]

    @property
    def trail(self) -> list["Shelf"]:
        """From the root to this shelf itself."""
        return [*(self.parent.trail if self.parent else []), self]

    @property
    def subtree(self) -> Iterator["Shelf"]:
        """This shelf and all below it."""
        yield self
        for child in self.children:
            yield from child.subtree

    def hang_under(self, parent: "Shelf") -> None:
        """Make this a shelf below `parent`."""
        self.parent = parent
        parent.children.append(self)

    def pays(self, product_id: int) -> bool:
        """Whether credit may pay this product of the shelf."""
        return product_id in self.included or (self.payable and product_id not in self.excluded)


@dataclass(slots=True)
class Shelves:
    """All shelves of a portal; `everything`: it shows what credit does not pay as well. `synonyms`: lines of words that
    mean the same, which come along because they grow the revision as well. `kept`: what others make
    of these shelves and keep as long as them."""

    everything: bool
    synonyms: tuple[str, ...] = ()
    by_pk: dict[int, Shelf] = field(default_factory=dict)
    by_slug: dict[str, Shelf] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def roots(self) -> list[Shelf]:
        """The shelves at the top on which something lies."""
        return [shelf for shelf in self.by_pk.values() if shelf.parent is None and shelf.products]

    def pays(self, product_id: int, category_id: int) -> bool:
        """Whether credit may pay the product."""
        return self.by_pk[category_id].pays(product_id)

    def shows(self, product_id: int, category_id: int) -> bool:
        """Whether the portal shows the product when it is for sale."""
        return self.everything or self.pays(product_id, category_id)

    def find(self, slug: str) -> Shelf | None:
        """The shelf at this address, unless nothing of it may be shown."""
        shelf = self.by_slug.get(slug)
        shown = shelf and (self.everything or shelf.products or any(part.payable for part in shelf.subtree))
        return shelf if shown else None

    def lying_on(self, shelves: Iterable[Shelf], category: str = "category_id") -> Q:
        """The condition of products that the portal shows of these shelves and nothing below them. `category`: the
        name under which the query set has the category."""
        shelves = list(shelves)
        if self.everything:
            return Q((f"{category}__in", [shelf.pk for shelf in shelves]))
        return self.payable_on(shelves, category)

    def payable_on(self, shelves: Iterable[Shelf], category: str = "category_id") -> Q:
        """The condition of products that credit may pay of these shelves and nothing below them."""
        shelves = list(shelves)
        condition = Q((f"{category}__in", [shelf.pk for shelf in shelves if shelf.payable]))
        if excluded := frozenset[int]().union(*(shelf.excluded for shelf in shelves)):
            condition &= ~Q(pk__any=ids_of(excluded))
        if included := frozenset[int]().union(*(shelf.included for shelf in shelves)):
            condition |= Q(pk__any=ids_of(included))
        return condition


def shelves_of(portal: Portal) -> Shelves:
    """The shelves of `portal` as it stands on the request: fresh as long as the portal itself was read just now."""
    return _cut(portal.pk, portal.revision, portal.own_money_buys)


@lru_cache(maxsize=128)
def _cut(portal_id: int, revision: int, own_money: str) -> Shelves:
    shelves = Shelves(everything=own_money == OwnMoney.EVERYTHING)
    rows = list(_categories(portal_id))
    for row in rows:
        shelves.by_pk[row.pk] = shelves.by_slug[row.slug] = Shelf(
            pk=row.pk,
            slug=row.slug,
            name_nl=row.name_nl,
            name_en=row.name_en,
            picture=row.picture or "",
            payable=row.chosen,
            included=frozenset(row.included),
            excluded=frozenset(row.excluded),
            products=row.stocked,
            most=row.most,
            most_of=dict(zip(row.limited, row.limits, strict=True)),
            is_electrical=row.is_electrical,
        )
        shelves.synonyms = shelves.synonyms or tuple(row.synonyms or ())
    for row in rows:
        if row.parent_id:
            shelves.by_pk[row.pk].hang_under(shelves.by_pk[row.parent_id])
    for shelf in shelves.by_pk.values():
        if shelf.parent is None:
            _fill(shelf, everything=shelves.everything)
    return shelves


def _fill(shelf: Shelf, *, everything: bool) -> None:
    """Pass the choice and the kind of a category down to all below it, and the numbers and pictures up."""
    if not everything:
        shelf.products = shelf.products - len(shelf.excluded) if shelf.payable else len(shelf.included)
    for child in shelf.children:
        child.payable = child.payable or shelf.payable
        child.is_electrical = child.is_electrical or shelf.is_electrical
        _fill(child, everything=everything)
        shelf.products += child.products
        shelf.picture = shelf.picture or child.picture


def _categories(portal_id: int) -> "QuerySet[Any]":
    """One statement: every category with what the portal chose of it and what lies in it; on the first the synonyms."""
    lying = Product.objects.filter(category=OuterRef("pk"), is_active=True).order_by()
    excepted = AssortmentException.objects.filter(
        portal=portal_id, product__category=OuterRef("pk"), product__is_active=True
    ).values("product")
    limits = QuantityLimit.objects.filter(portal=portal_id)
    of_products = limits.filter(product__category=OuterRef("pk")).order_by("product")
    is_first = Q(pk=Subquery(Category.objects.order_by("pk").values("pk")[:1]))
    return Category.objects.annotate(
        synonyms=Case(When(is_first, then=ArraySubquery(Synonyms.objects.values("words")))),
        chosen=Exists(AssortmentCategory.objects.filter(portal=portal_id, category=OuterRef("pk"))),
        stocked=Coalesce(Subquery(lying.values("category").annotate(number=Count("pk")).values("number")), 0),
        included=ArraySubquery(excepted.filter(allowed=True)),
        excluded=ArraySubquery(excepted.filter(allowed=False)),
        most=Subquery(limits.filter(category=OuterRef("pk")).values("most")),
        limited=ArraySubquery(of_products.values("product")),
        limits=ArraySubquery(of_products.values("most")),
        picture=Subquery(lying.exclude(picture="").order_by("name_nl", "pk").values("picture")[:1]),
    ).order_by("position", "name_nl", "pk")
