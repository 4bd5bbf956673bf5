"""The cart: what an employee means to order. It lies in the database, so it survives logging out.

One line per product, 1 to 99 pieces. Only products that the portal shows can be put in; what changes later is told by
`orders.quote`.
"""

import datetime as dt

from django.db import models
from django.db.models import F
from django.db.models.functions import Least

from catalog.models import Product
from catalog.product_page import find_product
from orders.limits import check_limits
from orders.models import CartLine
from portals.models import Membership
from thuiswerk.lib.prepared import Given, Prepared

MOST = 99


class CartRefusal(Exception):
    """The cart does not take this; nothing was written."""


class ProductNotVisible(CartRefusal):
    """The portal does not show such a product."""


class SoldOut(CartRefusal):
    """Nothing of the product is in stock."""


def add_to_cart(membership: Membership, *, product_id: int, quantity: int, now: dt.datetime) -> CartLine:
    """Put `quantity` (1 to 99) of a product in the cart, on top of what lies there. Returns its line.

    Refuses ProductNotVisible, SoldOut, OverLimit.
    """
    found = find_product(membership.portal, product_id)
    if found is None:
        raise ProductNotVisible(product_id)
    product, shelf = found
    if not product.stock:
        raise SoldOut(product_id)
    check_limits(membership, product, more=quantity)
    seen = {"seen_price": product.price, "seen_payable": shelf.pays(product.pk)}
    lines = membership.cart_lines.filter(product=product)
    more = Least(F("quantity") + quantity, MOST, output_field=models.IntegerField())
    before = lines.first() if lines.update(quantity=more, **seen) else None
    line = before or _insert(membership, product, quantity, now, seen)
    line.product = product
    return line


def change_quantity(line: CartLine, *, quantity: int) -> None:
    """Set the quantity of a line (its product loaded) to 1 to 99, or take the line out with 0.

    A line that was ordered or taken out meanwhile stays gone. Refuses OverLimit.
    """
    if quantity == 0:
        line.delete()
        return
    if quantity > line.quantity:
        check_limits(line.membership, line.product, more=quantity - line.quantity)
    CartLine.objects.filter(pk=line.pk).update(quantity=quantity, seen_price=line.product.price)


def cart_lines(membership: Membership) -> list[CartLine]:
    """The lines of the cart with their products, in the order in which they were put in."""
    return _lines.all(member=membership.pk)


def _insert(
    membership: Membership, product: Product, quantity: int, now: dt.datetime, seen: dict[str, object]
) -> CartLine:
    """A double click meets the line of the first click and leaves it at the quantity that was asked."""
    line = CartLine(
        portal_id=membership.portal_id, membership=membership, product=product, quantity=quantity, added_at=now, **seen
    )
    CartLine.objects.bulk_create(
        [line],
        update_conflicts=True,
        unique_fields=["membership", "product"],
        update_fields=["quantity", "seen_price", "seen_payable"],
    )
    return line


def _lines_of_given() -> "models.QuerySet[CartLine]":
    lines = CartLine.objects.filter(membership=Given("member", models.BigIntegerField())).select_related("product")
    return lines.defer("product__search", "product__text_nl", "product__text_en", "product__specifications")


_lines = Prepared(_lines_of_given)
