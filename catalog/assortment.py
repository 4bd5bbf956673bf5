"""Which products a portal pays with credit, and which it shows.

A category counts when it, or one above it, was chosen for the portal; a product exception overrides its category.
`payable_ids` is the one place that decides; pages and the checkout transaction both ask it.
"""

from collections.abc import Iterable

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from catalog.models import AssortmentCategory, AssortmentException, Category, Product
from portals.models import OwnMoney, Portal


def allowed_categories(portal: Portal) -> QuerySet[Category]:
    """The categories that `portal` pays with credit: the chosen ones and all below them."""
    chosen_above = AssortmentCategory.objects.alias(path=ExpressionWrapper(OuterRef("path"), CharField())).filter(
        portal=portal, path__startswith=F("category__path")
    )
    return Category.objects.filter(Exists(chosen_above))


def payable_ids(portal: Portal, product_ids: Iterable[int]) -> set[int]:
    """Those of `product_ids` that credit may pay in `portal`, as the database says now."""
    return set(_assortment(portal).filter(pk__in=set(product_ids)).values_list("pk", flat=True))


def visible_products(portal: Portal) -> QuerySet[Product]:
    """The products for sale that `portal` shows: all where own money may buy everything, else its assortment."""
    products = Product.objects.all() if portal.own_money_buys == OwnMoney.EVERYTHING else _assortment(portal)
    return products.filter(is_active=True)


def _assortment(portal: Portal) -> QuerySet[Product]:
    exceptions = AssortmentException.objects.filter(portal=portal, product=OuterRef("pk"))
    by_category = Q(category__in=allowed_categories(portal)) & ~Exists(exceptions.filter(allowed=False))
    return Product.objects.filter(by_category | Exists(exceptions.filter(allowed=True)))
