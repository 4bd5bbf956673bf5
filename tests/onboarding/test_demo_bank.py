"""The demo's bank: what it sends is read as any other bank's, and does to the invoices what it should."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from billing import consumption, ledger
from billing.bank_import import gaps, import_statement
from billing.models import BankEntry, BankStatement, Invoice
from billing.open_items import with_open
from onboarding.demo import bank
from tests.billing.conftest import credit_note_of, invoice_of
from tests.world import NOW, World
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = consumption.billable_from(NOVEMBER)
LATER = RUN + dt.timedelta(days=40)


@pytest.fixture(autouse=True)
def _with_an_account(settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164300"}


@pytest.fixture
def invoice(world: World) -> Invoice:
    """An issued invoice of EUR 100."""
    ledger.spend(world.bob, amount=Decimal("100.00"), order_number="TW26-1", now=NOW)
    return invoice_of(world.acme, NOVEMBER, now=RUN)


def settlement(invoice: Invoice) -> tuple[str, Decimal]:
    found = with_open(Invoice.objects.filter(pk=invoice.pk)).get()
    return (found.settlement, found.open)


def pay(world: World) -> None:
    bank.pay_invoices(now=LATER, actor=world.coordinator)


@pytest.mark.parametrize(
    ("fate", "said", "waiting"),
    [
        ("paid", ("paid", Decimal(0)), ["-9.95"]),
        ("by number", ("paid", Decimal(0)), ["-9.95"]),
        ("not paid", ("open", Decimal(100)), ["-9.95"]),
        ("came back", ("open", Decimal(100)), ["-9.95", "100.00"]),
        ("too much", ("overpaid", Decimal(-100)), ["-9.95"]),
        ("in part", ("part_paid", Decimal(50)), ["-9.95"]),
    ],
)
def test_each_fate_shows_on_the_invoice(world: World, invoice: Invoice, monkeypatch, fate, said, waiting):
    monkeypatch.setattr(bank, "FATES", (fate,))

    pay(world)

    assert settlement(invoice) == said
    assert sorted(str(entry.amount) for entry in BankEntry.objects.to_place()) == waiting


def test_credit_note_of_a_paid_invoice_is_paid_back(world: World, invoice: Invoice):
    spent = world.bob.entries.get(kind="spend")
    ledger.refund(spent, amount=Decimal("30.00"), source="back", now=RUN)
    credit_note_of(world.acme, NOVEMBER.next, now=consumption.billable_from(NOVEMBER.next))

    pay(world)

    assert settlement(invoice) == ("paid", Decimal(0))


def test_statements_of_several_months_follow_on(world: World, invoice: Invoice):
    pay(world)

    assert (BankStatement.objects.count(), gaps()) == (2, [])


def test_statement_of_today_can_be_handed_over_each_time(world: World, invoice: Invoice, settings):
    settings.DEMO = True
    visitor = Client(headers={"host": "localhost"})

    first = visitor.get("/demo/bank-statement/")
    import_statement(first.content, now=LATER, actor=world.coordinator)
    second = visitor.get("/demo/bank-statement/")
    done = import_statement(second.content, now=LATER, actor=world.coordinator)

    assert first["Content-Disposition"] == 'attachment; filename="bankafschrift.xml"'
    assert (settlement(invoice), done.known, gaps()) == (("paid", Decimal(0)), 0, [])


def test_without_a_demo_there_is_no_statement(settings):
    settings.DEMO = False

    assert Client(headers={"host": "localhost"}).get("/demo/bank-statement/").status_code == 404
