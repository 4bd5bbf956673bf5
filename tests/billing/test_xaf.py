"""The audit file of a year: valid, in balance, and of the documents of that year alone."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from billing import journal, ledger, rules, xaf
from billing.models import Invoice
from billing.parties import OperatorIncomplete
from tests.billing.conftest import credit_note_of, invoice_of, spend
from tests.world import World
from thuiswerk.lib.periods import AMSTERDAM, Month

RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
NEXT_RUN = dt.datetime(2027, 1, 8, 6, 0, tzinfo=AMSTERDAM)
NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def operator(settings):
    settings.OPERATOR = settings.OPERATOR | {"vat_number": "NL001234567B01"}


def read(content: bytes) -> etree._Element:
    """The file without its namespace, so that paths read well."""
    root = etree.fromstring(content)
    for element in root.iter():
        element.tag = etree.QName(element).localname
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    return [element.text for element in root.iterfind(path)]


def rows(root: etree._Element) -> list[tuple[str, ...]]:
    """Document, period, account, amount and side of every line."""
    return [
        (
            transaction.findtext("nr"),
            transaction.findtext("periodNumber"),
            *(line.findtext(name) for name in ("accID", "amnt", "amntTp")),
        )
        for transaction in root.iter("transaction")
        for line in transaction.iter("trLine")
    ]


@pytest.fixture
def two_years(world: World) -> World:
    """An invoice of 2026, and of 2027 an invoice and a credit note for it."""
    spent = spend(world, "40.00", "TW26-1")
    invoice_of(world.acme, NOVEMBER, now=RUN)
    ledger.refund(spent, amount=Decimal("15.50"), source="return", now=RUN)
    spend(world, "25.00", "TW26-2", now=RUN)
    credit_note_of(world.acme, DECEMBER, now=NEXT_RUN)
    return world


def test_invoice_is_a_claim_on_the_company_against_used_credit(two_years: World):
    root = read(xaf.audit_file(2026, now=RUN))

    assert rows(root) == [("F2026-0001", "12", "1300", "40.00", "D"), ("F2026-0001", "12", "1490", "40.00", "C")]
    assert texts(root, ".//trDt") == ["2026-12-08"]
    assert texts(root, "header/*") == ["2026", "2026-01-01", "2026-12-31", "EUR", "2026-12-08", "Thuiswerk"]


def test_credit_note_turns_the_booking_round_in_the_year_in_which_it_was_issued(two_years: World):
    root = read(xaf.audit_file(2027, now=NEXT_RUN))

    assert sorted(rows(root)) == [
        ("C2027-0001", "1", "1300", "15.50", "C"),
        ("C2027-0001", "1", "1490", "15.50", "D"),
        ("F2027-0001", "1", "1300", "25.00", "D"),
        ("F2027-0001", "1", "1490", "25.00", "C"),
    ]
    assert texts(root, "company/transactions/linesCount") == ["4"]
    assert texts(root, "company/transactions/totalDebit") == ["40.50"]
    assert texts(root, "company/transactions/totalCredit") == ["40.50"]


def test_every_line_is_on_an_account_of_a_customer_and_in_a_period_of_the_file(two_years: World):
    root = read(xaf.audit_file(2027, now=NEXT_RUN))

    assert set(texts(root, ".//trLine/accID")) <= set(texts(root, ".//ledgerAccount/accID"))
    assert set(texts(root, ".//trLine/custSupID")) == set(texts(root, ".//customerSupplier/custSupID"))
    assert set(texts(root, ".//transaction/periodNumber")) <= set(texts(root, ".//period/periodNumber"))
    assert len(texts(root, ".//period/periodNumber")) == 12


def test_draft_is_not_in_the_books(world: World, settings):
    settings.INVOICE_REVIEW_DAYS = 5
    spend(world)
    invoice_of(world.acme, NOVEMBER, now=RUN)

    assert Invoice.objects.get().number is None
    assert rows(read(xaf.audit_file(2026, now=RUN))) == []


@pytest.mark.parametrize("name", ["Bäcker & Söhne <BV>", "🪑" * 200, "Acme\x0b\x00BV", "é" * 51])
def test_whatever_a_company_is_called_the_file_is_valid(two_years: World, name: str, monkeypatch):
    invoices = list(Invoice.objects.filter(issued_on__year=2026))
    for invoice in invoices:
        invoice.buyer["name"] = name
    monkeypatch.setattr(journal, "documents_of", lambda first_day, last_day: iter(invoices))

    root = read(xaf.audit_file(2026, now=RUN))

    assert texts(root, ".//custSupName") == [name.replace("\x0b", "").replace("\x00", "")[:50]]


def test_file_that_the_schema_refuses_is_not_handed_out(two_years: World, settings):
    settings.ACCOUNT_DEBTORS = "1" * 36

    with pytest.raises(xaf.NotValid, match="maxLength"):
        xaf.audit_file(2026, now=RUN)


@pytest.mark.parametrize("key", ["kvk_number", "vat_number"])
def test_file_is_refused_while_the_operator_is_not_known(db, settings, key: str):
    settings.OPERATOR = settings.OPERATOR | {key: ""}

    with pytest.raises(OperatorIncomplete, match=f"OPERATOR_{key.upper()}"):
        xaf.audit_file(2026, now=RUN)


def test_command_writes_the_file(two_years: World, capsys):
    call_command("export_xaf", "2026")

    assert [row[0] for row in rows(read(capsys.readouterr().out.encode()))] == ["F2026-0001", "F2026-0001"]


def test_command_says_what_is_missing(db, monkeypatch):
    def missing():
        raise rules.CannotCheck("XmlAuditfileFinancieel3.2.xsd is not there; bin/setup installs it.")

    monkeypatch.setattr(xaf, "_schema", missing)

    with pytest.raises(CommandError, match="bin/setup installs it"):
        call_command("export_xaf", "2026")
