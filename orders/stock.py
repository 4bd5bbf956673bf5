"""Stock of the products of an order: taken with the order, put back when it lapses, under locks in the order of ids.

What is ordered in an example portal is never sent, so the stock stays as it is.
"""

from collections.abc import Iterable

from catalog.models import Product
from orders.models import OrderLine
from portals.models import Portal


class OutOfStock(Exception):
    """Less of a product is left than the order needs."""


def take_stock(portal: Portal, lines: Iterable[OrderLine]) -> None:
    """Take the quantities of `lines` out of stock; the caller has a transaction. Refuses OutOfStock."""
    _move(portal, {line.product_id: -line.quantity for line in lines})


def put_back_stock(portal: Portal, lines: Iterable[OrderLine]) -> None:
    """Put the quantities of `lines` back in stock; the caller has a transaction."""
    _move(portal, {line.product_id: line.quantity for line in lines})


def _move(portal: Portal, quantities: dict[int, int]) -> None:
    if portal.is_example:
        return
    products = list(Product.objects.select_for_update(no_key=True).filter(pk__in=quantities).order_by("pk"))
    for product in products:
        product.stock += quantities[product.pk]
        if product.stock < 0:
            raise OutOfStock(product.pk)
    Product.objects.bulk_update(products, ["stock"])
