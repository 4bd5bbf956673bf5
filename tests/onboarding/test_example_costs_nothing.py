"""What happens in the example stays there: beside each real order stands one of a visitor, which counts nowhere."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.models import Mail
from billing import consumption, proof
from billing.forecast import forecasts
from billing.models import Invoice
from billing.month import portal_months
from billing.run import run_portal
from orders.api.problems import Refused
from orders.api.steps import read_order, take_step
from orders.chargebacks import note_chargebacks
from orders.giving_back import give_back
from orders.giving_up import cancel_unpaid, lapse_order
from orders.handover import hand_over
from orders.models import Order, WebhookDelivery, WebhookEndpoint
from orders.payments.port import ProviderUnavailable, RemoteChargeback
from orders.payroll import consumed_by_portal, payroll_rows
from orders.questions import ask
from orders.settlement import settle_payment, start_payment
from portals.models import Membership, OwnMoney, Portal
from tests.onboarding.examples import paid
from tests.onboarding.examples import shop as shop
from tests.onboarding.examples import visitor as visitor
from tests.orders.api.conftest import make_api_token
from tests.orders.conftest import TOO_LATE, at_the_bank, order_of, stock_of
from tests.world import NOW, World, make_grant
from thuiswerk.lib.mail import Message
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER = Month(2026, 11)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)


@pytest.fixture
def orders(world: World, visitor: Membership) -> tuple[Order, Order]:
    """A chair that Bob ordered, and one that a visitor ordered, both paid with credit."""
    return order_of(world.bob, world.chair), order_of(visitor, world.chair)


@pytest.fixture
def office(world: World, settings) -> Client:
    """An administrator in the back office; the second factor has tests of its own."""
    settings.DEMO = True
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.coordinator)
    return client


def unpaid(world: World, visitor: Membership) -> tuple[Order, Order]:
    """A desk of Bob and one of a visitor, with own money to pay."""
    return order_of(world.bob, world.desk), order_of(visitor, world.desk)


@pytest.mark.parametrize("to", ["bezoeker-1@voorbeeld.invalid", "X@Y.INVALID", outbox.NOBODY])
def test_mail_to_an_address_of_no_domain_is_thrown_away(db, mailoutbox, to: str):
    outbox.queue(Message("Hallo", "Hallo", ""), to=to, key="a", now=NOW)
    outbox.queue(Message("Hallo", "Hallo", ""), to="bob@invalid.example", key="b", now=NOW)

    assert outbox.send_due(now=NOW) == 2

    assert [mail.to for mail in mailoutbox] == [["bob@invalid.example"]]
    assert list(Mail.objects.values_list("to", flat=True)) == ["bob@invalid.example"]


@pytest.mark.usefixtures("orders")
def test_only_the_real_order_is_confirmed_by_mail(world: World, mailoutbox):
    outbox.send_due(now=NOW)

    assert [mail.to for mail in mailoutbox] == [["bob@acme.example"]]
    assert Mail.objects.count() == 1


def test_only_the_real_question_reaches_customer_service(world: World, visitor: Membership, settings):
    for member in (world.bob, visitor):
        ask(member, order=None, subject="Vraag", text="Hoe?", form_token=uuid.uuid4(), now=NOW)

    told = Mail.objects.filter(to=settings.OPERATOR["email"])
    assert [mail.key for mail in told] == [f"message:{world.bob.questions.get().messages.get().pk}"]


def test_only_trouble_with_real_money_is_told(world: World, visitor: Membership, settings):
    for order in unpaid(world, visitor):
        payment = paid(order).payments.get()
        told = [RemoteChargeback(f"c{order.pk}", Decimal("1.00"), is_reversed=False)]
        note_chargebacks(payment, told, now=NOW)

    assert Mail.objects.filter(to=settings.OPERATOR["email"]).count() == 1


@pytest.mark.parametrize("chosen", ["", "mollie", "demo"])
def test_example_is_paid_at_the_demo_whatever_real_portals_use(world: World, shop: Portal, settings, chosen: str):
    settings.PAYMENT_PROVIDER = chosen

    assert (shop.payment_provider, shop.own_money_buys) == ("demo", OwnMoney.EVERYTHING)
    assert world.acme.payment_provider == chosen
    assert world.acme.own_money_buys == (OwnMoney.ASSORTMENT if chosen else OwnMoney.NOTHING)


def test_only_the_example_opens_a_demo_payment(world: World, visitor: Membership, settings):
    real, mine = unpaid(world, visitor)
    settings.PAYMENT_PROVIDER = ""

    address = start_payment(mine, now=NOW)
    with pytest.raises(ProviderUnavailable):
        start_payment(real, now=NOW)

    assert address.startswith("http://voorbeeld.localhost/payments/demo/demo_")
    assert (real.payments.count(), mine.payments.get().provider) == (0, "demo")


def test_demo_bank_is_there_for_the_example_only(world: World, visitor: Membership, settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    real, mine = unpaid(world, visitor)
    addresses = [start_payment(order, now=NOW) for order in (real, mine)]
    settings.PAYMENT_PROVIDER = "mollie"

    statuses = []
    for order, address in zip((real, mine), addresses, strict=True):
        client = Client(HTTP_HOST=order.portal.host)
        client.force_login(order.membership.user)
        statuses.append(client.get(address.partition("localhost")[2]).status_code)

    assert statuses == [404, 200]


def test_stock_is_taken_by_the_real_order_only(world: World, visitor: Membership):
    before = stock_of(world.chair)

    order_of(visitor, world.chair)
    assert stock_of(world.chair) == before

    order_of(world.bob, world.chair)
    assert stock_of(world.chair) == before - 1


def test_stock_comes_back_from_the_real_order_only(world: World, visitor: Membership):
    make_grant(world.bob, "500.00")
    chairs = [order_of(member, world.chair) for member in (visitor, world.bob)]
    desks = [order_of(member, world.desk) for member in (visitor, world.alice)]
    before = stock_of(world.chair), stock_of(world.desk)

    for order in chairs:
        give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)
    for order in desks:
        lapse_order(order, now=TOO_LATE)

    assert (stock_of(world.chair), stock_of(world.desk)) == (before[0] + 1, before[1] + 1)


def test_money_that_comes_late_takes_stock_for_the_real_order_only(world: World, visitor: Membership):
    left = []
    for order in reversed(unpaid(world, visitor)):
        start_payment(order, now=NOW)
        lapse_order(order, now=TOO_LATE)
        payment = order.payments.get()
        at_the_bank(payment, "paid")
        settle_payment(payment, now=TOO_LATE)
        order.refresh_from_db()
        left.append((order.is_confirmed, stock_of(world.desk)))

    assert left == [(True, 99), (True, 99)]


def test_cancelled_unpaid_order_of_the_example_adds_nothing_to_the_stock(world: World, visitor: Membership):
    real, mine = unpaid(world, visitor)
    before = stock_of(world.desk)

    cancel_unpaid(mine, now=NOW)
    assert stock_of(world.desk) == before
    cancel_unpaid(real, now=NOW)
    assert stock_of(world.desk) == before + 1


def test_only_the_real_order_is_handed_over(world: World, orders: tuple[Order, Order]):
    WebhookEndpoint.objects.create(url="http://127.0.0.1:9/", collected_until=NOW)

    hand_over(now=NOW)

    assert [delivery.event.order for delivery in WebhookDelivery.objects.all()] == [orders[0]]


def test_api_knows_only_the_real_order(world: World, orders: tuple[Order, Order]):
    real, mine = orders
    token, _secret = make_api_token(world)

    assert read_order(real.number)["number"] == real.number
    with pytest.raises(Refused):
        read_order(mine.number)
    with pytest.raises(Refused):
        take_step(token, mine.number, {"step": "packed"}, now=NOW)

    assert list(mine.events.values_list("kind", flat=True)) == ["placed", "paid"]


LISTS = {
    "orders_order": lambda member: member.orders.get(),
    "orders_payment": lambda member: member.orders.get().payments.get(),
    "orders_refund": lambda member: member.orders.get().payments.get().refunds.get(),
    "orders_question": lambda member: member.questions.get(),
    "portals_membership": lambda member: member,
    "billing_grant": lambda member: member.grants.get(),
    "billing_entry": lambda member: member.entries.earliest("pk"),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_the_back_office_leave_the_example_out(world: World, visitor: Membership, office: Client, name: str):
    for order in unpaid(world, visitor):
        paid(order)
        give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)
        ask(order.membership, order=order, subject="Vraag", text="Hoe?", form_token=uuid.uuid4(), now=NOW)
    real, mine = LISTS[name](world.bob), LISTS[name](visitor)

    shown = office.get(reverse(f"admin:{name}_changelist")).context["cl"].result_list
    pages = [office.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code for row in (real, mine)]

    assert real in shown
    assert mine not in shown
    assert pages == [200, 302]


def test_screens_of_customer_service_know_only_the_real_order(office: Client, orders: tuple[Order, Order]):
    statuses = [office.get(reverse("admin:orders_order_handle", args=[order.pk])).status_code for order in orders]

    assert statuses == [200, 404]


def test_steps_for_many_orders_pass_over_the_example(office: Client, orders: tuple[Order, Order]):
    chosen = {"action": "pack_all", "_selected_action": [order.pk for order in orders]}

    office.post(reverse("admin:orders_order_changelist"), chosen)

    assert [order.events.filter(kind="packed").count() for order in orders] == [1, 0]


def test_coordinator_does_not_see_the_example_among_the_portals(world: World, shop: Portal, office: Client):
    shown = office.get(reverse("admin:portals_portal_changelist")).context["cl"].result_list
    add = office.get(reverse("admin:portals_portal_add"))
    pages = [
        office.get(reverse("admin:portals_portal_change", args=[portal.pk])).status_code
        for portal in (world.acme, shop)
    ]

    assert set(shown) == {world.acme, world.globex}
    assert set(add.context["adminform"].form.fields["existing_company"].queryset) == {
        world.acme.company,
        world.globex.company,
    }
    assert pages == [200, 302]


@pytest.mark.usefixtures("orders")
def test_run_of_the_month_bills_only_the_real_order(world: World, shop: Portal):
    assert consumption.portals_to_invoice(RUN) == [world.acme.pk]
    assert run_portal(shop, NOVEMBER, now=RUN) == []

    run_portal(world.acme, NOVEMBER, now=RUN)

    assert [invoice.portal for invoice in Invoice.objects.all()] == [world.acme]
    assert proof.faults() == []


@pytest.mark.usefixtures("orders")
def test_command_of_the_month_passes_over_the_example(world: World, capsys, time_machine):
    time_machine.move_to(RUN, tick=False)

    call_command("invoice_month", "2026-11")

    assert "voorbeeld" not in capsys.readouterr().out
    assert [invoice.portal for invoice in Invoice.objects.all()] == [world.acme]


@pytest.mark.usefixtures("orders")
def test_month_and_forecast_and_payroll_speak_of_real_portals(world: World, shop: Portal):
    months = [row.portal for row in portal_months(NOVEMBER)]
    coming = [row.portal for row in forecasts(now=NOW)]
    payroll = [portal for portal, _amount in consumed_by_portal(NOVEMBER)]

    assert (months, coming, payroll) == ([world.acme], [world.acme, world.globex], [world.acme])
    assert (len(payroll_rows(world.acme, NOVEMBER)), payroll_rows(shop, NOVEMBER)) == (1, [])


@pytest.mark.usefixtures("orders")
def test_closing_and_payroll_screens_know_no_example(world: World, shop: Portal, office: Client):
    closing = [
        office.get(reverse("admin:billing_closing", args=[portal.pk])).status_code for portal in (world.acme, shop)
    ]
    payroll = [
        office.get(reverse("admin:orders_payroll", args=["2026-11", portal.slug])).status_code
        for portal in (world.acme, shop)
    ]

    assert (closing, payroll) == ([200, 404], [200, 404])


@pytest.mark.usefixtures("orders")
def test_books_are_right_with_an_example_and_tell_nothing_of_it(world: World):
    assert [balance.slug for balance in proof.portal_balances()] == ["acme"]
    assert proof.faults() == []
