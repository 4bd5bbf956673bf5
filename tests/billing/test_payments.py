"""Payments that a person places on invoices, sets aside, and takes back."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import consumption, ledger, payments, proof
from billing.models import Allocation, BankEntry, Basis, Invoice
from billing.open_items import with_open
from tests.billing.bank import make_bank_entry, make_payment
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.world import NOW, World, build_world
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = consumption.billable_from(NOVEMBER)
NEXT_RUN = consumption.billable_from(NOVEMBER.next)
THREADS = 8


@pytest.fixture
def invoice(world: World) -> Invoice:
    """An issued invoice of EUR 100."""
    spend(world, "100.00")
    return invoice_of(world.acme, NOVEMBER, now=RUN)


def place(world: World, entry: BankEntry, to: Invoice, amount: str) -> list[Allocation]:
    return payments.allocate(entry, to=to, amount=Decimal(amount), now=RUN, actor=world.coordinator)


def open_on(invoice: Invoice) -> Decimal:
    return with_open(Invoice.objects.filter(pk=invoice.pk)).get().open


def credit_note(world: World, amount: str) -> Invoice:
    spent = world.bob.entries.get(kind="spend")
    ledger.refund(spent, amount=Decimal(amount), source="back", now=RUN)
    return credit_note_of(world.acme, NOVEMBER.next, now=NEXT_RUN)


def test_part_of_a_payment_is_placed_with_who_and_when(world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "70.00")

    (placed,) = place(world, entry, invoice, "30.00")

    assert (placed.portal, placed.placed_by, placed.placed_at) == (world.acme, world.coordinator, RUN)
    assert (placed.basis, placed.undoes, open_on(invoice)) == (Basis.PERSON, None, Decimal("70.00"))
    assert (payments.rest_of(entry), list(BankEntry.objects.to_place())) == (Decimal("40.00"), [entry])


@pytest.mark.parametrize(
    ("paid", "first", "second"),
    [
        ("70.00", "30.00", "40.01"),
        ("70.00", "70.00", "0.01"),
        ("70.00", "30.00", "-30.00"),
        ("70.00", "30.00", "0.00"),
        ("-70.00", "-30.00", "-40.01"),
        ("-70.00", "-30.00", "30.00"),
        ("-70.00", "-30.00", "0.00"),
    ],
)
def test_never_more_than_the_rest_is_placed(world: World, invoice: Invoice, paid, first, second):
    entry = make_bank_entry(world.coordinator, paid)
    place(world, entry, invoice, first)

    with pytest.raises(payments.MoreThanRest):
        place(world, entry, invoice, second)

    assert [str(allocation.amount) for allocation in entry.allocations.all()] == [first]


def test_draft_takes_no_payment(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 5
    spend(world, "100.00")
    draft = invoice_of(world.acme, NOVEMBER, now=RUN)

    with pytest.raises(payments.NotIssued):
        place(world, make_bank_entry(world.coordinator, "100.00"), draft, "100.00")

    assert Allocation.objects.count() == 0


def test_credit_note_is_paid_back_in_parts_up_to_what_was_paid_too_much(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "90.00")
    note = credit_note(world, "30.00")
    entry = make_bank_entry(world.coordinator, "-50.00")

    before = payments.repayable(note)
    place(world, entry, note, "-15.00")
    with pytest.raises(payments.NothingToRepay):
        place(world, entry, note, "-5.01")

    assert (before, payments.repayable(note)) == ({invoice: Decimal("20.00")}, {invoice: Decimal("5.00")})
    assert (open_on(invoice), payments.rest_of(entry)) == (Decimal("-5.00"), Decimal("-35.00"))


def test_credit_note_is_paid_back_once_whatever_else_was_paid_too_much(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "120.00")
    note = credit_note(world, "30.00")
    place(world, make_bank_entry(world.coordinator, "-30.00"), note, "-30.00")

    with pytest.raises(payments.NothingToRepay):
        place(world, make_bank_entry(world.coordinator, "-20.00"), note, "-20.00")

    assert (payments.repayable(note), open_on(invoice)) == ({}, Decimal("-20.00"))


def test_money_that_came_in_is_never_for_a_credit_note(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "100.00")
    note = credit_note(world, "30.00")

    with pytest.raises(payments.NothingToRepay):
        place(world, make_bank_entry(world.coordinator, "30.00"), note, "30.00")


def test_undone_repayment_is_to_be_paid_back_again(world: World, invoice: Invoice):
    make_payment(world.coordinator, invoice, "100.00")
    note = credit_note(world, "30.00")
    (placed,) = place(world, make_bank_entry(world.coordinator, "-30.00"), note, "-30.00")

    payments.undo(placed, now=RUN, actor=world.coordinator)

    assert payments.repayable(note) == {invoice: Decimal("30.00")}


def test_undo_frees_the_payment_and_opens_the_invoice(world: World, invoice: Invoice):
    entry = make_bank_entry(world.coordinator, "100.00")
    (placed,) = place(world, entry, invoice, "100.00")

    undone = payments.undo(placed, now=NEXT_RUN, actor=world.coordinator)

    assert (undone.undoes, undone.amount, undone.placed_at) == (placed, Decimal("-100.00"), NEXT_RUN)
    assert (payments.rest_of(entry), open_on(invoice)) == (Decimal("100.00"), Decimal("100.00"))
    assert list(Allocation.objects.standing()) == []


def test_undo_happens_once_and_is_not_undone_itself(world: World, invoice: Invoice):
    (placed,) = place(world, make_bank_entry(world.coordinator, "100.00"), invoice, "100.00")
    undone = payments.undo(placed, now=RUN, actor=world.coordinator)

    for again in (placed, undone):
        with pytest.raises(payments.AlreadyUndone):
            payments.undo(again, now=RUN, actor=world.coordinator)

    assert Allocation.objects.count() == 2


def test_payment_that_is_not_ours_is_set_aside_and_brought_back(world: World):
    entry = make_bank_entry(world.coordinator, "-3.50")

    aside = payments.set_aside(entry, note=" Bankkosten ", now=RUN, actor=world.coordinator)
    to_place = list(BankEntry.objects.to_place())
    payments.undo(aside, now=RUN, actor=world.coordinator)

    assert (aside.note, aside.amount, aside.invoice, to_place) == ("Bankkosten", Decimal("-3.50"), None, [])
    assert list(BankEntry.objects.to_place()) == [entry]


def test_setting_aside_says_why_and_happens_once(world: World):
    entry = make_bank_entry(world.coordinator, "-3.50")

    with pytest.raises(payments.NoteMissing):
        payments.set_aside(entry, note="  ", now=RUN, actor=world.coordinator)
    payments.set_aside(entry, note="Bankkosten", now=RUN, actor=world.coordinator)
    with pytest.raises(payments.MoreThanRest):
        payments.set_aside(entry, note="Bankkosten", now=RUN, actor=world.coordinator)


CENTS = st.integers(-20_000, 20_000).filter(bool).map(lambda number: Decimal(number) / 100)


@given(paid=CENTS, steps=st.lists(st.none() | CENTS, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_whatever_is_placed_and_undone_the_sums_hold(world: World, invoice: Invoice, paid: Decimal, steps):
    entry, before = make_bank_entry(world.coordinator, str(paid)), open_on(invoice)

    for amount in steps:
        standing = entry.allocations.standing().last()
        if amount is None and standing:
            payments.undo(standing, now=RUN, actor=world.coordinator)
        elif amount:
            with suppress(payments.MoreThanRest):
                place(world, entry, invoice, str(amount))
        assert 0 <= payments.rest_of(entry) / paid <= 1

    assert before - open_on(invoice) == paid - payments.rest_of(entry)
    assert payments.rest_of(entry) == BankEntry.objects.filter(pk=entry.pk).rests()[entry.pk]
    assert proof.overplaced() == []


@pytest.fixture
def contested(transactional_db: None) -> tuple[World, BankEntry, Invoice]:
    """A payment of EUR 100 that several people want to place at once."""
    world = build_world()
    spend(world, "100.00")
    return world, make_bank_entry(world.coordinator, "100.00"), invoice_of(world.acme, NOVEMBER, now=RUN)


def place_at_once(world: World, entry: BankEntry, invoice: Invoice) -> list[str]:
    """Eight people place EUR 40 of the same payment at the same moment; how each of them ended."""
    start = threading.Barrier(THREADS, timeout=30)

    def try_it(_: int) -> str:
        start.wait()
        try:
            place(world, entry, invoice, "40.00")
        except payments.MoreThanRest:
            return "refused"
        finally:
            connection.close()
        return "placed"

    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(pool.map(try_it, range(THREADS)))


@pytest.fixture
def _slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading what is left and writing lies time enough for everybody to read the same."""
    rest_of = payments.rest_of

    def read_slowly(entry: BankEntry) -> Decimal:
        rest = rest_of(entry)
        time.sleep(0.2)
        return rest

    monkeypatch.setattr(payments, "rest_of", read_slowly)


@pytest.mark.usefixtures("_slow_reader")
def test_two_of_eight_place_what_there_is(contested: tuple[World, BankEntry, Invoice]):
    assert place_at_once(*contested) == ["placed"] * 2 + ["refused"] * 6
    assert payments.rest_of(contested[1]) == Decimal("20.00")
    assert proof.faults() == []


@pytest.mark.usefixtures("_slow_reader")
def test_control_without_the_lock_more_is_placed_than_was_paid(contested, monkeypatch):
    monkeypatch.setattr(payments, "lock", lambda entry: None)

    assert place_at_once(*contested) == ["placed"] * 8
    assert proof.faults() == [f"bank entry {contested[1].pk}: 100.00, placed 320.00"]


def test_setting_aside_and_undoing_lock_the_payment_first(world: World):
    entry = make_bank_entry(world.coordinator, "-3.50")

    with CaptureQueriesContext(connection) as captured:
        aside = payments.set_aside(entry, note="Bankkosten", now=RUN, actor=world.coordinator)
        payments.undo(aside, now=RUN, actor=world.coordinator)

    firsts = [after["sql"] for before, after in pairwise(captured) if before["sql"].startswith("SAVEPOINT")]
    assert [(sql.endswith("FOR NO KEY UPDATE"), "billing_bankentry" in sql) for sql in firsts] == [(True, True)] * 2
