"""What is written in the books stays as it is: the database refuses a change, whoever asks and however."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from billing import consumption, delivery, ledger
from billing.models import (
    Allocation,
    BankEntry,
    BankStatement,
    BilledEntry,
    EInvoice,
    Entry,
    Grant,
    Invoice,
    InvoiceDelivery,
    InvoiceDocument,
    InvoiceLine,
)
from tests.billing.bank import make_payment
from tests.billing.conftest import invoice_of
from tests.world import NOW, World
from thuiswerk.lib.periods import Month

REFUSED = "Cannot (update or delete rows|change rows of an issued invoice)"
FROZEN = [
    (Entry, "amount", Decimal("1.00")),
    (Invoice, "total", Decimal("1.00")),
    (InvoiceLine, "amount", Decimal("1.00")),
    (BilledEntry, "month", "2020-01-01"),
    (InvoiceDocument, "sha256", "0"),
    (EInvoice, "sha256", "0"),
    (BankStatement, "closing", Decimal("1.00")),
    (BankEntry, "amount", Decimal("1.00")),
    (Allocation, "amount", Decimal("1.00")),
]

# A copy of a row, with what must change for it to meet the rule and no other.
ONCE = [
    (Grant, {}, "billing_grant_source"),
    (Entry, {}, "billing_entry_source"),
    (Invoice, {"kind": "credit_note"}, "billing_invoice_number"),
    (Invoice, {"number": "F2026-0002"}, "invoice_once_per_portal_and_month"),
    (InvoiceDocument, {}, "billing_invoicedocument_invoice_id"),
    (InvoiceDelivery, {}, "billing_invoicedelivery_source"),
    (BankStatement, {}, "bank_statement_once"),
    (BankEntry, {"source": "other"}, "bank_entry_once"),
    (BankEntry, {"position": 2}, "billing_bankentry_source"),
]


@pytest.fixture
def issued(world: World) -> Invoice:
    """An invoice of one order, with its PDF, mailed and paid."""
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    invoice = invoice_of(world.acme, Month.of(NOW), now=consumption.billable_from(Month.of(NOW)))
    delivery.finish(invoice, now=timezone.now())
    make_payment(world.coordinator, invoice, "40.00")
    return invoice


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(("model", "column", "value"), FROZEN)
def test_a_written_row_refuses_update_and_delete_by_orm_and_sql(model, column, value):
    table = model._meta.db_table
    before = list(model.objects.values())
    assert before

    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        model.objects.update(**{column: value})
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        model.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608

    assert list(model.objects.values()) == before


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize(("model", "change", "rule"), ONCE)
def test_what_happens_once_is_written_once(model, change: dict[str, str], rule: str):
    row = model.objects.earliest("pk")
    row.pk = None
    vars(row).update(change)

    with pytest.raises(IntegrityError, match=rule):
        row.save(force_insert=True)


@pytest.mark.usefixtures("issued")
@pytest.mark.parametrize("model", [InvoiceLine, BilledEntry])
def test_nothing_comes_onto_an_issued_invoice(model):
    row = model.objects.earliest("pk")
    row.pk = None

    with pytest.raises(DatabaseError, match="Cannot change rows of an issued invoice"):
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("model", "rule"),
    [(InvoiceLine, "invoice_line_position_once"), (BilledEntry, "billing_billedentry_entry_id")],
)
def test_what_a_draft_bills_it_bills_once(world: World, settings, model, rule: str):
    settings.INVOICE_REVIEW_DAYS = 5
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    invoice_of(world.acme, Month.of(NOW), now=consumption.billable_from(Month.of(NOW)))
    row = model.objects.earliest("pk")
    row.pk = None

    with pytest.raises(IntegrityError, match=rule):
        row.save(force_insert=True)


@pytest.mark.parametrize("change", [{"remaining": Decimal("-0.01")}, {"remaining": Decimal("250.01")}])
def test_a_grant_stays_between_zero_and_its_amount(world: World, change: dict[str, Decimal]):
    with pytest.raises(IntegrityError, match="grant_remaining_within_amount"):
        Grant.objects.filter(membership=world.bob).update(**change)


def test_a_refund_must_name_its_spend(world: World):
    entry = world.bob.entries.get()
    entry.pk, entry.kind, entry.source = None, "refund", "refund:nothing"

    with pytest.raises(IntegrityError, match="entry_refund_names_its_spend"):
        entry.save(force_insert=True)


def test_a_spend_cannot_add_credit(world: World):
    entry = world.bob.entries.get()
    entry.pk, entry.kind, entry.source = None, "spend", "spend:upside-down"

    with pytest.raises(IntegrityError, match="entry_sign_fits_kind"):
        entry.save(force_insert=True)
