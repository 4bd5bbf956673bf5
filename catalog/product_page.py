"""One product as a portal shows it: the product, its pictures, and what credit pays of its price."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from catalog.listing import Card, Listing
from catalog.models import Product, ProductPicture
from catalog.shelves import Shelf, Shelves, shelves_of
from portals.models import OwnMoney, Portal
from thuiswerk.lib.money import ZERO


class ProductNotShown(Exception):
    """The portal does not show such a product."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price (euro incl. VAT) split into what credit pays and what the employee pays.

    `affordable` is false where own money may buy nothing and the credit is not enough.
    """

    payable: bool
    credit: Decimal
    own_money: Decimal
    affordable: bool


def find_product(
    portal: Portal, pk: int, *, read: Callable[[int], Product | None] | None = None
) -> tuple[Product, Shelf] | None:
    """The product with the shelf that it lies on; None where `portal` does not show it.

    `read` gives the product for sale with a key, or None, where more than its columns is wanted.
    """
    shelves = shelves_of(portal)
    product = read(pk) if read else Product.objects.filter(pk=pk, is_active=True).defer("search").first()
    if product is None or not shelves.shows(product.pk, product.category_id):
        return None
    return product, shelves.by_pk[product.category_id]


def for_page() -> QuerySet[Product]:
    """Products each with `gallery`, the columns of its pictures in their order, so that a page asks once for both."""
    pictures = ProductPicture.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
    columns = JSONObject(file="file", alt="alt", width="width", height="height")
    return Product.objects.annotate(gallery=ArraySubquery(pictures.values_list(columns)))


def pictures_of(product: Any) -> list[ProductPicture]:
    """The pictures of a product that was read `for_page`."""
    return [ProductPicture(**columns) for columns in product.gallery]


def related_cards(shelves: Shelves, shelf: Shelf, product: Product, number: int = 4) -> list[Card]:
    """Up to `number` other products in stock of the same category."""
    key = ("related", shelf.pk)
    listing = shelves.kept.get(key)
    if listing is None:
        lying = Product.objects.filter(shelves.lying_on([shelf]), is_active=True, stock__gt=0)
        listing = shelves.kept[key] = Listing(lying.order_by("name_nl", "pk"))
    found = listing.cards(shelves, number=number + 1)
    return [card for card in found if card.pk != product.pk][:number]


def make_offer(portal: Portal, product: Product, shelf: Shelf, credit: Decimal) -> Offer:
    """What one piece of `product` costs an employee who has `credit` (euro) left."""
    payable = shelf.pays(product.pk)
    by_credit = min(product.price, credit) if payable else ZERO
    own_money = product.price - by_credit
    return Offer(payable, by_credit, own_money, affordable=not own_money or portal.own_money_buys != OwnMoney.NOTHING)
