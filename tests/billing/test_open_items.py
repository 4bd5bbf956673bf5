"""What is open on an invoice: derived from payments and issued credit notes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import consumption, ledger
from billing.correcting import correct
from billing.models import Invoice
from billing.open_items import Settlement, overdue, unpaid, with_open
from tests.billing.bank import make_payment
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.world import NOW, World
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = consumption.billable_from(NOVEMBER)
NEXT_RUN = consumption.billable_from(NOVEMBER.next)


@pytest.fixture
def invoice(world: World) -> Invoice:
    """An issued invoice of EUR 100."""
    spend(world, "100.00")
    return invoice_of(world.acme, NOVEMBER, now=RUN)


def pay(world: World, invoice: Invoice, *amounts: str) -> None:
    for amount in amounts:
        make_payment(world.coordinator, invoice, amount)


def give_back(world: World, amount: str) -> Invoice:
    """A credit note of what Bob got back in December."""
    spent = world.bob.entries.get(kind="spend")
    ledger.refund(spent, amount=Decimal(amount), source=f"back:{amount}", now=RUN)
    return credit_note_of(world.acme, NOVEMBER.next, now=NEXT_RUN)


def said_of(invoice: Invoice) -> tuple[str, ...]:
    found = with_open(Invoice.objects.filter(pk=invoice.pk)).get()
    return (found.settlement, str(found.paid), str(found.credited), str(found.open))


@pytest.mark.parametrize(
    ("payments", "said"),
    [
        ([], (Settlement.OPEN, "0.00", "0.00", "100.00")),
        (["40.00"], (Settlement.PART_PAID, "40.00", "0.00", "60.00")),
        (["40.00", "60.00"], (Settlement.PAID, "100.00", "0.00", "0.00")),
        (["40.00", "60.01"], (Settlement.OVERPAID, "100.01", "0.00", "-0.01")),
        (["100.00", "-100.00"], (Settlement.OPEN, "0.00", "0.00", "100.00")),
        (["100.00", "-99.99"], (Settlement.PART_PAID, "0.01", "0.00", "99.99")),
        (["-10.00"], (Settlement.OPEN, "-10.00", "0.00", "110.00")),
    ],
)
def test_payments_make_the_settlement(world: World, invoice: Invoice, payments, said):
    pay(world, invoice, *payments)

    assert said_of(invoice) == said


@pytest.mark.parametrize(
    ("credit", "payments", "said"),
    [
        ("30.00", [], (Settlement.OPEN, "0.00", "30.00", "70.00")),
        ("30.00", ["70.00"], (Settlement.PAID, "70.00", "30.00", "0.00")),
        ("30.00", ["100.00"], (Settlement.OVERPAID, "100.00", "30.00", "-30.00")),
        ("30.00", ["100.00", "-30.00"], (Settlement.PAID, "70.00", "30.00", "0.00")),
        ("100.00", [], (Settlement.CREDITED, "0.00", "100.00", "0.00")),
        ("100.00", ["100.00"], (Settlement.OVERPAID, "100.00", "100.00", "-100.00")),
    ],
)
def test_credit_notes_lower_what_is_open(world: World, invoice: Invoice, credit, payments, said):
    give_back(world, credit)
    pay(world, invoice, *payments)

    assert said_of(invoice) == said


def test_credit_note_that_is_not_issued_lowers_nothing(world: World, invoice: Invoice, settings):
    settings.INVOICE_REVIEW_DAYS = 5

    draft = give_back(world, "30.00")

    assert (draft.issued_at, said_of(invoice)) == (None, (Settlement.OPEN, "0.00", "0.00", "100.00"))


def test_draft_and_credit_note_are_no_debt(world: World, invoice: Invoice, settings):
    credit_note = give_back(world, "30.00")
    settings.INVOICE_REVIEW_DAYS = 5
    ledger.spend(world.charlie, amount=Decimal("20.00"), order_number="TW26-9", now=NOW)
    draft = invoice_of(world.globex, NOVEMBER, now=RUN)

    assert [said_of(credit_note), said_of(draft)] == [("", "0.00", "0.00", "0.00")] * 2
    assert list(unpaid()) == [invoice]


def test_corrected_invoice_is_credited_and_the_new_one_open(world: World, invoice: Invoice):
    correction = correct(invoice, reason="Name", source="test", now=RUN)

    assert said_of(invoice) == (Settlement.CREDITED, "0.00", "100.00", "0.00")
    assert said_of(correction.replacement) == (Settlement.OPEN, "0.00", "0.00", "100.00")


def test_overdue_is_what_is_open_after_its_day(world: World, invoice: Invoice):
    due_on, day = invoice.due_on, dt.timedelta(days=1)

    on_the_day, after = list(overdue(due_on)), list(overdue(due_on + day))
    pay(world, invoice, "100.00")

    assert (on_the_day, after, list(overdue(due_on + day))) == ([], [invoice], [])


def test_list_of_open_items_is_one_statement(world: World, invoice: Invoice):
    ledger.spend(world.charlie, amount=Decimal("20.00"), order_number="TW26-9", now=NOW)
    other = invoice_of(world.globex, NOVEMBER, now=RUN)
    pay(world, invoice, "40.00", "20.00")
    pay(world, other, "5.00")

    with CaptureQueriesContext(connection) as captured:
        amounts = {found.number: (found.paid, found.open) for found in unpaid()}

    assert amounts == {
        invoice.number: (Decimal("60.00"), Decimal("40.00")),
        other.number: (Decimal("5.00"), Decimal("15.00")),
    }
    assert len(captured) == 1
