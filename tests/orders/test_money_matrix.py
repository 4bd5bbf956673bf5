"""The money of an order in every case, over HTTP: how it is paid x how the payment goes x how it is given back.

The order: three footrests of EUR 33,33 at 21 % and a book of EUR 25,00 at 9 %; EUR 124,99, of which EUR 19,41 is VAT.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import Sum
from django.test import Client

from billing import invoicing, ledger
from orders.fulfilment import deliver_order
from orders.giving_back import register_receipt
from orders.models import DemoPayment, GiveBackLine, Order
from orders.receipts import vat_by_rate
from orders.tasks import lapse_unpaid_orders, send_refunds, settle_told_payment
from portals.models import Membership
from tests.orders.conftest import ACME, HOME_FORM, at_the_bank, put
from tests.world import NOW, World, make_grant, make_membership, make_product
from thuiswerk.lib.periods import AMSTERDAM, Month

CREDIT = {"credit": Decimal("200.00"), "mixed": Decimal("80.00"), "own": Decimal("0.00")}
SPENT = {"credit": Decimal("124.99"), "mixed": Decimal("80.00"), "own": Decimal("0.00")}
TOTAL = Decimal("124.99")
# What comes back of one footrest, of all, and of nothing: credit and own money, and the VAT in it.
PART = {"credit": ("33.33", "0.00"), "mixed": ("21.34", "11.99"), "own": ("0.00", "33.33")}
WHOLE = {"credit": ("124.99", "0.00"), "mixed": ("80.00", "44.99"), "own": ("0.00", "124.99")}
VAT_OF_PART, VAT = Decimal("5.79"), Decimal("19.41")
DELIVERED, ASKED = NOW + dt.timedelta(days=2), dt.datetime(2026, 12, 12, 12, 0, tzinfo=AMSTERDAM)
GRANT_ENDED = dt.date(2026, 12, 10)


class Shopper:
    """An employee with a browser and a clock."""

    def __init__(self, member: Membership, clock: time_machine.Traveller) -> None:
        self.member, self.clock = member, clock
        self.client = Client(HTTP_HOST=ACME)
        self.client.force_login(member.user)

    def at(self, moment: dt.datetime) -> None:
        self.clock.move_to(moment, tick=False)
        self.client.force_login(self.member.user)

    def order(self) -> Order:
        page = self.client.get("/checkout/").text
        hidden = {name: re.search(f'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("form_token", "shown")}
        self.client.post("/checkout/", HOME_FORM | hidden)
        return Order.objects.get()

    def pay(self, order: Order, outcome: str) -> None:
        self.client.post(f"/orders/{order.number}/payment/")
        payment = order.payments.get(state="open")
        self.client.post(f"/payments/demo/{payment.provider_id}/", {"outcome": outcome})

    def tell(self, order: Order) -> None:
        """The bank says, before the employee is back, that the payment was made, and a worker asks after it."""
        payment = order.payments.first()
        at_the_bank(payment, "paid")
        self.client.post("/payments/demo/webhook/", {"id": payment.provider_id})
        settle_told_payment(payment.pk)

    def give_back(self, order: Order, what: str) -> None:
        address = f"/orders/{order.number}/withdrawal/confirm/?{what}"
        page = self.client.get(address).text
        hidden = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("form_token", "shown")}
        for _ in range(2):
            self.client.post(address, hidden)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


def shopper_with(world: World, clock: time_machine.Traveller, means: str) -> Shopper:
    """Somebody with the credit of `means` until 10 December and the order's products in the cart."""
    member = make_membership(world.acme, f"{means}@acme.example", "Mo Mixed")
    if CREDIT[means]:
        make_grant(member, str(CREDIT[means]), valid_until=GRANT_ENDED)
    put(member, make_product(world.chairs, "Voetensteun", "33.33"), 3)
    put(member, make_product(world.chairs, "Boek over zitten", "25.00", vat_rate="9.00"))
    return Shopper(member, clock)


def paid_late(shopper: Shopper, order: Order) -> None:
    shopper.client.post(f"/orders/{order.number}/payment/")
    shopper.at(NOW + dt.timedelta(minutes=31))
    lapse_unpaid_orders()
    assert Order.objects.get().state == "lapsed"
    shopper.tell(order)


def failed_then_paid(shopper: Shopper, order: Order) -> None:
    shopper.pay(order, "failed")
    shopper.pay(order, "paid")


def webhook_first(shopper: Shopper, order: Order) -> None:
    shopper.client.post(f"/orders/{order.number}/payment/")
    shopper.tell(order)
    shopper.client.get(f"/orders/{order.number}/return/")


PAID: dict[str, Callable[[Shopper, Order], None]] = {
    "paid": lambda shopper, order: shopper.pay(order, "paid"),
    "failed then paid": failed_then_paid,
    "paid late": paid_late,
    "webhook twice": lambda shopper, order: shopper.pay(order, "twice"),
    "webhook first": webhook_first,
}
ENDS = ["cancel", "part return", "whole return", "after the grant ended", "after invoicing"]
CASES = [("credit", "at once", end) for end in ENDS] + [
    (means, how, end) for means in ("mixed", "own") for how in PAID for end in ENDS
]


def money(member: Membership, now: dt.datetime) -> tuple[Decimal, Decimal]:
    """The credit that can be spent, and what the bank is left with."""
    sums = DemoPayment.objects.filter(state="paid").aggregate(paid=Sum("amount"), back=Sum("refunded"))
    return ledger.available(member, now=now), (sums["paid"] or 0) - (sums["back"] or 0)


def consumed(member: Membership) -> Decimal:
    return -(member.entries.filter(kind__in=["spend", "refund"]).aggregate(sum=Sum("amount"))["sum"] or 0)


def return_at(shopper: Shopper, order: Order, what: str, moment: dt.datetime, world: World) -> None:
    """Delivered on 18 November, given back by the employee at `moment`, received and paid two days later."""
    deliver_order(order, now=DELIVERED)
    shopper.at(moment)
    shopper.give_back(order, what)
    shopper.at(moment + dt.timedelta(days=2))
    for _ in range(2):
        register_receipt(order.give_backs.get(), now=moment + dt.timedelta(days=2), actor=world.coordinator)


@pytest.mark.parametrize(("means", "how", "end"), CASES)
def test_money_is_right_to_the_cent(world: World, clock: time_machine.Traveller, means: str, how: str, end: str):
    shopper = shopper_with(world, clock, means)
    member, order = shopper.member, shopper.order()
    if means != "credit":
        PAID[how](shopper, order)
    order.refresh_from_db()
    assert (order.state, money(member, NOW)) == ("confirmed", (CREDIT[means] - SPENT[means], TOTAL - SPENT[means]))

    footrest = f"line-{order.lines.first().pk}=1"
    is_part = end == "part return"
    if end == "cancel":
        shopper.give_back(order, "everything=1")
        now = NOW
    else:
        moment = ASKED if end.startswith("after") else DELIVERED
        if end == "after invoicing":
            invoicing.invoice_portal(world.acme, Month(2026, 11), now=ASKED - dt.timedelta(days=4))
        if end.startswith("after"):
            ledger.expire(member, now=ASKED)
        return_at(shopper, order, footrest if is_part else "everything=1", moment, world)
        now = moment + dt.timedelta(days=2)
    send_refunds()
    send_refunds()

    credit, own = (Decimal(amount) for amount in (PART if is_part else WHOLE)[means])
    left = Decimal("0.00") if end.startswith("after") else CREDIT[means] - SPENT[means]
    assert money(member, now) == (left + credit, TOTAL - SPENT[means] - own)
    assert consumed(member) == SPENT[means] - credit
    assert sum(part.vat for part in GiveBackLine.objects.all()) == (VAT_OF_PART if is_part else VAT)
    assert [(rate.rate, rate.vat) for rate in vat_by_rate(order.lines.all())] == [
        (Decimal("21.00"), Decimal("17.35")),
        (Decimal("9.00"), Decimal("2.06")),
    ]
    order.refresh_from_db()
    assert order.state == ("cancelled" if end == "cancel" else "confirmed")
    for month in (Month(2026, 11), Month(2026, 12)):
        invoicing.invoice_portal(world.acme, month, now=dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM))
    call_command("check_ledger", stdout=io.StringIO())


@pytest.mark.parametrize("means", ["mixed", "own"])
@pytest.mark.parametrize("outcome", ["failed", "cancelled", "expired"])
@pytest.mark.parametrize("end", ["cancel", "lapse"])
def test_order_that_is_never_paid_holds_and_costs_nothing(
    world: World, clock: time_machine.Traveller, means: str, outcome: str, end: str
):
    shopper = shopper_with(world, clock, means)
    order = shopper.order()
    shopper.pay(order, outcome)

    if end == "cancel":
        shopper.client.post(f"/orders/{order.number}/cancel/")
    else:
        shopper.at(NOW + dt.timedelta(minutes=31))
        lapse_unpaid_orders()

    order.refresh_from_db()
    assert order.state == ("cancelled" if end == "cancel" else "lapsed")
    assert money(shopper.member, NOW) == (CREDIT[means], Decimal("0.00"))
    assert consumed(shopper.member) == 0
    call_command("check_ledger", stdout=io.StringIO())


@pytest.mark.parametrize("means", ["mixed", "own"])
def test_payment_that_comes_after_cancelling_goes_back(world: World, clock: time_machine.Traveller, means: str):
    shopper = shopper_with(world, clock, means)
    order = shopper.order()
    shopper.client.post(f"/orders/{order.number}/payment/")
    shopper.client.post(f"/orders/{order.number}/cancel/")

    shopper.tell(order)

    order.refresh_from_db()
    assert (order.state, order.payments.get().state) == ("cancelled", "refunded")
    assert money(shopper.member, NOW) == (CREDIT[means], Decimal("0.00"))
    call_command("check_ledger", stdout=io.StringIO())
