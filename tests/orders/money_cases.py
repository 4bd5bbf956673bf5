"""Who plays in the money matrix, each over HTTP: an employee, customer service and two banks; and a case of it."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

import time_machine
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from billing import ledger
from billing.tasks import expire_credit, invoice_last_month
from orders.models import DemoPayment, GiveBack, Order
from orders.tasks import lapse_unpaid_orders, send_refunds
from portals.models import Membership
from tests.orders.conftest import HOME_FORM, at_the_bank, put
from tests.orders.money_sums import (
    ALL_INVOICED,
    ASKED,
    DELIVERED,
    GRANT_ENDED,
    HAD,
    INVOICED,
    LAPSED,
    NOTHING,
    SPENT,
    TOTAL,
    WAY,
    Back,
    back_of,
    check_books,
    check_grace,
    check_invoices,
    check_receipt,
    consumed,
)
from tests.orders.over_http import Browser, Server, Visitor
from tests.orders.payments.mollie_server import MollieServer
from tests.world import World, make_grant, make_membership, make_product
from thuiswerk.lib.money import euro


class Bank(Protocol):
    """Where the employee pays, in one of its states: paid, failed, cancelled, expired."""

    def end(self, shopper: "Shopper", state: str) -> None:
        """The employee ends the payment on the page of the bank and is sent back to the shop."""

    def take(self, state: str) -> str:
        """The last payment is in `state`; nobody was told. Returns how the bank calls it."""

    def kept(self) -> Decimal:
        """What it has of the money that came in and did not go back."""


class DemoBank:
    name = "demo"

    def end(self, shopper: "Shopper", state: str) -> None:
        shopper.submit("", {"outcome": state})

    def take(self, state: str) -> str:
        payment = Order.objects.get().payments.first()
        at_the_bank(payment, state)
        return payment.provider_id

    def kept(self) -> Decimal:
        sums = DemoPayment.objects.filter(state="paid").aggregate(paid=Sum("amount"), back=Sum("refunded"))
        return (sums["paid"] or NOTHING) - (sums["back"] or NOTHING)


class MollieBank:
    """The Mollie of our own, whose page is left for the address that it was given."""

    name = "mollie"

    def __init__(self, mollie: MollieServer) -> None:
        self.mollie = mollie

    def end(self, shopper: "Shopper", state: str) -> None:
        assert f'content="0; url={self.mollie.url}/checkout/' in shopper.page.text
        self.take(state)
        shopper.come_back()

    def take(self, state: str) -> str:
        self.mollie.put({"cancelled": "canceled"}.get(state, state))
        return list(self.mollie.payments)[-1]

    def kept(self) -> Decimal:
        paid = [one for one in self.mollie.payments.values() if one["status"] == "paid"]
        back = [refund for refunds in self.mollie.refunds.values() for refund in refunds]
        came, left = (sum(Decimal(one["amount"]["value"]) for one in rows) for rows in (paid, back))
        return came - left


class Shopper(Visitor):
    """An employee who has put the order in the cart."""

    def __init__(self, server: Server, member: Membership) -> None:
        super().__init__(server, "acme.localhost", member.user)
        self.member = member

    @property
    def order_page(self) -> str:
        return f"/orders/{Order.objects.get().number}/"

    def order(self) -> Order:
        """Order the cart by a double click; the open page is then that of the bank, or of the order."""
        self.open("/checkout/")
        self.submit("", HOME_FORM, clicks=2)
        return Order.objects.get()

    def try_again(self) -> None:
        """By the button on the page of the order, to which an unpaid payment leads."""
        self.submit(f"{self.order_page}payment/")

    def come_back(self) -> None:
        self.open(f"{self.order_page}return/")

    def give_back(self, chosen: dict[str, object], back: Back) -> None:
        """The statement, the page that shows what comes `back`, and its confirmation by a double click."""
        self.open(f"{self.order_page}withdrawal/")
        page = self.submit(f"{self.order_page}withdrawal/confirm/", chosen)
        for amount in (back.credit, back.own):
            assert (f"<strong>{euro(amount)}</strong>" in page.text) == (amount > 0)
        self.submit(clicks=2)
        assert self.page.address == self.order_page

    def is_refused(self, chosen: str) -> bool:
        """Whether neither the page nor a form that was made by hand gives anything back."""
        address = f"{self.order_page}withdrawal/confirm/?{chosen}"
        pages = [self.open(address)]
        pages.append(self.page.post(address, {"form_token": uuid.uuid4(), "shown": "whatever"}))
        return {page.address for page in pages} == {self.order_page} and not GiveBack.objects.exists()

    def cancel_unpaid(self) -> None:
        self.open(f"{self.order_page}cancel/")
        self.submit(clicks=2)


class CustomerService(Visitor):
    """Somebody of the staff in the back office."""

    def deliver(self, order: Order) -> None:
        self.open(_screen(order))
        self.submit("", {"step": "delivered"})

    def receive(self, order: Order) -> None:
        """Note by a double click that what was sent back has come in."""
        self.open(_screen(order))
        receive = reverse("admin:orders_order_receive_return", args=[order.pk, order.give_backs.get().pk])
        self.submit(receive, clicks=2)

    def sees_no_step(self, order: Order) -> bool:
        return 'name="step"' not in self.open(_screen(order)).text


def _screen(order: Order) -> str:
    return reverse("admin:orders_order_handle", args=[order.pk])


class Case:
    """The order of an employee with the credit of `means`, from the cart to the books."""

    def __init__(self, world: World, clock: time_machine.Traveller, server: Server, bank: Bank, means: str) -> None:
        self.world, self.clock, self.server, self.bank, self.means = world, clock, server, bank, means
        self.member = make_membership(world.acme, f"{means}@acme.example", "Mo Mixed")
        if HAD[means]:
            make_grant(self.member, str(HAD[means]), valid_until=GRANT_ENDED)
        put(self.member, make_product(world.chairs, "Voetensteun", "33.33"), 3)
        put(self.member, make_product(world.chairs, "Boek over zitten", "25.00", vat_rate="9.00"))
        self.shopper = Shopper(server, self.member)
        self.service = CustomerService(server, "localhost", world.coordinator)

    @property
    def money(self) -> tuple[Decimal, Decimal]:
        """The credit that can be spent now, and what the bank is left with."""
        return ledger.available(self.member, now=timezone.now()), self.bank.kept()

    @property
    def state(self) -> str:
        return Order.objects.get().state

    def at(self, moment: dt.datetime) -> None:
        self.clock.move_to(moment, tick=False)

    def tell(self, provider_id: str) -> None:
        """The webhook of the bank, from a machine that is nobody's browser."""
        told = Browser(self.server, "acme.localhost").post(f"/payments/{self.bank.name}/webhook/", {"id": provider_id})
        assert told.text == "ok"

    def lapse(self) -> None:
        self.at(LAPSED)
        lapse_unpaid_orders()

    def give_back(self, end: str) -> None:
        """Cancelled at once; else sent, delivered, returned after `end`, and received two days later."""
        order, back = Order.objects.get(), back_of(self.means, end)
        if end != "cancel":
            self.at(DELIVERED)
            self.service.deliver(order)
            self.let_pass(end)
        chosen = {f"line-{order.lines.first().pk}": 1} if end == "part return" else {"everything": 1}
        self.shopper.give_back(chosen, back)
        if end != "cancel":
            self.at(timezone.now() + WAY)
            self.service.receive(order)
        send_refunds()  # As every minute; a request that gives back has asked for it already.

    def let_pass(self, end: str) -> None:
        """Until the moment at which the employee gives back."""
        if end == "after invoicing":
            self.at(INVOICED)
            invoice_last_month()
        if end.startswith("after"):
            self.at(ASKED)
            expire_credit()

    def check_given_back(self, end: str) -> None:
        """Balances, order, ledger, VAT and invoices after the order was paid and given back."""
        spent, back = SPENT[self.means], back_of(self.means, end)
        left = NOTHING if end.startswith("after") else HAD[self.means] - spent
        assert self.money == (left + back.credit, TOTAL - spent - back.own)
        assert consumed(self.member) == spent - back.credit
        assert self.state == ("cancelled" if end == "cancel" else "confirmed")
        check_receipt(self.means, back)
        if end.startswith("after"):
            check_grace(self.member, back)
        later = back.credit if end.startswith("after") else NOTHING
        self.at(ALL_INVOICED)
        check_invoices(self.member, invoiced=spent - back.credit + later, given_back=later)
        check_books()

    def check_untouched(self, credit: Decimal) -> None:
        """The employee has `credit` and all own money, nobody has anything to pay, nothing was given back."""
        assert self.money == (credit, NOTHING)
        assert (consumed(self.member), GiveBack.objects.count()) == (NOTHING, 0)
        self.at(ALL_INVOICED)
        check_invoices(self.member, invoiced=NOTHING, given_back=NOTHING)
        check_books()


def ended_then_paid(state: str) -> Callable[[Case], None]:
    def pay(case: Case) -> None:
        case.bank.end(case.shopper, state)
        assert (case.state, case.money) == ("awaiting_payment", (HAD[case.means] - SPENT[case.means], NOTHING))
        case.shopper.try_again()
        case.bank.end(case.shopper, "paid")

    return pay


def paid_late(case: Case) -> None:
    case.lapse()
    assert (case.state, case.money) == ("lapsed", (HAD[case.means], NOTHING))
    case.tell(case.bank.take("paid"))


def webhook_twice(case: Case) -> None:
    case.bank.end(case.shopper, "paid")
    for _ in range(2):
        case.tell(Order.objects.get().payments.get().provider_id)


def webhook_first(case: Case) -> None:
    case.tell(case.bank.take("paid"))
    assert case.state == "confirmed"
    case.shopper.come_back()


PAID: dict[str, Callable[[Case], None]] = {
    "paid": lambda case: case.bank.end(case.shopper, "paid"),
    "failed then paid": ended_then_paid("failed"),
    "cancelled then paid": ended_then_paid("cancelled"),
    "expired then paid": ended_then_paid("expired"),
    "paid late": paid_late,
    "webhook twice": webhook_twice,
    "webhook first": webhook_first,
}
