"""Bank statements: taken in as a whole, once; and what is beyond doubt is placed."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from billing import bank_import, camt_faults, consumption, ledger, payments
from billing.bank_import import import_statement
from billing.camt import Statement
from billing.models import Allocation, BankEntry, BankStatement, Basis, Invoice
from billing.open_items import Settlement, with_open
from tests.billing.bank import OURS, TODAY, Paid, camt
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.world import NOW, World, build_world, make_grant
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = consumption.billable_from(NOVEMBER)
NEXT_RUN = consumption.billable_from(NOVEMBER.next)


@pytest.fixture
def invoice(world: World) -> Invoice:
    """An issued invoice of EUR 100."""
    spend(world, "100.00")
    return invoice_of(world.acme, NOVEMBER, now=RUN)


@pytest.fixture
def other(world: World, invoice: Invoice) -> Invoice:
    """Another invoice to Acme, of EUR 60."""
    spend(world, "60.00", "TW26-2", now=RUN)
    return invoice_of(world.acme, NOVEMBER.next, now=NEXT_RUN)


def take_in(world: World, *payments: Paid, **fields: str) -> bank_import.Imported:
    return import_statement(camt(*payments, **fields), now=RUN, actor=world.coordinator)


def give_back(world: World, amount: str) -> Invoice:
    """A credit note of what Bob got back in December."""
    spent = world.bob.entries.filter(kind="spend").earliest("pk")
    ledger.refund(spent, amount=Decimal(amount), source=f"back:{amount}", now=RUN)
    return credit_note_of(world.acme, NOVEMBER.next, now=NEXT_RUN)


def settlement(invoice: Invoice) -> tuple[str, str]:
    found = with_open(Invoice.objects.filter(pk=invoice.pk)).get()
    return (found.settlement, str(found.open))


def placed() -> list[tuple[str, str, str]]:
    rows = Allocation.objects.order_by("pk").values_list("invoice__number", "amount", "basis")
    return [(number, str(amount), basis) for number, amount, basis in rows]


def everything() -> list[list[dict]]:
    return [list(model.objects.order_by("pk").values()) for model in (BankStatement, BankEntry, Allocation)]


@pytest.mark.parametrize("version", ["02", "08"])
def test_statement_is_written_down_and_matched(world: World, invoice: Invoice, version: str):
    paid = Paid("100.00", "Bedankt!", invoice.payment_reference, bank_reference="B-1", end_to_end_id="E-1")

    done = take_in(world, paid, Paid("-3.50", "Kosten", name="Bank", iban=""), opening="10.00", version=version)

    statement = BankStatement.objects.get()
    assert (statement.opening, statement.closing) == (Decimal("10.00"), Decimal("106.50"))
    assert (statement.starts_on, statement.ends_on, statement.imported_at) == (TODAY, TODAY, RUN)
    assert statement.imported_by == world.coordinator
    first, costs = statement.entries.order_by("position")
    assert (first.name, first.iban, first.text) == ("Acme Nederland B.V.", "NL20INGB0001234567", "Bedankt!")
    assert (first.references, first.bank_reference, first.end_to_end_id) == (invoice.payment_reference, "B-1", "E-1")
    assert list(BankEntry.objects.to_place()) == [costs]
    assert (done.known, len(done.statements), len(done.entries), len(done.allocations)) == (0, 1, 2, 1)
    assert settlement(invoice) == (Settlement.PAID, "0.00")
    (allocation,) = done.allocations
    assert (allocation.basis, allocation.placed_by, allocation.portal) == (Basis.REFERENCE, None, world.acme)


def test_first_day_of_a_statement_is_that_of_its_first_entry(world: World):
    take_in(world, Paid("1.00", day=TODAY - dt.timedelta(days=3)), Paid("1.00"))

    assert BankStatement.objects.get().starts_on == TODAY - dt.timedelta(days=3)


def test_same_file_again_changes_nothing(world: World, invoice: Invoice):
    content = camt(Paid("100.00", reference=invoice.payment_reference))
    import_statement(content, now=RUN, actor=world.coordinator)
    before = everything()

    again = import_statement(content, now=NEXT_RUN, actor=world.coordinator)

    assert (again.known, again.statements, again.entries, again.allocations) == (1, [], [], [])
    assert everything() == before


def test_same_statement_in_another_file_changes_nothing(world: World, invoice: Invoice):
    paid = Paid("100.00", reference=invoice.payment_reference)
    take_in(world, paid)
    before = everything()

    again = take_in(world, paid, version="08")

    assert (again.known, everything()) == (1, before)


@pytest.mark.parametrize("days", [1, 400])
def test_statement_of_days_to_come_is_refused(world: World, days: int):
    tomorrow = Paid("1.00", day=RUN.date() + dt.timedelta(days=days))

    with pytest.raises(bank_import.NotYet, match="S-1"):
        take_in(world, tomorrow)

    assert BankStatement.objects.count() == 0


@pytest.mark.parametrize(
    "other",
    [
        camt(Paid("100.01")),
        camt(Paid("100.00"), opening="5.00"),
        camt(Paid("95.00"), opening="5.00"),
        camt(Paid("100.00", day=TODAY + dt.timedelta(days=1))),
    ],
)
def test_statement_that_says_something_else_is_refused(world: World, other):
    take_in(world, Paid("100.00"))
    before = everything()

    with pytest.raises(bank_import.StatementDiffers, match="S-1"):
        import_statement(other, now=RUN, actor=world.coordinator)

    assert everything() == before


def test_payment_that_the_bank_tells_in_two_statements_counts_once(world: World, invoice: Invoice):
    paid = Paid("40.00", reference=invoice.payment_reference, bank_reference="B-1")
    take_in(world, paid, identifier="S-1")

    done = take_in(world, paid, Paid("25.00", bank_reference="B-2"), identifier="S-2")

    assert [entry.bank_reference for entry in done.entries] == ["B-2"]
    assert settlement(invoice) == (Settlement.PART_PAID, "60.00")


def test_payments_that_are_alike_count_each(world: World, invoice: Invoice):
    alike = Paid("40.00", reference=invoice.payment_reference, bank_reference="B-1")
    without = Paid("5.00", reference=invoice.payment_reference)

    take_in(world, alike, alike, without, without)

    assert settlement(invoice) == (Settlement.PART_PAID, "10.00")


def test_entry_of_nothing_is_left_out(world: World):
    done = take_in(world, Paid("0.00"), Paid("1.00"))

    assert [entry.position for entry in done.entries] == [2]


def test_operator_without_account_imports_nothing(world: World, settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": ""}

    with pytest.raises(bank_import.NoAccount):
        take_in(world, Paid("1.00"))


def test_failure_half_way_leaves_nothing(world: World, invoice: Invoice, monkeypatch):
    def fail(*args: object, **fields: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(payments, "place", fail)

    with pytest.raises(RuntimeError):
        take_in(world, Paid("1.00"), Paid("100.00", reference=invoice.payment_reference))

    assert everything() == [[], [], []]


def test_second_statement_that_is_no_good_leaves_nothing_of_the_first(world: World):
    good, other = camt(Paid("1.00")), camt(Paid("1.00"), identifier="S-2").replace(b">1.00<", b">2.00<", 1)
    second = other[other.index(b"<Stmt>") : other.index(b"</BkToCstmrStmt>")]

    with pytest.raises(camt_faults.DoesNotAddUp):
        import_statement(
            good.replace(b"</BkToCstmrStmt>", second + b"</BkToCstmrStmt>"), now=RUN, actor=world.coordinator
        )

    assert everything() == [[], [], []]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("100.00", (Settlement.PAID, "0.00")),
        ("30.00", (Settlement.PART_PAID, "70.00")),
        ("100.05", (Settlement.OVERPAID, "-0.05")),
    ],
)
def test_reference_places_whatever_was_paid(world: World, invoice: Invoice, amount, said):
    take_in(world, Paid(amount, reference=invoice.payment_reference))

    assert (settlement(invoice), placed()) == (said, [(invoice.number, amount, Basis.REFERENCE)])


@pytest.mark.parametrize("written", ["{}", "ref {} dank", "betr. {0[0]}{0[1]} {0[2]}{0[3]} {0[4]}", "x-{}-2026"])
def test_reference_is_found_in_what_was_written(world: World, invoice: Invoice, written):
    code = invoice.payment_reference
    fours = code if "{}" in written else [code[:2], code[2:4], code[4:8], code[8:9], code[9:]]

    take_in(world, Paid("30.00", written.format(fours)))

    assert placed() == [(invoice.number, "30.00", Basis.REFERENCE)]


@pytest.mark.parametrize("amount", ["30.00", "100.00"])
def test_reference_with_a_wrong_digit_is_no_reference(world: World, invoice: Invoice, amount):
    code = invoice.payment_reference
    wrong = f"RF{(int(code[2:4]) + 1) % 100:02d}{code[4:]}"

    take_in(world, Paid(amount, wrong, wrong))

    assert placed() == []


@pytest.mark.parametrize(("text", "amount"), [("Factuur {}", "100.00"), ("{}", "100.00"), ("fact {} nov", "100.00")])
def test_number_places_exactly_what_is_open(world: World, invoice: Invoice, text, amount):
    take_in(world, Paid(amount, text.format(invoice.number.replace("-", " ").lower())))

    assert placed() == [(invoice.number, "100.00", Basis.NUMBER)]


@pytest.mark.parametrize("amount", ["99.99", "100.01"])
def test_number_with_another_amount_is_left_to_a_person(world: World, invoice: Invoice, amount):
    take_in(world, Paid(amount, f"Factuur {invoice.number}"))

    assert placed() == []


def test_amount_alone_is_left_to_a_person(world: World, invoice: Invoice):
    take_in(world, Paid("100.00", "Factuur november"))

    assert placed() == []


@pytest.mark.parametrize("text", ["Factuur {}7", "Factuur A{}", "Factuur 1{}"])
def test_longer_number_is_another_number(world: World, invoice: Invoice, text):
    take_in(world, Paid("100.00", text.format(invoice.number)))

    assert placed() == []


@pytest.mark.parametrize("text", ["{0.payment_reference} {1.payment_reference}", "{0.number} en {1.number}"])
def test_several_invoices_in_one_payment(world: World, invoice: Invoice, other: Invoice, text):
    take_in(world, Paid("160.00", text.format(invoice, other)))

    assert [settlement(invoice), settlement(other)] == [(Settlement.PAID, "0.00")] * 2


@pytest.mark.parametrize("amount", ["159.99", "160.01"])
def test_several_invoices_and_another_sum_are_left_to_a_person(world: World, invoice: Invoice, other: Invoice, amount):
    take_in(world, Paid(amount, f"{invoice.payment_reference} {other.payment_reference}"))

    assert placed() == []


def test_reference_and_number_together_are_two_invoices(world: World, invoice: Invoice, other: Invoice):
    take_in(world, Paid("160.00", f"ook {other.number}", invoice.payment_reference))

    assert placed() == [(invoice.number, "100.00", Basis.NUMBER), (other.number, "60.00", Basis.NUMBER)]


def test_second_payment_of_a_paid_invoice_is_left_to_a_person(world: World, invoice: Invoice):
    paid = Paid("100.00", reference=invoice.payment_reference)

    take_in(world, paid, paid)

    assert (settlement(invoice), BankEntry.objects.to_place().count()) == ((Settlement.PAID, "0.00"), 1)


def test_draft_has_no_payments(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 5
    spend(world, "100.00")
    invoice_of(world.acme, NOVEMBER, now=RUN)

    take_in(world, Paid("100.00", "RF0 F2026-0001"))

    assert placed() == []


def test_payment_of_a_portal_stays_with_that_portal(world: World, invoice: Invoice):
    ledger.spend(world.charlie, amount=Decimal("100.00"), order_number="TW26-9", now=NOW)
    of_globex = invoice_of(world.globex, NOVEMBER, now=RUN)

    take_in(world, Paid("100.00", reference=of_globex.payment_reference))

    assert [settlement(invoice), settlement(of_globex)] == [(Settlement.OPEN, "100.00"), (Settlement.PAID, "0.00")]
    assert Allocation.objects.get().portal == world.globex


def test_credit_note_that_is_paid_back_closes_the_invoice(world: World, invoice: Invoice):
    take_in(world, Paid("100.00", reference=invoice.payment_reference))
    note = give_back(world, "30.00")
    overpaid = settlement(invoice)

    take_in(world, Paid("-30.00", f"Creditfactuur {note.number}"), identifier="S-2")

    assert (overpaid, settlement(invoice)) == ((Settlement.OVERPAID, "-30.00"), (Settlement.PAID, "0.00"))
    repaid = Allocation.objects.get(amount__lt=0)
    assert (repaid.invoice, repaid.credit_note, repaid.basis) == (invoice, note, Basis.NUMBER)


def test_credit_note_is_paid_back_on_each_invoice_that_it_corrects(world: World, invoice: Invoice, other: Invoice):
    make_grant(world.bob)
    take_in(world, Paid("160.00", f"{invoice.number} {other.number}"))
    first, second = world.bob.entries.filter(kind="spend").order_by("pk")
    ledger.refund(first, amount=Decimal("10.00"), source="back:1", now=NEXT_RUN)
    ledger.refund(second, amount=Decimal("20.00"), source="back:2", now=NEXT_RUN)
    january = NOVEMBER.next.next
    note = credit_note_of(world.acme, january, now=consumption.billable_from(january))

    take_in(world, Paid("-30.00", note.number), identifier="S-2")

    assert placed()[2:] == [(invoice.number, "-10.00", Basis.NUMBER), (other.number, "-20.00", Basis.NUMBER)]


@pytest.mark.parametrize("amount", ["-29.99", "-30.01"])
def test_other_sum_than_the_credit_note_is_left_to_a_person(world: World, invoice: Invoice, amount):
    take_in(world, Paid("100.00", reference=invoice.payment_reference))
    note = give_back(world, "30.00")

    take_in(world, Paid(amount, note.number), identifier="S-2")

    assert len(placed()) == 1


def test_credit_note_of_an_invoice_that_was_not_paid_is_not_paid_back(world: World, invoice: Invoice):
    note = give_back(world, "30.00")

    take_in(world, Paid("-30.00", note.number))

    assert placed() == []


def test_what_was_paid_too_much_is_paid_back(world: World, invoice: Invoice):
    take_in(world, Paid("120.00", reference=invoice.payment_reference))

    take_in(world, Paid("-20.00", f"Te veel betaald op {invoice.number}"), identifier="S-2")

    assert settlement(invoice) == (Settlement.PAID, "0.00")


def test_reference_in_what_we_pay_to_others_is_not_ours(world: World, invoice: Invoice):
    take_in(world, Paid("-100.00", reference=invoice.payment_reference))

    assert placed() == []


@pytest.mark.parametrize("back", [{"is_reversal": True}, {"return_reason": "AC04"}])
@pytest.mark.parametrize("same", ["end_to_end_id", "reference", "text"])
def test_payment_that_comes_back_reopens_the_invoice(world: World, invoice: Invoice, same, back):
    number = f"Factuur {invoice.number}"
    told = {"end_to_end_id": "E-1", "reference": invoice.payment_reference, "text": number}
    take_in(world, Paid("100.00", **told))

    take_in(world, Paid("-100.00", **{same: told[same]}, **back), identifier="S-2")

    assert settlement(invoice) == (Settlement.OPEN, "100.00")
    first, second = Allocation.objects.order_by("pk")
    assert (second.basis, second.reverses, second.amount) == (Basis.REVERSAL, first, Decimal("-100.00"))


def test_payment_and_its_return_on_one_statement(world: World, invoice: Invoice):
    paid = {"reference": invoice.payment_reference, "end_to_end_id": "E-1"}

    take_in(world, Paid("-100.00", **paid, is_reversal=True), Paid("100.00", **paid, day=TODAY - dt.timedelta(days=1)))

    assert settlement(invoice) == (Settlement.OPEN, "100.00")


def test_payment_comes_back_once(world: World, invoice: Invoice):
    told = {"end_to_end_id": "E-1", "reference": invoice.payment_reference}
    take_in(world, Paid("100.00", **told))
    back = Paid("-100.00", **told, is_reversal=True)

    take_in(world, back, back, identifier="S-2")

    assert settlement(invoice) == (Settlement.OPEN, "100.00")
    assert BankEntry.objects.to_place().count() == 1


@pytest.mark.parametrize(
    "change", [{"amount": "-99.00"}, {"iban": "NL44RABO0123456789"}, {"end_to_end_id": "E-2"}, {"is_reversal": False}]
)
def test_what_may_be_another_payment_reopens_nothing(world: World, invoice: Invoice, change):
    take_in(world, Paid("100.00", reference=invoice.payment_reference, end_to_end_id="E-1"))
    back = {"amount": "-100.00", "end_to_end_id": "E-1", "is_reversal": True}

    take_in(world, Paid(**(back | change)), identifier="S-2")

    assert settlement(invoice) == (Settlement.PAID, "0.00")


def test_which_of_two_payments_came_back_is_left_to_a_person(world: World, invoice: Invoice):
    paid = Paid("50.00", reference=invoice.payment_reference, end_to_end_id="E-1")
    take_in(world, paid, paid)

    take_in(world, Paid("-50.00", end_to_end_id="E-1", is_reversal=True), identifier="S-2")

    assert settlement(invoice) == (Settlement.PAID, "0.00")


def test_repayment_that_comes_back_is_owed_again(world: World, invoice: Invoice):
    take_in(world, Paid("100.00", reference=invoice.payment_reference))
    note = give_back(world, "30.00")
    take_in(world, Paid("-30.00", note.number, end_to_end_id="E-9"), identifier="S-2")

    take_in(world, Paid("30.00", end_to_end_id="E-9", return_reason="AC04"), identifier="S-3")

    assert settlement(invoice) == (Settlement.OVERPAID, "-30.00")
    assert payments.repayable(note) == {invoice: Decimal("30.00")}


@pytest.mark.parametrize("booked", [TODAY - dt.timedelta(days=1), TODAY])
def test_payment_comes_back_after_it_came_in(world: World, invoice: Invoice, booked):
    take_in(world, Paid("100.00", reference=invoice.payment_reference, end_to_end_id="E-1"))

    take_in(world, Paid("-100.00", end_to_end_id="E-1", is_reversal=True, day=booked), identifier="S-2")

    assert len(placed()) == (2 if booked == TODAY else 1)


def test_payment_without_any_reference_reopens_nothing(world: World, invoice: Invoice):
    take_in(world, Paid("100.00", reference=invoice.payment_reference))

    take_in(world, Paid("-100.00", is_reversal=True), identifier="S-2")

    assert settlement(invoice) == (Settlement.PAID, "0.00")


def test_references_that_begin_alike_are_not_the_same(world: World, invoice: Invoice):
    reference = invoice.payment_reference
    take_in(world, Paid("100.00", reference=reference))

    take_in(world, Paid("-100.00", reference=f"{reference[:-1]}9", is_reversal=True), identifier="S-2")

    assert settlement(invoice) == (Settlement.PAID, "0.00")


def test_payment_that_was_moved_away_reopens_nothing(world: World, invoice: Invoice):
    (allocation,) = take_in(world, Paid("100.00", invoice.number, end_to_end_id="E-1")).allocations
    payments.undo(allocation, now=RUN, actor=world.coordinator)

    take_in(world, Paid("-100.00", end_to_end_id="E-1", is_reversal=True), identifier="S-2")

    assert settlement(invoice) == (Settlement.OPEN, "100.00")


def test_reversal_of_a_reversal_pays_again(world: World, invoice: Invoice):
    told = {"end_to_end_id": "E-1", "is_reversal": True}
    take_in(world, Paid("100.00", invoice.number, end_to_end_id="E-1"), Paid("-100.00", **told))

    take_in(world, Paid("100.00", **told), identifier="S-2")

    assert settlement(invoice) == (Settlement.PAID, "0.00")


def test_repayment_less_another_invoice_is_left_to_a_person(world: World, invoice: Invoice, other: Invoice):
    take_in(world, Paid("200.00", reference=invoice.payment_reference))

    take_in(world, Paid("-40.00", f"{invoice.number} min {other.number}"), identifier="S-2")

    assert len(placed()) == 1


def test_two_who_import_the_same_file_at_once_import_it_once(transactional_db: None, monkeypatch):
    world, start, is_known = build_world(), threading.Barrier(2, timeout=30), bank_import._is_known

    def look_slowly(statement: Statement) -> bool:
        known = is_known(statement)
        time.sleep(0.3)
        return known

    def import_it(_: int) -> int:
        start.wait()
        try:
            return take_in(world, Paid("1.00")).known
        finally:
            connection.close()

    monkeypatch.setattr(bank_import, "_is_known", look_slowly)
    with ThreadPoolExecutor(2) as pool:
        known = sorted(pool.map(import_it, range(2)))

    assert (known, BankEntry.objects.count()) == ([0, 1], 1)


def test_statements_that_overlap_leave_no_gap(world: World):
    days = [Paid(f"{n}.00", day=TODAY + dt.timedelta(days=n), bank_reference=f"B{n}") for n in (1, 2, 3, 4)]
    take_in(world, *days[:3], identifier="S-1")
    again = take_in(world, *days[:3], identifier="S-2")
    take_in(world, *days[1:], identifier="S-3", opening="1.00")
    closed = BankStatement.objects.get(identifier="S-3").closing

    after = Paid("5.00", day=TODAY + dt.timedelta(days=5))
    take_in(world, after, identifier="S-4", opening=f"{closed}")

    assert (again.entries, bank_import.gaps()) == ([], [])


def test_statements_of_another_account_leave_no_gap(world: World, settings):
    take_in(world, Paid("10.00"))
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL20INGB0001234567"}
    moved = camt(Paid("1.00"), identifier="S-2").replace(OURS.encode(), b"NL20INGB0001234567", 1)

    import_statement(moved, now=RUN, actor=world.coordinator)

    assert (BankStatement.objects.count(), bank_import.gaps()) == (2, [])
