"""Placing an order: one transaction that either makes the whole order or nothing.

- It holds the membership's row, so one employee places one order at a time, and then the rows of the products in the
  order of their ids, so that two employees never wait for each other in a circle.
- One form makes one order: its token is unique per membership, and a known token returns the order that it made.
- Prices, assortment, stock and credit are read again under these locks; what differs from the page is told.
- Credit pays first. With nothing left to pay it is spent at once, else reserved until the payment is settled.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, CharField, Func, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import translation

from billing import ledger
from catalog.models import Product
from catalog.payroll import rule_value
from orders.delivery import calendar_at
from orders.mails import queue_confirmation
from orders.models import CartLine, EventKind, Order, OrderLine, OrderState
from orders.naming import name_spent
from orders.opening import may_order
from orders.postal_address import Address as Address
from orders.quote import Quote, QuotedLine, quote_cart
from orders.timeline import tell
from portals.models import Membership
from thuiswerk.lib.money import vat_within
from thuiswerk.lib.periods import amsterdam_date
from thuiswerk.lib.prepared import Given, Prepared


class CheckoutRefusal(Exception):
    """The order was not placed; nothing was written."""


class CartEmpty(CheckoutRefusal):
    """There is nothing to order."""


class PortalNotLive(CheckoutRefusal):
    """The portal takes no orders of this employee now."""


class MembershipDisabled(CheckoutRefusal):
    """The employee may no longer order here."""


class CartChanged(CheckoutRefusal):
    """The cart is not what was shown; `quote` tells per line what changed."""

    def __init__(self, quote: Quote) -> None:
        changes = {quoted.line.product_id: [change.value for change in quoted.changes] for quoted in quote.lines}
        super().__init__(f"The cart changed: {changes}")
        self.quote = quote


class OwnMoneyNotAllowed(CheckoutRefusal):
    """The credit is too little, and the portal takes no own money; `quote.own_money` is what is lacking."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(f"{quote.own_money} is lacking.")
        self.quote = quote


@transaction.atomic
def place_order(
    membership: Membership,
    *,
    address: Address,
    form_token: uuid.UUID,
    now: dt.datetime,
    language: str,
    shown: str | None = None,
) -> Order:
    """Order the cart of `membership`. Returns the order, or the one that `form_token` made before.

    `shown` is the fingerprint of the quote on the page; None where no page was shown, so that the cart lines themselves
    say what was seen. Refuses CartEmpty, PortalNotLive, MembershipDisabled, CartChanged, OwnMoneyNotAllowed.
    """
    member = _locked(membership)
    if placed := member.orders.filter(form_token=form_token).first():
        return placed
    _check_may_order(member, now)
    quote = _locked_quote(member, now)
    _check_as_shown(quote, shown)
    order = _write_order(member, quote, address, form_token, now, language)
    lines = _write_lines(order, quote)
    if not order.portal.is_example:
        _take_stock(quote)
    _pay_with_credit(order, lines, now)
    _empty_cart(member, quote)
    tell(order, EventKind.PLACED, *([EventKind.PAID] if order.is_confirmed else []), now=now)
    if order.is_confirmed:
        queue_confirmation(order, lines, now=now)
    return order


def _locked(membership: Membership) -> Membership:
    member: Membership = _member.get(pk=membership.pk)
    return member


def _check_may_order(member: Membership, now: dt.datetime) -> None:
    if not member.is_active:
        raise MembershipDisabled(member.pk)
    if not may_order(member, now=now):
        raise PortalNotLive(member.portal.slug)


def _locked_quote(member: Membership, now: dt.datetime) -> Quote:
    lines = _in_cart_order(_cart.all(member=member.pk))
    return quote_cart(member.portal, lines, credit=ledger.available(member, now=now), calendar=calendar_at(now))


def _in_cart_order(lines: Sequence[CartLine]) -> list[CartLine]:
    return sorted(lines, key=lambda line: (line.added_at, line.pk))


def _check_as_shown(quote: Quote, shown: str | None) -> None:
    if not quote.lines:
        raise CartEmpty
    as_shown = not quote.has_changes if shown is None else quote.fingerprint == shown
    if quote.stops_order or not as_shown:
        raise CartChanged(quote)
    if quote.lacks_credit:
        raise OwnMoneyNotAllowed(quote)


def _write_order(
    member: Membership, quote: Quote, address: Address, form_token: uuid.UUID, now: dt.datetime, language: str
) -> Order:
    is_paid = not quote.own_money
    return Order.objects.create(
        portal=member.portal,
        membership=member,
        number=_next_number(now),
        form_token=form_token,
        state=OrderState.CONFIRMED if is_paid else OrderState.AWAITING_PAYMENT,
        **asdict(address),
        language=language,
        total=quote.total,
        credit=quote.credit,
        own_money=quote.own_money,
        placed_at=now,
        promised_on=quote.promised_on,
        names_products=quote.names_products,
        confirmed_at=now if is_paid else None,
        pay_before=None if is_paid else now + dt.timedelta(minutes=settings.PAYMENT_MINUTES),
    )


def _next_number(now: dt.datetime) -> Concat:
    """`TW26-100042`: the year in Amsterdam and the next number of the sequence, which the database fills in."""
    number = Func(Value("order_number"), function="nextval", output_field=BigIntegerField())
    return Concat(Value(f"TW{amsterdam_date(now):%y}-"), Cast(number, CharField()))


def _write_lines(order: Order, quote: Quote) -> list[OrderLine]:
    with translation.override(order.language):
        return OrderLine.objects.bulk_create(_order_line(order, quoted) for quoted in quote.lines)


def _order_line(order: Order, quoted: QuotedLine) -> OrderLine:
    product = quoted.line.product
    return OrderLine(
        portal_id=order.portal_id,
        order=order,
        product=product,
        sku=product.sku,
        name=product.name,
        quantity=quoted.line.quantity,
        unit_price=product.price,
        vat_rate=product.vat_rate,
        total=quoted.total,
        vat=vat_within(quoted.total, product.vat_rate),
        credit=quoted.credit,
        own_money=quoted.own_money,
        payroll_class=quoted.line.payroll_class or "",  # type: ignore[attr-defined]
        payroll_base=quoted.line.payroll_base,  # type: ignore[attr-defined]
    )


def _take_stock(quote: Quote) -> None:
    """The rows are locked, so what was read is what is there."""
    products = []
    for quoted in quote.lines:
        product = quoted.line.product
        product.stock -= quoted.line.quantity
        products.append(product)
    Product.objects.bulk_update(products, ["stock"])


def _pay_with_credit(order: Order, lines: list[OrderLine], now: dt.datetime) -> None:
    if not order.credit:
        return
    pay = ledger.spend if order.is_confirmed else ledger.reserve
    taken = pay(order.membership, amount=order.credit, order_number=order.number, now=now)
    if order.is_confirmed:
        name_spent(order, taken, lines)


def _empty_cart(member: Membership, quote: Quote) -> None:
    """Only what was ordered: in another tab something may have been put in meanwhile."""
    member.cart_lines.filter(pk__in=[quoted.line.pk for quoted in quote.lines]).delete()


def _members() -> QuerySet[Membership]:
    locked = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("portal__company", "user")
    return locked.filter(pk=Given("pk", BigIntegerField())).order_by()


def _cart_lines() -> QuerySet[CartLine]:
    locked = CartLine.objects.select_for_update(no_key=True, of=("self", "product")).select_related("product")
    named = locked.defer("product__search", "product__text_nl", "product__text_en", "product__specifications")
    where = {"portal": "portal", "path": "product__category__path"}
    classed = named.annotate(
        payroll_class=rule_value("payroll_class", **where), payroll_base=rule_value("base_amount", **where)
    )
    return classed.filter(membership=Given("member", BigIntegerField())).order_by("product_id")


_member, _cart = Prepared(_members), Prepared(_cart_lines)
