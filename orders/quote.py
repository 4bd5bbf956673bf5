"""What a cart costs now: prices and assortment from the catalogue, and how credit and own money share the total.

The cart page, the checkout page and the checkout transaction all ask `quote_cart`, so that they cannot disagree.
- Credit goes first, and only to lines in the portal's assortment; the employee pays the rest.
- A line that cannot be ordered costs nothing and stops the order until it is changed.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.assortment import payable_ids
from catalog.shelves import shelves_of
from orders.delivery import promised_day
from orders.limits import Reached, reached_limits
from orders.models import CartLine
from portals.models import OwnMoney, Portal
from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.money import ZERO, allocate, euro


class Change(models.TextChoices):
    """What happened to a product while it lay in the cart."""

    GONE = "gone", gettext_lazy("No longer for sale.")
    OUTSIDE = "outside", gettext_lazy("No longer available in your store.")
    SOLD_OUT = "sold_out", gettext_lazy("Sold out.")
    SHORT = "short", gettext_lazy("Not enough in stock.")
    LIMITED = "limited", gettext_lazy("More than you may order.")
    REPRICED = "repriced", gettext_lazy("The price has changed.")
    OWN_MONEY = "own_money", gettext_lazy("Can no longer be paid with credit.")


# Less of it can still be ordered.
TOO_MANY = frozenset({Change.SHORT, Change.LIMITED})
STOPS_ORDER = TOO_MANY | {Change.GONE, Change.OUTSIDE, Change.SOLD_OUT}


@dataclass(frozen=True)
class QuotedLine:
    """A line of the cart at today's price. `total` = `credit` + `own_money`, in euro including VAT."""

    line: CartLine
    payable: bool
    changes: tuple[Change, ...]
    credit: Decimal = ZERO
    own_money: Decimal = ZERO
    promised_on: dt.date | None = None
    reached: Reached | None = None

    @property
    def total(self) -> Decimal:
        return self.line.product.price * self.line.quantity

    @property
    def can_be_ordered(self) -> bool:
        return STOPS_ORDER.isdisjoint(self.changes)

    @property
    def has_amount(self) -> bool:
        """Whether the page tells what the line would cost: not of what cannot be had at all."""
        return self.can_be_ordered or not TOO_MANY.isdisjoint(self.changes)

    @property
    def messages(self) -> list[str]:
        """Each change as a sentence for the employee."""
        return [self._sentence(change) for change in self.changes]

    def _sentence(self, change: Change) -> str:
        product = self.line.product
        if change == Change.SHORT:
            text = ngettext("Only %(stock)s left in stock.", "Only %(stock)s left in stock.", product.stock)
            return text % {"stock": product.stock}
        if change == Change.LIMITED:
            return str(self.reached)
        if change == Change.REPRICED:
            prices = {"old": euro(self.line.seen_price), "new": euro(product.price)}
            return _("The price was %(old)s and is now %(new)s.") % prices
        return str(change.label)


@dataclass(frozen=True)
class Quote:
    """A cart with its totals. `own_money_allowed` says whether the portal lets employees pay anything themselves;
    `promised_on` is the day on which all of it will have come, if that can be told; `names_products`: the employer may
    read what credit pays."""

    lines: tuple[QuotedLine, ...]
    credit: Decimal
    own_money: Decimal
    own_money_allowed: bool
    promised_on: dt.date | None
    names_products: bool = False

    @property
    def total(self) -> Decimal:
        return self.credit + self.own_money

    @property
    def stops_order(self) -> bool:
        """Whether a line has to be changed or removed first."""
        return any(not quoted.can_be_ordered for quoted in self.lines)

    @property
    def lacks_credit(self) -> bool:
        """Whether the credit is too little in a portal where nothing else may pay."""
        return bool(self.own_money) and not self.own_money_allowed

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.lines) and not self.stops_order and not self.lacks_credit

    @property
    def has_changes(self) -> bool:
        return any(quoted.changes for quoted in self.lines)

    @property
    def quantity(self) -> int:
        return sum(quoted.line.quantity for quoted in self.lines)

    @property
    def fingerprint(self) -> str:
        """Differs as soon as a product, quantity, price, split, promised day or what the employer may read differs:
        what the page showed."""
        lines = sorted(
            (quoted.line.product_id, quoted.line.quantity, str(quoted.line.product.price), str(quoted.credit))
            for quoted in self.lines
        )
        told = ("products",) if self.names_products else ()
        said = (lines, str(self.credit), str(self.own_money), str(self.promised_on), *told)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def payable_now(portal: Portal, lines: Sequence[CartLine]) -> set[int]:
    """What credit may pay of a cart, as the database says now."""
    return payable_ids(portal, [line.product_id for line in lines])


def payable_on_shelves(portal: Portal, lines: Sequence[CartLine]) -> set[int]:
    """What credit may pay of a cart, as it stood when `portal` was read; asks nothing."""
    shelves = shelves_of(portal)
    return {line.product_id for line in lines if shelves.pays(line.product_id, line.product.category_id)}


def quote_cart(
    portal: Portal,
    lines: Sequence[CartLine],
    *,
    credit: Decimal,
    calendar: DeliveryCalendar,
    payable: Callable[[Portal, Sequence[CartLine]], set[int]] = payable_now,
) -> Quote:
    """Price `lines` (with their products loaded) for `portal`, with `credit` euro to spend; `calendar` is of now.

    `payable` gives the ids of the products that credit may pay: `payable_now` under the locks of an order,
    `payable_on_shelves` for a page.
    """
    payable_products = payable(portal, lines) if lines else set()
    reached = reached_limits(portal, lines)
    looked_at = [
        _look_at(portal, line, line.product_id in payable_products, reached.get(line.product_id)) for line in lines
    ]
    weights = [quoted.total if quoted.payable and quoted.can_be_ordered else ZERO for quoted in looked_at]
    used = min(credit, sum(weights, ZERO))
    quoted_lines = tuple(_settled(*line, calendar) for line in zip(looked_at, allocate(used, weights), strict=True))
    return Quote(
        lines=quoted_lines,
        credit=used,
        own_money=sum((quoted.own_money for quoted in quoted_lines), ZERO),
        own_money_allowed=portal.own_money_buys != OwnMoney.NOTHING,
        promised_on=promised_day(calendar, (quoted.line.product for quoted in looked_at if quoted.can_be_ordered)),
        names_products=portal.company.names_products,
    )


def _look_at(portal: Portal, line: CartLine, payable: bool, reached: Reached | None) -> QuotedLine:
    stop = _what_stops(portal, line, payable) or (Change.LIMITED if reached else None)
    if stop:
        return QuotedLine(line, payable, (stop,), reached=reached)
    changes = []
    if line.product.price != line.seen_price:
        changes.append(Change.REPRICED)
    if line.seen_payable and not payable:
        changes.append(Change.OWN_MONEY)
    return QuotedLine(line, payable, tuple(changes))


def _what_stops(portal: Portal, line: CartLine, payable: bool) -> Change | None:
    product = line.product
    if not product.is_active:
        return Change.GONE
    if not payable and portal.own_money_buys != OwnMoney.EVERYTHING:
        return Change.OUTSIDE
    if product.stock == 0:
        return Change.SOLD_OUT
    return Change.SHORT if product.stock < line.quantity else None


def _settled(quoted: QuotedLine, credit: Decimal, calendar: DeliveryCalendar) -> QuotedLine:
    """The line with its split and the day on which it comes; as it is, where it cannot be ordered."""
    if not quoted.can_be_ordered:
        return quoted
    promised_on = calendar.day(quoted.line.product.delivery_days)
    return replace(quoted, credit=credit, own_money=quoted.total - credit, promised_on=promised_on)
