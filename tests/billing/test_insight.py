"""What an employer reads of an employee is what stands on its invoice, to the letter."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger
from billing.insight import employer_rows
from billing.invoicing import consumed_orders, invoice_portal
from billing.models import EntryKind
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

OCTOBER = dt.datetime(2026, 10, 20, 12, 0, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def _operator(settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164300"}


def spend(member, amount: str, number: str, *, now: dt.datetime) -> None:
    ledger.spend(member, amount=Decimal(amount), order_number=number, now=now)


def shown(member) -> list[tuple]:
    return [(row.number, row.spent_on, row.order_number, row.staff_number, row.amount) for row in employer_rows(member)]


def test_rows_are_the_lines_of_the_invoice_and_of_the_next_one(world: World):
    make_grant(world.alice)
    spend(world.bob, "40.00", "TW26-1", now=OCTOBER)
    spend(world.alice, "30.00", "TW26-2", now=OCTOBER)
    spend(world.bob, "15.50", "TW26-3", now=NOW)

    invoice = invoice_portal(world.acme, Month(2026, 10), now=NOW)

    line = invoice.lines.get(order_number="TW26-1")
    of_november = [order for order in consumed_orders(world.acme, Month(2026, 11)) if order.staff_number == "1002"]
    assert shown(world.bob) == [
        ("", of_november[0].spent_on, of_november[0].number, of_november[0].staff_number, of_november[0].amount),
        (invoice.number, line.spent_on, line.order_number, line.staff_number, line.amount),
    ]
    assert shown(world.charlie) == []


def test_order_given_back_whole_in_its_month_is_no_row(world: World):
    spend(world.bob, "40.00", "TW26-1", now=NOW)
    spend(world.bob, "25.00", "TW26-2", now=NOW)
    spent = {entry.order_number: entry for entry in world.bob.entries.filter(kind=EntryKind.SPEND)}
    ledger.refund(spent["TW26-1"], amount=Decimal("40.00"), source="back:1", now=NOW)
    ledger.refund(spent["TW26-2"], amount=Decimal("5.00"), source="back:2", now=NOW)

    assert [(row[2], row[4]) for row in shown(world.bob)] == [("TW26-2", Decimal("20.00"))]
