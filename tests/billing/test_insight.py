"""What an employer reads of an employee is what stands on its invoice, to the letter."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger
from billing.insight import employer_rows
from billing.models import EntryKind
from portals.models import Company, Specification
from tests.billing.conftest import invoice_of
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

OCTOBER = dt.datetime(2026, 10, 20, 12, 0, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164300"}


def spend(member, amount: str, number: str, *, now: dt.datetime) -> None:
    ledger.spend(member, amount=Decimal(amount), order_number=number, now=now)


def shown(member) -> list[tuple]:
    return [
        (row.number, row.first_day, row.order_number, row.staff_number, row.amount) for row in employer_rows(member)
    ]


def test_rows_are_the_lines_of_the_invoice_and_of_the_next_one(world: World):
    make_grant(world.alice)
    spend(world.bob, "40.00", "TW26-1", now=OCTOBER)
    spend(world.alice, "30.00", "TW26-2", now=OCTOBER)
    spend(world.bob, "15.50", "TW26-3", now=NOW)

    invoice = invoice_of(world.acme, Month(2026, 10), now=NOW)

    line = invoice.lines.get(order_number="TW26-1")
    assert shown(world.bob) == [
        ("", NOW.date(), "TW26-3", "1002", Decimal("15.50")),
        (invoice.number, line.first_day, line.order_number, line.staff_number, line.amount),
    ]
    assert shown(world.charlie) == []


def test_order_given_back_whole_in_its_month_is_no_row(world: World):
    spend(world.bob, "40.00", "TW26-1", now=NOW)
    spend(world.bob, "25.00", "TW26-2", now=NOW)
    spent = {entry.order_number: entry for entry in world.bob.entries.filter(kind=EntryKind.SPEND)}
    ledger.refund(spent["TW26-1"], amount=Decimal("40.00"), source="back:1", now=NOW)
    ledger.refund(spent["TW26-2"], amount=Decimal("5.00"), source="back:2", now=NOW)

    assert [(row[2], row[4]) for row in shown(world.bob)] == [("TW26-2", Decimal("20.00"))]


def test_total_of_a_cost_centre_tells_nobody_what_colleagues_used(world: World):
    Company.objects.update(specification=Specification.COST_CENTRE)
    make_grant(world.alice)
    spend(world.bob, "40.00", "TW26-1", now=OCTOBER)
    spend(world.alice, "30.00", "TW26-2", now=OCTOBER)

    issued = invoice_of(world.acme, Month(2026, 10), now=NOW)

    assert issued.lines.get().amount == Decimal("70.00")
    assert shown(world.bob) == [(issued.number, OCTOBER.date(), "", "", None)]


def test_credit_that_came_back_is_a_row_below_zero(world: World):
    spend(world.bob, "40.00", "TW26-1", now=OCTOBER)
    invoice_of(world.acme, Month(2026, 10), now=NOW)
    spent = world.bob.entries.get(kind=EntryKind.SPEND)
    ledger.refund(spent, amount=Decimal("15.00"), source="back", now=NOW)

    assert [(row[0], row[2], row[4]) for row in shown(world.bob)] == [
        ("", "TW26-1", Decimal("-15.00")),
        ("F2026-0001", "TW26-1", Decimal("40.00")),
    ]
