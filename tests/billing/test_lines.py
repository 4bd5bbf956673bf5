"""What a line stands for, by the specification that the company chose."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger
from billing.models import Entry, Invoice
from portals.models import Membership, Portal, Specification
from tests.billing.conftest import credit_note_of, invoice_of
from tests.world import AGREED_ON, NOW, World, make_grant, make_membership
from thuiswerk.lib.periods import AMSTERDAM, Month

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
IN_OCTOBER = dt.datetime(2026, 10, 30, 9, 0, tzinfo=AMSTERDAM)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
JANUARY_RUN = dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM)
COLUMNS = ("order_number", "staff_number", "name", "cost_centre", "orders", "amount")
BY_ORDER = [
    ("TW26-1", "1002", "", "", 1, Decimal("10.00")),
    ("TW26-2", "900", "", "", 1, Decimal("20.00")),
    ("TW26-3", "1002", "", "", 1, Decimal("30.00")),
    ("TW26-4", "77", "", "", 1, Decimal("40.00")),
]
EXPECTED = {
    Specification.ORDER: BY_ORDER,
    Specification.PRODUCTS: BY_ORDER,
    Specification.STAFF_NUMBER: [
        ("", "1002", "", "", 2, Decimal("40.00")),
        ("", "77", "", "", 1, Decimal("40.00")),
        ("", "900", "", "", 1, Decimal("20.00")),
    ],
    Specification.NAME: [
        ("", "1002", "Bob de Vries", "", 2, Decimal("40.00")),
        ("", "900", "dana Bakker", "", 1, Decimal("20.00")),
        ("", "77", "Eva Çelik", "", 1, Decimal("40.00")),
    ],
    Specification.COST_CENTRE: [
        ("", "", "", "", 1, Decimal("40.00")),
        ("", "", "", "Sales", 3, Decimal("60.00")),
    ],
}


@pytest.fixture
def dana(world: World) -> Membership:
    """A colleague of Bob, whose costs are Sales too."""
    Membership.objects.filter(pk=world.bob.pk).update(cost_centre="Sales")
    dana = make_membership(world.acme, "d@acme.example", "dana Bakker", staff_number="900", cost_centre="Sales")
    make_grant(dana, "250.00")
    return dana


@pytest.fixture
def eva(world: World) -> Membership:
    """A colleague without a cost centre."""
    eva = make_membership(world.acme, "eva@acme.example", "Eva Çelik", staff_number="77")
    make_grant(eva, "250.00")
    return eva


def spend(membership: Membership, amount: str, number: str, *, now: dt.datetime = NOW) -> Entry:
    return ledger.spend(membership, amount=Decimal(amount), order_number=number, now=now)[0]


def refund(spent: Entry, amount: str, *, now: dt.datetime) -> None:
    ledger.refund(spent, amount=Decimal(amount), source=f"return {now}", now=now)


def specify(portal: Portal, specification: Specification) -> None:
    company = type(portal.company).objects.filter(pk=portal.company_id)
    company.update(specification=specification, products_agreed_on=AGREED_ON)


def lines(invoice: Invoice, *columns: str) -> list[tuple]:
    return list(invoice.lines.order_by("position").values_list(*columns))


@pytest.mark.parametrize("specification", Specification)
def test_lines_of_every_specification(world: World, dana: Membership, eva: Membership, specification: Specification):
    specify(world.acme, specification)
    spend(world.bob, "10.00", "TW26-1")
    spend(dana, "20.00", "TW26-2", now=NOW + dt.timedelta(hours=1))
    spend(world.bob, "30.00", "TW26-3", now=NOW + dt.timedelta(days=1))
    spend(eva, "40.00", "TW26-4", now=NOW + dt.timedelta(days=2))

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert lines(issued, *COLUMNS) == EXPECTED[specification]


def test_line_of_an_employee_spans_the_days_of_the_orders(world: World):
    specify(world.acme, Specification.STAFF_NUMBER)
    spend(world.bob, "10.00", "TW26-1", now=NOW)
    spend(world.bob, "30.00", "TW26-2", now=NOW + dt.timedelta(days=9))

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert lines(issued, "first_day", "last_day") == [(dt.date(2026, 11, 16), dt.date(2026, 11, 25))]


@pytest.mark.parametrize("specification", [Specification.STAFF_NUMBER, Specification.NAME, Specification.COST_CENTRE])
def test_late_order_has_a_line_of_its_own_month(world: World, specification: Specification):
    specify(world.acme, specification)
    spend(world.bob, "5.00", "TW26-1", now=IN_OCTOBER)
    invoice_of(world.acme, OCTOBER, now=OCTOBER.end + dt.timedelta(days=8))
    spend(world.bob, "10.00", "TW26-2", now=IN_OCTOBER)
    spend(world.bob, "30.00", "TW26-3")

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert lines(issued, "first_day", "amount") == [
        (dt.date(2026, 10, 30), Decimal("10.00")),
        (dt.date(2026, 11, 16), Decimal("30.00")),
    ]


def test_two_people_of_one_name_stay_apart(world: World):
    specify(world.acme, Specification.NAME)
    other = make_membership(world.acme, "bob2@acme.example", "Bob de Vries", staff_number="2000")
    make_grant(other, "50.00")
    spend(world.bob, "10.00", "TW26-1")
    spend(other, "20.00", "TW26-2")

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert lines(issued, "name", "staff_number", "amount") == [
        ("Bob de Vries", "1002", Decimal("10.00")),
        ("Bob de Vries", "2000", Decimal("20.00")),
    ]


@pytest.mark.parametrize("specification", Specification)
def test_credit_note_has_a_line_for_each_invoice_that_it_corrects(world: World, specification: Specification):
    specify(world.acme, specification)
    first = spend(world.bob, "10.00", "TW26-1", now=IN_OCTOBER)
    second = spend(world.bob, "30.00", "TW26-2")
    invoice_of(world.acme, NOVEMBER, now=RUN)
    refund(first, "4.00", now=DECEMBER.start)
    refund(second, "7.00", now=DECEMBER.start + dt.timedelta(hours=1))

    note = credit_note_of(world.acme, DECEMBER, now=JANUARY_RUN)

    assert sorted(lines(note, "corrects__number", "amount", "first_day")) == [
        ("F2026-0001", Decimal("4.00"), dt.date(2026, 12, 1)),
        ("F2026-0002", Decimal("7.00"), dt.date(2026, 12, 1)),
    ]


def test_order_that_took_of_two_grants_is_one_line(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))
    ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW)

    issued = invoice_of(world.acme, NOVEMBER, now=RUN)

    assert world.bob.entries.filter(kind="spend").count() == 2
    assert lines(issued, "order_number", "orders", "amount") == [("TW26-1", 1, Decimal("50.00"))]
