"""What a payment may be for, as it is proposed to a person."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import consumption, ledger, payments
from billing.correcting import correct
from billing.models import BankEntry, Invoice
from billing.proposals import Reason, proposals_for
from tests.billing.bank import make_bank_entry, make_payment
from tests.billing.conftest import invoice_of, spend
from tests.world import NOW, World
from thuiswerk.lib.periods import Month

NOVEMBER = Month.of(NOW)
RUN = consumption.billable_from(NOVEMBER)
NEXT_RUN = consumption.billable_from(NOVEMBER.next)
ACCOUNT = "NL20INGB0001234567"


@pytest.fixture
def first(world: World) -> Invoice:
    """An issued invoice of EUR 100 to Acme."""
    spend(world, "100.00")
    return invoice_of(world.acme, NOVEMBER, now=RUN)


@pytest.fixture
def second(world: World, first: Invoice) -> Invoice:
    """Another one, of EUR 60, a month later."""
    spend(world, "60.00", "TW26-2", now=RUN)
    return invoice_of(world.acme, NOVEMBER.next, now=NEXT_RUN)


@pytest.fixture
def of_globex(world: World) -> Invoice:
    """An issued invoice of EUR 100 to Globex."""
    ledger.spend(world.charlie, amount=Decimal("100.00"), order_number="TW26-9", now=NOW)
    return invoice_of(world.globex, NOVEMBER, now=RUN)


def proposed(entry: BankEntry) -> list[tuple[list[tuple[str, str]], set[Reason]]]:
    return [
        ([(part.invoice.number, str(part.amount)) for part in proposal.parts], set(proposal.reasons))
        for proposal in proposals_for([entry])[entry.pk]
    ]


def payment(world: World, amount: str, **said: object) -> BankEntry:
    return make_bank_entry(world.coordinator, amount, **said)


@pytest.mark.parametrize(
    ("amount", "said", "part", "reasons"),
    [
        ("100.00", {}, "100.00", {Reason.AMOUNT}),
        ("40.00", {"text": "Factuur F2026-0001"}, "40.00", {Reason.NAMED}),
        ("140.00", {"text": "Factuur F2026-0001"}, "100.00", {Reason.NAMED}),
        ("40.00", {"name": "ACME BV"}, "40.00", {Reason.NAME}),
        ("40.00", {"name": "Stichting Acme Nederland"}, "40.00", {Reason.NAME}),
        ("100.00", {"name": "Acme", "text": "F2026-0001"}, "100.00", {Reason.NAME, Reason.AMOUNT, Reason.NAMED}),
    ],
)
def test_payment_may_be_for_an_open_invoice(world: World, first: Invoice, amount, said, part, reasons):
    assert proposed(payment(world, amount, **said)) == [([(first.number, part)], reasons)]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("40.00", {}),
        ("40.00", {"name": "Acmetal"}),
        ("-100.00", {"name": "Acme"}),
        ("40.00", {"name": "B.V."}),
        ("-100.00", {"text": "F2026-0001"}),
    ],
)
def test_nothing_is_proposed_without_a_reason(world: World, first: Invoice, amount, said):
    assert proposed(payment(world, amount, **said)) == []


def test_account_of_an_earlier_payment_is_known(world: World, first: Invoice, second: Invoice, of_globex: Invoice):
    earlier = payment(world, "5.00", iban=ACCOUNT)
    (placed,) = payments.allocate(earlier, to=first, amount=Decimal("5.00"), now=RUN, actor=None)
    entry = payment(world, "7.00", iban=ACCOUNT)

    known = proposed(entry)
    payments.undo(placed, now=RUN, actor=world.coordinator)

    assert known == [([(number, "7.00")], {Reason.ACCOUNT}) for number in (first.number, second.number)]
    assert proposed(entry) == []


def test_invoices_of_a_company_together_come_to_the_amount(world: World, first: Invoice, second: Invoice):
    together, *single = proposed(payment(world, "160.00", name="Acme"))

    assert together == ([(first.number, "100.00"), (second.number, "60.00")], {Reason.NAME, Reason.AMOUNT})
    assert single == [([(first.number, "100.00")], {Reason.NAME}), ([(second.number, "60.00")], {Reason.NAME})]


def test_best_guess_comes_first_and_three_are_enough(world: World, first: Invoice, second: Invoice, of_globex: Invoice):
    numbers = [parts for parts, _ in proposed(payment(world, "60.00", name="Acme", text=f"niet {of_globex.number}"))]

    assert numbers == [[(of_globex.number, "60.00")], [(second.number, "60.00")], [(first.number, "60.00")]]


def test_at_most_three_are_proposed(world: World, first: Invoice, second: Invoice, of_globex: Invoice):
    named = f"{first.number} {second.number} {of_globex.number}"

    assert len(proposed(payment(world, "160.00", name="Acme", text=named))) == 3


def test_second_payment_of_a_paid_invoice_is_proposed_where_it_is_named(world: World, first: Invoice):
    make_payment(world.coordinator, first, "100.00")

    named, not_named = payment(world, "100.00", text=first.number), payment(world, "100.00", name="Acme")

    assert proposed(named) == [([(first.number, "100.00")], {Reason.NAMED})]
    assert proposed(not_named) == []


def test_repayment_may_be_for_what_was_paid_too_much(world: World, first: Invoice, of_globex: Invoice):
    make_payment(world.coordinator, first, "130.00")

    assert proposed(payment(world, "-30.00")) == [([(first.number, "-30.00")], {Reason.AMOUNT})]
    assert proposed(payment(world, "-40.00", name="Acme")) == [([(first.number, "-30.00")], {Reason.NAME})]


def test_reversal_may_take_back_payments_of_that_amount(world: World, first: Invoice):
    make_payment(world.coordinator, first, "40.00")
    make_payment(world.coordinator, first, "40.00")

    back = proposed(payment(world, "-40.00", is_reversal=True))

    assert back == [([(first.number, "-40.00")], {Reason.BACK})] * 2


def test_payment_that_names_the_replaced_invoice_is_proposed_for_the_new_one(world: World, first: Invoice):
    done = correct(first, reason="Verkeerd adres", source="test", now=RUN)
    late = payment(world, "100.00", text=f"{first.number}")

    [best, *_others] = proposed(late)

    assert best == ([(done.replacement.number, "100.00")], {Reason.NAMED, Reason.AMOUNT})


def test_rest_of_a_payment_is_proposed_for(world: World, first: Invoice, second: Invoice):
    entry = payment(world, "160.00", name="Acme")
    payments.allocate(entry, to=first, amount=Decimal("100.00"), now=RUN, actor=None)

    assert proposed(entry) == [([(second.number, "60.00")], {Reason.AMOUNT, Reason.NAME})]


def test_payment_that_is_placed_has_no_proposals(world: World, first: Invoice):
    entry = payment(world, "40.00", name="Acme")
    payments.allocate(entry, to=first, amount=Decimal("40.00"), now=RUN, actor=None)

    assert proposed(entry) == []


def test_proposals_of_a_list_take_as_many_statements_as_of_one(world: World, first: Invoice, second: Invoice):
    entries = [payment(world, f"{amount}.00", name="Acme", iban=ACCOUNT) for amount in (10, 20, 30)]

    with CaptureQueriesContext(connection) as of_three:
        proposals_for(entries)
    with CaptureQueriesContext(connection) as of_one:
        proposals_for(entries[:1])

    assert (len(of_three), len(of_one)) == (4, 4)


def test_rest_of_a_reversal_takes_back_no_whole_payment(world: World, first: Invoice):
    make_payment(world.coordinator, first, "40.00")
    back = payment(world, "-40.00", is_reversal=True)
    payments.allocate(back, to=first, amount=Decimal("-10.00"), now=RUN, actor=None)

    assert proposed(back) == []


def test_company_without_a_legal_name_is_not_everybody(world: World, first: Invoice):
    world.acme.company.legal_name = ""
    world.acme.company.save()

    assert proposed(payment(world, "40.00", name="Bakkerij Jansen")) == []
