"""Stock of the products of an order: taken with the order, put back when it lapses, under locks in the order of ids."""

from collections.abc import Iterable

from catalog.models import Product
from orders.models import OrderLine


class OutOfStock(Exception):
    """Less of a product is left than the order needs."""


def take_stock(lines: Iterable[OrderLine]) -> None:
    """Take the quantities of `lines` out of stock; the caller has a transaction. Refuses OutOfStock."""
    _move({line.product_id: -line.quantity for line in lines})


def put_back_stock(lines: Iterable[OrderLine]) -> None:
    """Put the quantities of `lines` back in stock; the caller has a transaction."""
    _move({line.product_id: line.quantity for line in lines})


def _move(quantities: dict[int, int]) -> None:
    products = list(Product.objects.select_for_update(no_key=True).filter(pk__in=quantities).order_by("pk"))
    for product in products:
        product.stock += quantities[product.pk]
        if product.stock < 0:
            raise OutOfStock(product.pk)
    Product.objects.bulk_update(products, ["stock"])
