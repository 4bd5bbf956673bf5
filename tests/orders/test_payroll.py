"""The payroll file: it adds up to the ledger, names no product, and tells no amount of own money."""

import csv
import datetime as dt
import io
import random
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Entry, EntryKind
from catalog.models import Product
from orders.giving_back import give_back
from orders.models import Order
from orders.payroll import class_totals, payroll_csv, payroll_rows, total_of
from orders.settlement import settle_payment, start_payment
from portals.models import Company, Portal
from tests.orders.conftest import at_the_bank, colleague, order_cart, order_of, put
from tests.world import NOW, World, make_grant, make_membership, make_product
from thuiswerk.lib.periods import AMSTERDAM, Month

OCTOBER, NOVEMBER, DECEMBER = (Month(2026, number) for number in (10, 11, 12))
LATER = dt.datetime(2026, 12, 3, 9, 0, tzinfo=AMSTERDAM)


@pytest.fixture
def classed(world: World) -> World:
    """At acme a chair is an arbo provision of EUR 200, and a desk falls in the free space."""
    world.acme.payroll_rules.create(category=world.chairs, payroll_class="arbo", base_amount=Decimal("200.00"))
    world.acme.payroll_rules.create(category=world.desks, payroll_class="free_space")
    return world


def paid(order: Order, *, now: dt.datetime = NOW) -> Order:
    """The order with its own part, if there is one, paid at once."""
    if order.awaits_payment:
        start_payment(order, now=now)
        payment = order.payments.get()
        at_the_bank(payment, "paid")
        settle_payment(payment, now=now)
        order.refresh_from_db()
    return order


def bring_back(order: Order, product: Product, quantity: int = 1, *, now: dt.datetime = LATER) -> None:
    give_back(order, {order.lines.get(product=product).pk: quantity}, form_token=uuid.uuid4(), now=now)


def told(portal: Portal, month: Month = NOVEMBER) -> list[tuple]:
    return [
        (row.member.staff_number, row.payroll_class, str(row.amount), row.ordered_on, row.corrected_on)
        for row in payroll_rows(portal, month)
    ]


def file_of(portal: Portal, month: Month = NOVEMBER) -> list[list[str]]:
    text = payroll_csv(portal, payroll_rows(portal, month)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def ledger_says(portal: Portal, month: Month) -> Decimal:
    """Spends less refunds of the month, asked in another way than the file asks."""
    moved = Entry.objects.filter(portal=portal, kind__in=[EntryKind.SPEND, EntryKind.REFUND])
    inside = moved.filter(posted_at__range=(month.start, month.end - dt.timedelta(microseconds=1)))
    return -(inside.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))


def test_file_has_a_row_for_each_class_of_an_order_and_for_what_came_back(classed: World, today):
    make_grant(classed.bob, "800.00")
    put(classed.bob, classed.chair, 2)
    order = order_cart(classed.bob)
    second = order_of(classed.bob, classed.desk)
    bring_back(order, classed.chair)

    header, *rows = file_of(classed.acme)
    assert header[:3] == ["personeelsnummer", "klasse", "bedrag incl. btw"]
    assert header[3:] == ["besteld op", "gecorrigeerd op", "betaalde mee aan basisbedrag"]
    assert rows == [
        ["1002", "arbovoorziening", "498,00", "2026-11-16", "", "nee"],
        ["1002", "vrije ruimte", "399,00", "2026-11-16", "", "nee"],
    ]
    assert file_of(classed.acme, DECEMBER)[1:] == [
        ["1002", "arbovoorziening", "-249,00", "2026-11-16", "2026-12-03", "nee"]
    ]
    assert second.credit == Decimal("399.00")


def test_return_corrects_the_class_of_what_came_back_on_its_own_day(classed: World, today):
    make_grant(classed.bob, "900.00")
    for product in (classed.chair, classed.desk):
        put(classed.bob, product)
    order = order_cart(classed.bob)
    bring_back(order, classed.desk)
    bring_back(order, classed.chair, now=LATER + dt.timedelta(days=2))

    ordered = dt.date(2026, 11, 16)
    assert told(classed.acme, DECEMBER) == [
        ("1002", "free_space", "-399.00", ordered, dt.date(2026, 12, 3)),
        ("1002", "arbo", "-249.00", ordered, dt.date(2026, 12, 5)),
    ]


def test_products_of_one_class_are_one_row(classed: World, today):
    make_grant(classed.bob, "800.00")
    for product in (classed.chair, make_product(classed.chairs, "Kruk", "51.00")):
        put(classed.bob, product)
    order_cart(classed.bob)

    assert [(name, amount) for _who, name, amount, *_days in told(classed.acme)] == [("arbo", "300.00")]


def test_who_pays_part_of_the_base_amount_is_flagged_and_the_amount_is_nowhere(classed: World, today):
    make_grant(classed.alice, "170.00")
    paid(order_of(classed.alice, classed.chair))
    dear = make_product(classed.chairs, "Directiestoel", "949.00")
    paid(order_of(classed.bob, dear))

    header, *rows = file_of(classed.acme)

    assert header[5] == "betaalde mee aan basisbedrag"
    assert [(row[0], row[2], row[5]) for row in rows] == [("", "170,00", "ja"), ("1002", "250,00", "nee")]
    assert [word for word in ("79", "699", "949", "stoel") if word in str(rows)] == []


def test_what_has_no_class_says_so(world: World, today):
    order_of(world.bob, world.chair)

    assert [row[1:3] for row in file_of(world.acme)[1:]] == [["niet ingedeeld", "249,00"]]
    assert [(of_class.label, of_class.amount) for of_class in class_totals(payroll_rows(world.acme, NOVEMBER))] == [
        ("niet ingedeeld", Decimal("249.00"))
    ]


def test_month_is_that_of_amsterdam_and_of_the_ledger(classed: World, clock):
    """Ordered in the last minute of October, paid in the first of November, when it is still October in UTC."""
    before, after = OCTOBER.end - dt.timedelta(minutes=1), OCTOBER.end + dt.timedelta(minutes=1)
    clock.move_to(before)
    order = order_of(classed.bob, classed.desk, now=before)
    paid(order, now=after)

    assert told(classed.acme, OCTOBER) == []
    assert told(classed.acme) == [("1002", "free_space", "250.00", dt.date(2026, 10, 31), None)]


def test_unpaid_and_own_money_alone_are_not_in_it(classed: World, today):
    order_of(classed.bob, classed.desk)  # waits for its own part
    paid(order_of(classed.alice, classed.chair))  # has no credit at all

    assert told(classed.acme) == []


def test_another_portal_has_its_own_file(classed: World, today):
    order_of(classed.bob, classed.chair)
    order_of(classed.charlie, classed.chair)

    assert [row[0] for row in told(classed.acme)] == ["1002"]
    assert told(classed.globex) == [("G-7", "", "249.00", dt.date(2026, 11, 16), None)]


@pytest.mark.parametrize("seed", range(6))
def test_every_month_adds_up_to_the_ledger_to_the_cent(classed: World, clock, seed: int):
    """Orders of several products and grants, part credit and part own money, brought back in parts and months later."""
    chance = random.Random(seed)
    odd = make_product(classed.chairs, "Voetensteun", "33.33")
    for _grant in range(4):
        make_grant(classed.bob, f"{chance.randint(5_000, 40_000) / 100:.2f}")
    orders: list[Order] = []
    for day in sorted(chance.sample(range(80), 14)):
        now = OCTOBER.start + dt.timedelta(days=day, hours=chance.randint(0, 23))
        clock.move_to(now)
        if orders and chance.random() < 0.45:
            order = chance.choice(orders)
            line = chance.choice(list(order.lines.all()))
            if line.quantity > sum(part.quantity for part in line.given_back.all()):
                bring_back(order, line.product, now=now)
        else:
            for product in chance.sample([classed.chair, classed.desk, odd], 2):
                put(classed.bob, product, chance.randint(1, 3))
            orders.append(paid(order_cart(classed.bob, now=now), now=now))

    sums = {month: total_of(payroll_rows(classed.acme, month)) for month in (OCTOBER, NOVEMBER, DECEMBER)}

    assert sums == {month: ledger_says(classed.acme, month) for month in sums}
    assert sum(sums.values()) == -Entry.objects.filter(kind__in=["spend", "refund"]).aggregate(s=Sum("amount"))["s"]


def test_statements_do_not_grow_with_the_orders(classed: World, today):
    counts = []
    for number in range(3):
        member = make_membership(classed.acme, f"new{number}@acme.example", staff_number=f"2{number}")
        make_grant(member)
        bring_back(order_of(member, classed.chair, now=NOW), classed.chair, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            payroll_rows(classed.acme, NOVEMBER)
        counts.append(len(captured))

    assert counts == [6, 6, 6]


@pytest.fixture(autouse=True)
def _without_second_factor(settings) -> None:
    """The second factor has tests of its own."""
    settings.DEMO = True


@pytest.fixture
def finance(classed: World, clock) -> Client:
    """Finance in December, when Bob has ordered a chair in November."""
    order_of(classed.bob, classed.chair)
    clock.move_to(LATER)
    return colleague("view_payrollrule")


def address(name: str, *args: object) -> str:
    return reverse(f"admin:orders_payroll{name}", args=args)


def test_finance_goes_from_the_month_to_the_portal_to_its_file(classed: World, finance: Client):
    month = finance.get(address("_last"), follow=True).text
    page = finance.get(address("", NOVEMBER, "acme")).text
    file = finance.get(address("_file", NOVEMBER, "acme"))

    assert address("", NOVEMBER, "acme") in month
    assert address("", NOVEMBER, "globex") not in month
    assert address("_file", NOVEMBER, "acme") in page
    assert file["Content-Disposition"] == 'attachment; filename="payroll-acme-2026-11.csv"'
    assert file.content == payroll_csv(classed.acme, payroll_rows(classed.acme, NOVEMBER))


def test_page_tells_what_should_be_set_right_first(world: World, today):
    make_grant(world.alice, "250.00")
    order_of(world.alice, world.chair)
    Company.objects.filter(portals=world.acme).update(country="BE")

    page = colleague("view_payrollrule").get(address("", NOVEMBER, "acme")).text

    assert "no class for payroll yet: Desks, Desk chairs." in page
    assert "no staff number: alice@acme.example." in page
    assert "This month is still running" in page
    assert "Dutch werkkostenregeling. The payroll of a company elsewhere" in page
    assert '<strong class="wrong">not classified</strong>' in page


def test_page_of_a_month_that_is_right_warns_of_nothing(finance: Client):
    page = finance.get(address("", NOVEMBER, "acme")).text

    assert "arbo provision" in page
    assert "errornote" not in page
    assert "still running" not in page


@pytest.mark.parametrize("name", ["_last", "_month", "", "_file"])
def test_payroll_is_for_who_may_see_the_classes(world: World, name: str):
    args = {"_last": [], "_month": [NOVEMBER]}.get(name, [NOVEMBER, "acme"])

    response = colleague("view_order", "view_invoice").get(address(name, *args), follow=True)

    assert response.status_code == 403


@pytest.mark.parametrize("args", [("2026-13", "acme"), (NOVEMBER, "nobody")])
def test_what_does_not_exist_is_not_found(world: World, args: tuple):
    assert colleague("view_payrollrule").get(address("", *args)).status_code == 404


def test_command_makes_the_directory_or_says_why_not(world: World, tmp_path: Path):
    (tmp_path / "file").write_text("taken")

    call_command("export_payroll", "acme", "2026-11", "--to", str(tmp_path / "new" / "one"))
    with pytest.raises(CommandError, match="Nothing could be written"):
        call_command("export_payroll", "acme", "2026-11", "--to", str(tmp_path / "file" / "one"))

    assert [path.name for path in (tmp_path / "new" / "one").iterdir()] == ["payroll-acme-2026-11.csv"]


def test_command_writes_the_same_file(classed: World, today, tmp_path: Path, capsys):
    order_of(classed.bob, classed.chair)

    call_command("export_payroll", "acme", "2026-11", "--to", str(tmp_path))

    out, warned = capsys.readouterr()
    path = tmp_path / "payroll-acme-2026-11.csv"
    assert path.read_bytes() == payroll_csv(classed.acme, payroll_rows(classed.acme, NOVEMBER))
    assert out.splitlines()[-1] == f"1 rows in {path}"
    assert "not complete" in warned


@pytest.mark.parametrize(
    ("portal", "month", "told"),
    [("nobody", "2026-11", "no portal 'nobody'"), ("acme", "november", "not a month")],
)
def test_command_refuses_what_it_cannot_do(world: World, tmp_path: Path, portal: str, month: str, told: str):
    with pytest.raises(CommandError, match=told):
        call_command("export_payroll", portal, month, "--to", str(tmp_path))

    assert list(tmp_path.iterdir()) == []
