"""One product as a portal shows it: the product, its pictures, and what credit pays of its price."""

from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Product
from catalog.shelves import Shelf, shelves_of
from portals.models import OwnMoney, Portal
from thuiswerk.lib.money import ZERO


@dataclass(frozen=True, slots=True)
class Offer:
    """A price (euro incl. VAT) split into what credit pays and what the employee pays.

    `affordable` is false where own money may buy nothing and the credit is not enough.
    """

    payable: bool
    credit: Decimal
    own_money: Decimal
    affordable: bool


def find_product(portal: Portal, pk: int) -> tuple[Product, Shelf] | None:
    """The product with the shelf that it lies on; None where `portal` does not show it."""
    shelves = shelves_of(portal)
    product = Product.objects.filter(pk=pk, is_active=True).defer("search").first()
    if product is None or not shelves.shows(product.pk, product.category_id):
        return None
    return product, shelves.by_pk[product.category_id]


def make_offer(portal: Portal, product: Product, shelf: Shelf, credit: Decimal) -> Offer:
    """What one piece of `product` costs an employee who has `credit` (euro) left."""
    payable = shelf.pays(product.pk)
    by_credit = min(product.price, credit) if payable else ZERO
    own_money = product.price - by_credit
    return Offer(payable, by_credit, own_money, affordable=not own_money or portal.own_money_buys != OwnMoney.NOTHING)
