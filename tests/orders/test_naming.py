"""What of an order the employer may read: said before, agreed on, paid with credit."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import EntryKind, Particulars
from catalog.models import Product
from orders.checkout import CartChanged
from orders.fulfilment import deliver_order
from orders.giving_back import give_back, register_receipt
from orders.giving_up import lapse_order
from orders.models import Order
from orders.naming import LONGEST
from orders.own_data import TABLES
from orders.settlement import settle_payment, start_payment
from portals.models import Company, OwnMoney, Specification
from tests.orders.conftest import IN_TIME, TOO_LATE, at_the_bank, order_cart, order_of, put, started
from tests.world import NOW, World, agree_on_products, make_grant, make_product

CHAIR, DESK = "1 × Bureaustoel Nova", "1 × Zit-sta bureau Lift"
PAGES = ("/checkout/", "/help/", "/help/terms/", "/help/employer/")
AMOUNTS = "Je werkgever ziet bedragen, geen producten."
PRODUCTS = "Je werkgever ziet bedragen en wat je met tegoed betaalt."


def texts() -> list[tuple[str, str]]:
    return list(Particulars.objects.order_by("pk").values_list("entry__kind", "text"))


def withdraw(world: World) -> None:
    Company.objects.filter(pk=world.acme.company_id).update(specification="order", products_agreed_on=None)


def pay(order_and_payment) -> Order:
    order, payment = order_and_payment
    at_the_bank(payment, "paid")
    settle_payment(payment, now=IN_TIME)
    order.refresh_from_db()
    return order


def back(order: Order, quantity: int = 1, **options) -> None:
    given = give_back(order, {order.lines.first().pk: quantity}, form_token=uuid.uuid4(), now=IN_TIME, **options)
    assert given.settled_at


def test_without_an_agreement_nothing_is_kept(world: World):
    back(order_of(world.bob, world.chair))

    assert texts() == []
    assert not Order.objects.get().names_products


def test_agreement_without_the_level_keeps_nothing(world: World):
    agree_on_products(world.acme)
    Company.objects.filter(pk=world.acme.company_id).update(specification=Specification.ORDER)

    order_of(world.bob, world.chair)

    assert texts() == []


def test_order_and_what_comes_back_of_it_are_named(world: World):
    agree_on_products(world.acme)

    back(order_of(world.bob, world.chair))

    assert texts() == [(EntryKind.SPEND, CHAIR), (EntryKind.REFUND, CHAIR)]


def test_return_is_named_when_it_has_come_in(world: World):
    agree_on_products(world.acme)
    order = deliver_order(order_of(world.bob, world.chair), now=NOW)

    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=IN_TIME)
    assert texts() == [(EntryKind.SPEND, CHAIR)]
    for _press in range(2):
        register_receipt(given, now=IN_TIME, actor=world.coordinator)

    assert texts() == [(EntryKind.SPEND, CHAIR), (EntryKind.REFUND, CHAIR)]


def test_part_that_comes_back_is_named_as_such(world: World):
    agree_on_products(world.acme)
    lamp = make_product(world.desks, "Lamp Lux", "20.00")

    back(order_of(world.bob, lamp, 3), quantity=2)

    assert texts() == [(EntryKind.SPEND, "3 × Lamp Lux"), (EntryKind.REFUND, "2 × Lamp Lux")]


def test_reservation_is_named_when_it_is_paid_and_once(world: World):
    agree_on_products(world.acme)
    order, payment = started(world)
    assert texts() == []

    for _told in range(2):
        pay((order, payment))

    assert texts() == [(EntryKind.SPEND, DESK)]


def test_order_that_lapsed_and_is_paid_after_all_is_named_once(world: World):
    agree_on_products(world.acme)
    order, payment = started(world)
    lapse_order(order, now=TOO_LATE)
    at_the_bank(payment, "paid")

    settle_payment(payment, now=TOO_LATE)

    assert Order.objects.get().is_confirmed
    assert texts() == [(EntryKind.SPEND, DESK)]


def test_what_is_bought_with_own_money_alone_is_never_named(world: World):
    agree_on_products(world.acme)
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    put(world.bob, world.chair)
    put(world.bob, world.mug, 2)
    order = order_cart(world.bob)
    start_payment(order, now=NOW)

    pay((order, order.payments.get()))
    give_back(order, {line.pk: 1 for line in order.lines.all()}, form_token=uuid.uuid4(), now=IN_TIME)

    assert texts() == [(EntryKind.SPEND, CHAIR), (EntryKind.REFUND, CHAIR)]


def test_later_agreement_reveals_no_earlier_order(world: World):
    order = order_of(world.bob, world.chair)
    make_grant(world.bob, "100.00")
    reserved = started(world)

    agree_on_products(world.acme)
    pay(reserved)
    back(Order.objects.get(pk=order.pk))

    assert texts() == []


def test_agreement_that_ended_names_nothing_more(world: World):
    agree_on_products(world.acme)
    reserved = started(world)
    withdraw(world)

    back(pay(reserved))

    assert texts() == []


def test_page_from_before_the_agreement_orders_nothing(world: World, today, bob: Client):
    put(world.bob, world.chair)
    shown = bob.get("/checkout/").context["quote"].fingerprint

    agree_on_products(world.acme)

    with pytest.raises(CartChanged):
        order_cart(world.bob, shown=shown)
    assert order_cart(world.bob, shown=bob.get("/checkout/").context["quote"].fingerprint).names_products


def test_many_products_are_cut_short_in_the_language_of_the_company(world: World):
    agree_on_products(world.acme)
    for number in range(5):
        put(world.bob, make_product(world.desks, f"{number} {'y' * 140}", "10.00"))

    order_cart(world.bob, language="en")

    ((_kind, text),) = texts()
    assert text == f"1 × 0 {'y' * 140} en nog 4"
    assert len(text) <= LONGEST


def test_single_long_name_fits(world: World):
    agree_on_products(world.acme)

    order_of(world.bob, make_product(world.desks, "z" * 150, "10.00"), 9)

    assert texts() == [(EntryKind.SPEND, f"9 × {'z' * 150}")]


def test_naming_costs_an_order_one_statement(world: World):
    make_grant(world.charlie, "100.00")
    counts = []
    for member in (world.bob, world.charlie):
        put(member, world.chair)
        with CaptureQueriesContext(connection) as asked:
            order_cart(member)
        counts.append(len(asked))
        agree_on_products(world.globex)

    assert counts[1] == counts[0] + 1


@pytest.mark.parametrize("path", PAGES)
def test_employee_is_told_what_the_employer_reads(world: World, today, bob: Client, path: str):
    put(world.bob, world.chair)
    before = bob.get(path).text

    agree_on_products(world.acme)

    after = bob.get(path).text
    assert (AMOUNTS in before, PRODUCTS in before) == (True, False)
    assert (AMOUNTS in after, PRODUCTS in after) == (False, True)


def test_employee_of_another_portal_is_told_of_theirs(world: World, today):
    agree_on_products(world.acme)
    charlie = Client(HTTP_HOST="globex.localhost")
    charlie.force_login(world.charlie.user)

    page = charlie.get("/help/employer/").text

    assert (AMOUNTS in page, PRODUCTS in page) == (True, False)


def test_employee_reads_the_products_that_the_employer_reads(world: World, today, bob: Client):
    agree_on_products(world.acme)
    order = order_of(world.bob, world.chair)

    page = bob.get("/help/employer/").text

    assert f"{order.number}, 1002<br>{CHAIR}" in page
    (row,) = (row for row in TABLES["entries"].rows(world.bob) if row["kind"] == EntryKind.SPEND)
    assert row["particulars_text"] == CHAIR
    assert row["amount"] == -Decimal("249.00")


def test_renamed_product_keeps_the_name_of_the_order(world: World):
    agree_on_products(world.acme)
    order = order_of(world.bob, world.chair)
    Product.objects.filter(pk=world.chair.pk).update(name_nl="Iets anders")

    back(order)

    assert texts() == [(EntryKind.SPEND, CHAIR), (EntryKind.REFUND, CHAIR)]
