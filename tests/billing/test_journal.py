"""The journal: documents and payments as bookings that balance, and a page from which finance takes them."""

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from billing import journal, ledger, payments, xaf
from billing.models import Invoice
from billing.open_items import unpaid, with_open
from tests.billing.bank import make_bank_entry
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.billing.test_admin import make_colleague, signed_in
from tests.billing.test_xaf import read
from tests.world import NOW, World
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER, DECEMBER = Month.of(NOW), Month.of(NOW).next
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
NEXT_RUN = dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM)
PAID = dt.datetime(2026, 12, 20, 9, 0, tzinfo=AMSTERDAM)
PLACED = dt.datetime(2027, 1, 1, 0, 30, tzinfo=AMSTERDAM)  # Still 2026 in London.


@pytest.fixture(autouse=True)
def _office(settings):
    """The second factor has tests of its own; the audit file needs the VAT number."""
    settings.DEMO = True
    settings.OPERATOR = settings.OPERATOR | {"vat_number": "NL001234567B01"}


@pytest.fixture
def paid(world: World) -> World:
    """An invoice of December, its payment of which a part is placed in January, and a credit note of January."""
    spent = spend(world, "40.00", "TW26-1")
    invoice = invoice_of(world.acme, NOVEMBER, now=RUN)
    entry = make_bank_entry(world.coordinator, "50.00", booked_on=PAID.date(), name="Acme", text="factuur 1")
    payments.allocate(entry, to=invoice, amount=Decimal("40.00"), now=PLACED, actor=world.coordinator)
    ledger.refund(spent, amount=Decimal("15.50"), source="return", now=RUN)
    credit_note_of(world.acme, DECEMBER, now=NEXT_RUN)
    return world


def rows(first: dt.date, last: dt.date) -> list[dict[str, str]]:
    return list(csv.DictReader(journal.journal_csv(first, last).decode("utf-8-sig").splitlines(), delimiter=";"))


def year(number: int) -> list[dict[str, str]]:
    return rows(dt.date(number, 1, 1), dt.date(number, 12, 31))


def amounts(of: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [(row["Dagboek"], row["Rekening"], row["Debet"], row["Credit"]) for row in of]


def test_year_holds_what_happened_in_it_day_by_day_in_amsterdam(paid: World):
    assert amounts(year(2026)) == [
        ("TW", "1300", "40,00", "0,00"),
        ("TW", "1490", "0,00", "40,00"),
        ("TWB", "1100", "50,00", "0,00"),
        ("TWB", "2990", "0,00", "50,00"),
    ]
    assert amounts(year(2027)) == [
        ("TW", "1300", "0,00", "15,50"),
        ("TW", "1490", "15,50", "0,00"),
        ("TWM", "1300", "0,00", "40,00"),
        ("TWM", "2990", "40,00", "0,00"),
    ]


def test_row_names_customer_invoice_and_that_it_is_outside_vat(paid: World, settings):
    settings.JOURNAL_VAT_CODE = "0-buiten"
    customer = f"D{paid.acme.company_id:05d}"

    document, payment = year(2026)[0], year(2026)[2]

    assert (document["Klantnummer"], document["Factuur"], document["Btw-code"]) == (
        customer,
        "F2026-0001",
        "0-buiten",
    )
    assert (document["Periode"], document["Datum"], document["Boekstuk"]) == ("2026-12", "2026-12-08", "F2026-0001")
    assert (payment["Klantnummer"], payment["Omschrijving"], payment["Factuur"]) == ("", "Acme factuur 1", "")


def test_books_agree_with_what_is_open_and_with_what_waits_for_a_place(paid: World):
    balance: Counter[str] = Counter()
    for row in [*year(2026), *year(2027)]:
        side = Decimal(row["Debet"].replace(",", ".")) - Decimal(row["Credit"].replace(",", "."))
        balance[row["Rekening"]] += side

    invoice = Invoice.objects.get(kind="invoice")
    assert list(unpaid()) == []
    assert balance["1300"] == invoice.total - Decimal("15.50") - Decimal("40.00")
    assert balance["2990"] == -Decimal("10.00")
    assert sum(balance.values()) == 0


def test_debtors_account_agrees_with_what_is_open_on_each_invoice(paid: World):
    balance: Counter[str] = Counter()
    for row in [*year(2026), *year(2027)]:
        if row["Rekening"] == "1300":
            balance[row["Factuur"]] += Decimal(row["Debet"].replace(",", ".")) - Decimal(
                row["Credit"].replace(",", ".")
            )

    assert balance == {one.number: one.open for one in with_open(Invoice.objects.filter(kind="invoice"))}


def test_payment_taken_back_is_booked_on_its_own_day(paid: World):
    before = year(2026)
    allocation = Invoice.objects.get(kind="invoice").allocations.get()

    payments.undo(allocation, now=NEXT_RUN, actor=paid.coordinator)

    assert year(2026) == before
    assert amounts(year(2027))[-2:] == [("TWM", "1300", "40,00", "0,00"), ("TWM", "2990", "0,00", "40,00")]


def test_payment_for_something_else_stays_on_the_suspense_account(paid: World):
    entry = make_bank_entry(paid.coordinator, "7.00", booked_on=PAID.date())
    payments.set_aside(entry, note="Rente", now=PAID, actor=paid.coordinator)

    assert amounts(year(2026))[-2:] == [("TWB", "1100", "7,00", "0,00"), ("TWB", "2990", "0,00", "7,00")]


def test_text_of_a_payer_is_no_formula(paid: World):
    make_bank_entry(paid.coordinator, "1.00", booked_on=PAID.date(), name="=HYPERLINK(1)")

    assert year(2026)[-1]["Omschrijving"] == "'=HYPERLINK(1)"


def test_file_is_the_same_whoever_asks(paid: World):
    days = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    with translation.override("en"):
        assert journal.journal_csv(*days) == journal.journal_csv(*days)
        english = journal.journal_csv(*days)

    assert english == journal.journal_csv(*days)


def test_audit_file_has_bank_and_placed_payments_in_journals_of_their_own(paid: World):
    roots = {number: read(xaf.audit_file(number, now=NEXT_RUN)) for number in (2026, 2027)}

    kinds = {
        number: [(one.findtext("jrnTp"), len(one.findall("transaction"))) for one in root.iter("journal")]
        for number, root in roots.items()
    }
    assert kinds == {2026: [("S", 1), ("B", 1), ("M", 0)], 2027: [("S", 1), ("B", 0), ("M", 1)]}
    for root in roots.values():
        totals = [root.findtext(f"company/transactions/total{side}") for side in ("Debit", "Credit")]
        assert totals[0] == totals[1]
        assert {row.text for row in root.iter("accID")} == {"1300", "1490", "1100", "2990"}
        used = {row.text for row in root.iterfind(".//trLine/custSupID")}
        assert used <= {row.text for row in root.iterfind(".//customerSupplier/custSupID")}


def test_page_leads_to_the_journal_of_each_month(paid: World):
    with time_machine.travel(NEXT_RUN, tick=False):
        finance = signed_in(make_colleague("view_invoice", "view_bankentry"))
        page = finance.get(reverse("admin:billing_books", args=[2026]))
        month = finance.get(reverse("admin:billing_journal", args=["2026-12"]))
        whole = finance.get(reverse("admin:billing_journal_year", args=[2026]))
        audit = finance.get(reverse("admin:billing_audit_file", args=[2026]))

    assert page.context["months"] == [(Month(2026, 12), 1, 1)]
    assert month.content == journal.journal_csv(dt.date(2026, 12, 1), dt.date(2026, 12, 31)) == whole.content
    assert month.headers["Content-Disposition"] == 'attachment; filename="journaal-2026-12.csv"'
    assert audit.content == xaf.audit_file(2026, now=NEXT_RUN)


def test_page_says_what_the_audit_file_lacks(paid: World, settings):
    settings.OPERATOR = settings.OPERATOR | {"vat_number": ""}

    page = signed_in(make_colleague("view_invoice", "view_bankentry")).get(
        reverse("admin:billing_audit_file", args=[2026]), follow=True
    )

    assert "OPERATOR_VAT_NUMBER" in page.text


@pytest.mark.parametrize(
    ("name", "arg"),
    [
        ("billing_books", 2026),
        ("billing_journal_year", 2026),
        ("billing_audit_file", 2026),
        ("billing_journal", "2026-11"),
    ],
)
def test_colleague_without_the_permission_gets_nothing(paid: World, name: str, arg: object):
    client: Client = signed_in(make_colleague("view_order"))

    assert client.get(reverse(f"admin:{name}", args=[arg])).status_code == 403


@pytest.mark.parametrize(
    ("name", "arg"), [("billing_books", 1900), ("billing_books", 2999), ("billing_journal", "2026-13")]
)
def test_year_or_month_that_cannot_be_is_not_found(db: None, name: str, arg: object):
    client = signed_in(make_colleague("view_invoice", "view_bankentry"))

    assert client.get(reverse(f"admin:{name}", args=[arg])).status_code == 404
