"""check_ledger: silent where the books are right, and not where they are not."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from billing import consumption, ledger
from tests.billing.bank import make_bank_entry, make_payment
from tests.billing.conftest import credit_note_of, invoice_of
from tests.world import NOW, World
from thuiswerk.lib.periods import Month

FAULTS = {
    "UPDATE billing_grant SET remaining = remaining - 1": "left, entries add up to",
    "UPDATE billing_entry SET amount = amount - 1 WHERE kind = 'spend'": "portal acme: a difference of",
    "UPDATE billing_invoice SET total = total + 1": "invoice F2026-0001: total 41.00",
    "UPDATE billing_invoiceline SET amount = amount + 1": "lines 41.00",
    "UPDATE billing_numberseries SET last = 3": "numbers F2026: 2 missing or out of series, F2026-0002, F2026-0003",
    "UPDATE billing_invoice SET number = 'F2026-0007'": "out of series, F2026-0001, F2026-0007",
    "DELETE FROM billing_billedentry": "entries 0.00",
}


@pytest.fixture(autouse=True)
def _invoiced(world: World) -> None:
    """Bob spent EUR 40, which is invoiced, and EUR 15 after that; EUR 5 is only reserved."""
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    month = Month.of(NOW)
    invoice_of(world.acme, month, now=consumption.billable_from(month))
    ledger.spend(world.bob, amount=Decimal("15.00"), order_number="TW26-2", now=month.end)
    ledger.reserve(world.bob, amount=Decimal("5.00"), order_number="TW26-3", now=month.end)


def check_ledger() -> list[str]:
    out = StringIO()
    call_command("check_ledger", stdout=out)
    return [" ".join(line.split()) for line in out.getvalue().replace("\N{NO-BREAK SPACE}", "").splitlines()]


def behind_the_triggers(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_drafts_are_not_yet_billed(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 3
    december = Month.of(NOW).next
    ledger.refund(
        world.bob.entries.get(order_number="TW26-1"), amount=Decimal("25.00"), source="return", now=december.start
    )
    invoice_of(world.acme, december, now=consumption.billable_from(december))

    assert set(world.acme.invoices.drafts().values_list("kind", "total")) == {
        ("invoice", Decimal("15.00")),
        ("credit_note", Decimal("25.00")),
    }
    assert check_ledger()[1] == "acme €30,00 €40,00 €0,00 -€10,00 €0,00"


def test_check_ledger_prints_where_the_credit_went():
    assert check_ledger() == [
        "portal consumed invoiced credited not yet billed difference",
        "acme €55,00 €40,00 €0,00 €15,00 €0,00",
        "",
        "numbers first last count holes",
        "F2026 F2026-0001 F2026-0001 1 0",
        "",
        "The books are right.",
    ]


def test_credit_notes_are_taken_off_what_is_invoiced(world: World):
    december = Month.of(NOW).next
    ledger.refund(
        world.bob.entries.get(order_number="TW26-1"), amount=Decimal("25.00"), source="return", now=december.start
    )
    credit_note_of(world.acme, december, now=consumption.billable_from(december))

    report = check_ledger()

    assert report[1] == "acme €30,00 €55,00 €25,00 €0,00 €0,00"
    assert report[4:] == [
        "F2026 F2026-0001 F2026-0001 1 0",
        "C2027 C2027-0001 C2027-0001 1 0",
        "F2027 F2027-0001 F2027-0001 1 0",
        "",
        "The books are right.",
    ]


@pytest.mark.parametrize("sql", FAULTS)
def test_check_ledger_fails_at_a_difference(sql: str):
    behind_the_triggers(sql)

    with pytest.raises(CommandError) as failure:
        check_ledger()

    assert FAULTS[sql] in str(failure.value).replace("\N{NO-BREAK SPACE}", " ")


def test_more_placed_than_was_paid_is_a_fault(world: World):
    make_payment(world.coordinator, world.acme.invoices.get(), "40.00")
    behind_the_triggers("UPDATE billing_bankentry SET amount = amount - 1")

    with pytest.raises(CommandError, match=r"bank entry \d+: 39.00, placed 40.00"):
        check_ledger()


def test_missing_bank_statement_is_told_and_is_no_fault(world: World):
    first, second = (make_bank_entry(world.coordinator, amount).statement for amount in ("1.00", "2.00"))

    said = check_ledger()

    assert f"Between bank statements {first} and {second} one is missing." in said
    assert said[-1] == "The books are right."
