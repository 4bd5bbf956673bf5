"""How much of a product or a category one employee may order in a portal, over all orders together.

The limits come along with the shelves. What counts is what was ordered, neither lapsed nor given back since, and what
lies in the cart; the checkout asks again while it holds the row of the member, so that two tabs do not get past it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Product
from catalog.shelves import Shelf, Shelves, shelves_of
from orders.models import CartLine, OrderLine, OrderState
from portals.models import Membership, Portal

# Of a product: its id, its category and how many.
Piece = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Limit:
    """At most `most` pieces of one product, or of all that lies on and below a shelf."""

    most: int
    product_id: int | None = None
    shelf: Shelf | None = None

    @property
    def categories(self) -> list[int]:
        return [shelf.pk for shelf in self.shelf.subtree] if self.shelf else []

    def count(self, pieces: Iterable[Piece]) -> int:
        """How many of `pieces` the limit is about."""
        categories = set(self.categories)
        return sum(
            quantity for product, category, quantity in pieces if product == self.product_id or category in categories
        )


@dataclass(frozen=True)
class Reached:
    """A limit that a cart goes past, with how many of it were ordered before."""

    limit: Limit
    ordered: int = 0

    def __str__(self) -> str:
        if self.limit.shelf:
            told = _("Each employee may order at most %(most)s from “%(category)s”.")
            told %= {"most": self.limit.most, "category": self.limit.shelf.name}
        else:
            told = _("Each employee may order at most %(most)s of this product.") % {"most": self.limit.most}
        if not self.ordered:
            return told
        before = _("You ordered %(ordered)s before.") % {"ordered": self.ordered}
        return f"{told} {before}"


@dataclass(frozen=True)
class Allowance:
    """What the limits on a product leave to an employee: the sentences that say it, and how many; None without any."""

    notes: tuple[str, ...] = ()
    left: int | None = None


class OverLimit(Exception):
    """The employee may not order so much; `reached` tells why. Nothing was written."""

    def __init__(self, reached: Reached) -> None:
        super().__init__(reached)
        self.reached = reached


def check_limits(membership: Membership, product: Product, *, more: int) -> None:
    """Whether `more` of `product` may go into the cart of `membership`. Refuses OverLimit.

    Takes one statement where the portal limits the product, none elsewhere.
    """
    limits = _limits_on(shelves_of(membership.portal), product)
    pieces = _pieces(membership, limits)
    for limit in limits:
        if limit.count(pieces) + more > limit.most:
            raise OverLimit(Reached(limit))


def find_allowance(membership: Membership, product: Product) -> Allowance:
    """What `membership` may still put into the cart of `product`. As many statements as `check_limits`."""
    limits = _limits_on(shelves_of(membership.portal), product)
    pieces = _pieces(membership, limits)
    left = {limit: max(limit.most - limit.count(pieces), 0) for limit in limits}
    notes = tuple(f"{Reached(limit)}{_still(number, limit.most)}" for limit, number in left.items())
    return Allowance(notes, min(left.values(), default=None))


def reached_limits(portal: Portal, lines: Sequence[CartLine]) -> dict[int, Reached]:
    """By product, the limit that its line of the cart goes past; in one statement, or none where nothing is limited."""
    shelves = shelves_of(portal)
    limits = {line.product_id: _limits_on(shelves, line.product) for line in lines}
    if not any(limits.values()):
        return {}
    before = list(_ordered(lines[0].membership_id, [limit for found in limits.values() for limit in found]))
    cart = [(line.product_id, line.product.category_id, line.quantity) for line in lines]
    return {
        product: Reached(limit, limit.count(before))
        for product, found in limits.items()
        for limit in found
        if limit.count(cart) + limit.count(before) > limit.most
    }


def _still(left: int, most: int) -> str:
    """What follows on the limit itself where some of it is taken."""
    if left == most:
        return ""
    told = ngettext("You can still order %(left)s.", "You can still order %(left)s.", left)
    return " " + (told % {"left": left} if left else _("You have ordered that, or have it in your cart."))


def _pieces(membership: Membership, limits: Sequence[Limit]) -> list[Piece]:
    """What `membership` ordered and has in the cart of all that `limits` are about; asks nothing without limits."""
    if not limits:
        return []
    in_cart = _about(CartLine.objects.filter(membership=membership), limits)
    columns = in_cart.values_list("product_id", "product__category_id", "quantity")
    return list(columns.union(_ordered(membership.pk, limits), all=True).order_by())


def _limits_on(shelves: Shelves, product: Product) -> list[Limit]:
    shelf = shelves.by_pk[product.category_id]
    of_product = [Limit(shelf.most_of[product.pk], product.pk)] if product.pk in shelf.most_of else []
    return of_product + [Limit(part.most, shelf=part) for part in shelf.trail if part.most is not None]


def _ordered(membership_id: int, limits: Sequence[Limit]) -> QuerySet[Any, Any]:
    """What the member ordered before of all that `limits` are about."""
    valid = OrderLine.objects.filter(
        order__membership=membership_id, order__state__in=(OrderState.AWAITING_PAYMENT, OrderState.CONFIRMED)
    )
    back = Sum("given_back__quantity", filter=Q(given_back__give_back__settled_at__isnull=False), default=0)
    kept = _about(valid, limits).annotate(kept=F("quantity") - back)
    pieces: QuerySet[Any, Any] = kept.values_list("product_id", "product__category_id", "kept")
    return pieces


def _about(lines: QuerySet[Any], limits: Sequence[Limit]) -> QuerySet[Any]:
    products = {limit.product_id for limit in limits} - {None}
    categories = {category for limit in limits for category in limit.categories}
    return lines.filter(Q(product__in=products) | Q(product__category__in=categories)).order_by()
