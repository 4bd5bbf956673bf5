"""The single units of an order line, so that parts of it are given back to the cent.

The credit, own money and VAT stored on a line are split over its units by largest remainder: however they are given
back, in one go or one by one, the parts add up to the line, and each unit adds up to its price.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from orders.models import GiveBackLine, Order, OrderLine
from thuiswerk.lib.money import ZERO, allocate

# The texts of a product are long, and nobody reads them here.
TEXTS = ("product__search", "product__text_nl", "product__text_en", "product__specifications")


@dataclass(frozen=True)
class Part:
    """`quantity` units of `line` from the unit `first` on, with what was paid for them and the VAT in it, in euro."""

    line: OrderLine
    first: int
    quantity: int
    credit: Decimal
    own_money: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        return self.credit + self.own_money


@dataclass(frozen=True)
class CreditBack:
    """An amount in euro that comes back to a grant, and the last day on which it can be spent; None where it cannot."""

    amount: Decimal
    usable_until: dt.date | None


@dataclass(frozen=True)
class Left:
    """`quantity` units that are left of `line`."""

    line: OrderLine
    quantity: int

    def part(self, quantity: int) -> Part:
        """The next `quantity` units to be given back."""
        return part_of(self.line, first=self.line.quantity - self.quantity, quantity=quantity)


def part_of(line: OrderLine, *, first: int, quantity: int) -> Part:
    """The part that `quantity` units from `first` on have of `line`."""
    units = [Decimal(1)] * line.quantity
    taken = slice(first, first + quantity)
    credit = sum(allocate(line.credit, units)[taken], ZERO)
    vat = sum(allocate(line.vat, units)[taken], ZERO)
    return Part(line, first, quantity, credit, line.unit_price * quantity - credit, vat)


def units_left(order: Order) -> list[Left]:
    """The lines of `order`, each with how many of its units were not given back."""
    given = GiveBackLine.objects.filter(give_back__order=order).values_list("line")
    gone: dict[int, int] = dict(given.annotate(gone=Sum("quantity")).order_by())
    lines = order.lines.select_related("product").defer(*TEXTS)
    return [Left(line, line.quantity - gone.get(line.pk, 0)) for line in lines]
