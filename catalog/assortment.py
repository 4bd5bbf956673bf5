"""Which products a portal pays with credit, and which it shows.

A category counts when it, or one above it, was chosen for the portal; a product exception overrides its category.
`payable_ids` is the one place that decides; pages and the checkout transaction both ask it.
"""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from catalog.models import AssortmentCategory, AssortmentException, Category, Product
from portals.models import OwnMoney, Portal
from thuiswerk.lib.prepared import Given, Prepared


def allowed_categories(portal: Portal) -> QuerySet[Category]:
    """The categories that `portal` pays with credit: the chosen ones and all below them."""
    return _allowed(portal.pk)


def payable_ids(portal: Portal, product_ids: Iterable[int]) -> set[int]:
    """Those of `product_ids` that credit may pay in `portal`, as the database says now."""
    return set(_payable.all(portal=portal.pk, products=list(product_ids)))


def visible_products(portal: Portal) -> QuerySet[Product]:
    """The products for sale that `portal` shows: all where own money may buy everything, else its assortment."""
    products = Product.objects.all() if portal.own_money_buys == OwnMoney.EVERYTHING else _assortment(portal.pk)
    return products.filter(is_active=True)


def _allowed(portal: int | Given) -> QuerySet[Category]:
    chosen_above = AssortmentCategory.objects.alias(path=ExpressionWrapper(OuterRef("path"), CharField())).filter(
        portal=portal, path__startswith=F("category__path")
    )
    return Category.objects.filter(Exists(chosen_above))


def _assortment(portal: int | Given) -> QuerySet[Product]:
    exceptions = AssortmentException.objects.filter(portal=portal, product=OuterRef("pk"))
    by_category = Q(category__in=_allowed(portal)) & ~Exists(exceptions.filter(allowed=False))
    return Product.objects.filter(by_category | Exists(exceptions.filter(allowed=True)))


def _payable_of_given() -> "QuerySet[Product, int]":
    of_portal = _assortment(Given("portal", BigIntegerField()))
    return (
        of_portal.filter(pk__any=Given("products", ArrayField(BigIntegerField())))
        .order_by()
        .values_list("pk", flat=True)
    )


_payable = Prepared(_payable_of_given)
