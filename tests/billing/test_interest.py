"""Interest and collection costs, by examples that were worked out by hand, and what no example may break."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from billing import ledger, reminders
from billing.interest import InterestRefused, collection_costs, interest_pdf, interest_statement, stretches_of
from billing.models import InterestRate, Invoice
from tests.billing.bank import make_payment
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.billing.test_admin import make_colleague, signed_in
from tests.world import NOW, World, make_reminder_levels, make_user
from thuiswerk.lib.money import cents
from thuiswerk.lib.periods import AMSTERDAM, Month, start_of_day

NOVEMBER = Month.of(NOW)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
DUE = dt.date(2027, 1, 7)
START = dt.date(2025, 1, 8)
TEN = {dt.date(2025, 1, 1): Decimal("10.00")}


@pytest.fixture
def overdue(world: World) -> Invoice:
    """An invoice of EUR 100 of which all three reminders were sent."""
    make_reminder_levels()
    spend(world, "100.00")
    invoice = invoice_of(world.acme, NOVEMBER, now=RUN)
    for days in (3, 14, 30):
        reminders.send([invoice.pk], now=after(days))
    InterestRate.objects.create(first_day=dt.date(2026, 7, 1), percent=Decimal("10.00"))
    return invoice


def after(days: int) -> dt.datetime:
    return start_of_day(DUE + dt.timedelta(days=days)) + dt.timedelta(hours=10)


def interest(moves: dict[dt.date, str], days: int, rates: dict[dt.date, Decimal] = TEN) -> Decimal:
    """Over so many days from START on."""
    until = START + dt.timedelta(days=days - 1)
    amounts = {day: Decimal(amount) for day, amount in moves.items()}
    return cents(sum(one.interest for one in stretches_of(amounts, since=START, until=until, rates=rates)))


@pytest.mark.parametrize(
    ("claim", "costs"),
    [
        ("1.00", "40.00"),
        ("266.66", "40.00"),
        ("266.70", "40.01"),
        ("1000.00", "150.00"),
        ("2500.00", "375.00"),
        ("5000.00", "625.00"),
        ("10000.00", "875.00"),
        ("200000.00", "2775.00"),
        ("1000000.00", "6775.00"),
        ("5000000.00", "6775.00"),
    ],
)
def test_costs_are_those_of_the_decree(claim: str, costs: str):
    assert collection_costs(Decimal(claim)) == Decimal(costs)


@given(st.decimals(1, 10_000_000, places=2), st.decimals(0, 1_000_000, places=2))
def test_a_larger_claim_never_costs_less(claim: Decimal, more: Decimal):
    assert Decimal("40.00") <= collection_costs(claim) <= collection_costs(claim + more) <= Decimal("6775.00")


def test_interest_is_of_the_days_at_the_rate():
    assert interest({dt.date(2024, 12, 1): "1000"}, 73) == Decimal("20.00")


def test_day_of_a_payment_still_bears_interest_on_all_and_the_next_on_the_rest():
    paid_on = START + dt.timedelta(days=72)

    assert interest({dt.date(2024, 12, 1): "1000", paid_on: "-500"}, 146) == Decimal("30.00")


def test_rate_changes_on_its_day():
    rates = TEN | {START + dt.timedelta(days=73): Decimal("5.00")}

    assert interest({dt.date(2024, 12, 1): "1000"}, 146, rates) == Decimal("30.00")


def test_interest_of_a_year_bears_interest_in_the_next():
    assert interest({dt.date(2024, 12, 1): "1000"}, 365) == Decimal("100.00")
    assert interest({dt.date(2024, 12, 1): "1000"}, 730) == Decimal("210.00")


def test_what_is_paid_bears_none():
    assert interest({dt.date(2024, 12, 1): "1000", START: "-1000"}, 365) == cents(Decimal("1000") / 10 / 365)


def test_day_without_a_rate_is_refused():
    with pytest.raises(InterestRefused, match="2025-01-08"):
        interest({dt.date(2024, 12, 1): "1000"}, 73, {START + dt.timedelta(days=5): Decimal("10.00")})


@given(
    payments=st.dictionaries(st.integers(0, 800), st.integers(1, 200), max_size=5),
    cuts=st.sets(st.integers(1, 800), max_size=5),
    days=st.integers(1, 800),
)
def test_stretches_have_no_gap_and_a_cut_changes_nothing(payments: dict[int, int], cuts: set[int], days: int):
    moves = {dt.date(2024, 12, 1): Decimal(1001)}
    moves |= {START + dt.timedelta(days=day): Decimal(-amount) for day, amount in payments.items()}
    until = START + dt.timedelta(days=days - 1)
    same_rates = TEN | {START + dt.timedelta(days=cut): Decimal("10.00") for cut in cuts}

    found = list(stretches_of(moves, since=START, until=until, rates=TEN))
    cut = list(stretches_of(moves, since=START, until=until, rates=same_rates))

    assert sum(one.days for one in found) == sum(one.days for one in cut) == days
    assert cents(sum(one.interest for one in found)) == cents(sum(one.interest for one in cut))


def test_statement_adds_up_and_changes_nothing(world: World, overdue: Invoice):
    make_payment(world.coordinator, overdue, "27.00")  # on 18 November, before it was due
    statement = interest_statement(overdue, now=after(73))

    assert (statement.open, statement.interest, statement.costs) == (
        Decimal("73.00"),
        Decimal("1.46"),
        Decimal("40.00"),
    )
    assert statement.total == Decimal("114.46")
    assert Invoice.objects.get(pk=overdue.pk).total == Decimal("100.00")


def test_credit_note_lowers_what_bears_interest(world: World, overdue: Invoice):
    ledger.refund(world.bob.entries.get(kind="spend"), amount=Decimal("50.00"), source="back", now=RUN)
    credit_note_of(world.acme, NOVEMBER.next, now=after(36))

    statement = interest_statement(overdue, now=after(73))

    assert [(one.days, one.open) for one in statement.stretches] == [(36, Decimal("100.00")), (37, Decimal("50.00"))]


def test_statement_waits_for_the_last_reminder(world: World):
    spend(world, "100.00")
    invoice = invoice_of(world.acme, NOVEMBER, now=RUN)

    with pytest.raises(InterestRefused, match="laatste herinnering"):
        interest_statement(invoice, now=after(73))


def test_paid_invoice_has_none(world: World, overdue: Invoice):
    make_payment(world.coordinator, overdue, "100.00")

    with pytest.raises(InterestRefused, match="staat niets open"):
        interest_statement(overdue, now=after(73))


def test_company_abroad_has_none(world: World, overdue: Invoice):
    overdue.buyer = overdue.buyer | {"country": "BE"}

    with pytest.raises(InterestRefused, match="Nederlands recht"):
        interest_statement(overdue, now=after(73))


@pytest.mark.parametrize(
    ("language", "words"), [("nl", "wettelijke handelsrente"), ("en", "statutory commercial interest")]
)
def test_pdf_says_it_in_the_companys_language(overdue: Invoice, language: str, words: str):
    overdue.language = language

    content = interest_pdf(interest_statement(overdue, now=after(73)))
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()

    assert words in text.lower()
    assert "€\N{NO-BREAK SPACE}142,00" in text or "€ 142,00" in text


def test_page_hands_it_out_or_says_why_not(world: World, overdue: Invoice, settings):
    settings.DEMO = True
    address = reverse("admin:billing_invoice_interest", args=[overdue.pk])
    with time_machine.travel(after(73), tick=False):
        finance = signed_in(make_colleague("view_invoice"))
        pdf = finance.get(address)
        InterestRate.objects.all().delete()
        refused = finance.get(address, follow=True)

    assert pdf.content.startswith(b"%PDF-")
    assert "Vul eerst de wettelijke handelsrente van" in refused.text
    assert signed_in(make_user("otto@thuiswerk.example", "Otto", is_staff=True)).get(address).status_code == 403
