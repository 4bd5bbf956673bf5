"""The wish list: what an employee means to order later. A product stands on it once."""

import datetime as dt
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet

from catalog.listing import Card, cards_in_order
from catalog.models import Product
from catalog.product_page import ProductNotShown, find_product, for_page
from catalog.shelves import shelves_of
from catalog.wish_models import Wish
from portals.models import Membership
from thuiswerk.lib.prepared import Given, Prepared

# So many are kept of an employee; one more is not taken.
MOST = 50


class ListFull(Exception):
    """The list holds as many products as it can; nothing was written."""


def add_wish(membership: Membership, *, product_id: int, now: dt.datetime) -> Product:
    """Put a product on the list of `membership`; one that is on it stays where it is. Returns the product.

    Refuses ProductNotShown, ListFull.
    """
    found = find_product(membership.portal, product_id)
    if found is None:
        raise ProductNotShown(product_id)
    if membership.wishes.exclude(product=product_id).count() >= MOST:
        raise ListFull(membership.pk)
    wish = Wish(portal_id=membership.portal_id, membership=membership, product_id=product_id, added_at=now)
    Wish.objects.bulk_create([wish], ignore_conflicts=True)
    return found[0]


def wished_cards(membership: Membership) -> list[Card]:
    """The cards of the list, what was added last first, of what the portal still shows."""
    shelves = shelves_of(membership.portal)
    shown = membership.wishes.filter(
        product__in=Product.objects.filter(shelves.lying_on(shelves.by_pk.values()), is_active=True)
    )
    return cards_in_order(list(shown.values_list("product", flat=True)), shelves)


def product_for(membership: Membership, pk: int) -> Any:
    """The product for sale with this key as its page shows it, with `is_wished`: whether it stands on the list of
    `membership`. None where there is none."""
    return _for_page.first(member=membership.pk, pk=pk)


def _with_wish() -> QuerySet[Product]:
    wished = Wish.objects.filter(membership=Given("member", BigIntegerField()), product=OuterRef("pk"))
    products = for_page().filter(pk=Given("pk", BigIntegerField()), is_active=True).defer("search")
    return products.annotate(is_wished=Exists(wished)).order_by()


_for_page = Prepared(_with_wish)
