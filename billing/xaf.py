"""The audit file of a year: XML Auditfile Financieel 3.2, with the documents that were issued in it as a sales journal,
the bank, and the payments that were placed.

- Its schema is a file of `requirements-rules.txt` (billing.rules); what the schema refuses is not handed out.
- The schema names its keys without a namespace, so it checks none of them: that every line is on an account, of a
  customer and in a period of the file is ours to see to, and so is the balance.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from django.conf import settings
from lxml import etree

from billing.einvoice import REFUSED
from billing.journal import Booking, Journal, accounts, book
from billing.parties import OperatorIncomplete
from billing.rules import rule_file
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import Month, amsterdam_date

NAMESPACE = "http://www.auditfiles.nl/XAF/3.2"
NAME_LENGTH = 50  # of String50 in the schema
TEXT_LENGTH = 255
KINDS = {Journal.SALES: "S", Journal.BANK: "B", Journal.PLACED: "M"}


class NotValid(Exception):
    """The schema refuses the file; the message says why."""


def audit_file(year: int, *, now: dt.datetime) -> bytes:
    """The audit file of `year`, up to the day of `now`. Refuses OperatorIncomplete, NotValid and CannotCheck."""
    missing = [key for key in ("kvk_number", "vat_number") if not settings.OPERATOR[key]]
    if missing:
        raise OperatorIncomplete([f"OPERATOR_{key.upper()}" for key in missing])
    root = etree.Element(f"{{{NAMESPACE}}}auditfile", nsmap={None: NAMESPACE})
    _header(root, year, amsterdam_date(now))
    _company(root, year)
    schema = _schema()
    if not schema.validate(root):
        raise NotValid("; ".join(dict.fromkeys(error.message for error in schema.error_log)))
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _header(root: etree._Element, year: int, today: dt.date) -> None:
    header = _add(root, "header")
    _add(header, "fiscalYear", year)
    _add(header, "startDate", dt.date(year, 1, 1))
    _add(header, "endDate", dt.date(year, 12, 31))
    _add(header, "curCode", "EUR")
    _add(header, "dateCreated", today)
    _add(header, "softwareDesc", "Thuiswerk")


def _company(root: etree._Element, year: int) -> None:
    found = book(dt.date(year, 1, 1), dt.date(year, 12, 31))
    company = _add(root, "company")
    _add(company, "companyIdent", settings.OPERATOR["kvk_number"])
    _add(company, "companyName", settings.OPERATOR["name"])
    _add(company, "taxRegistrationCountry", "NL")
    _add(company, "taxRegIdent", settings.OPERATOR["vat_number"])
    _customers(company, found.buyers)
    _ledger(company)
    _periods(company, year)
    _transactions(company, found.bookings)


def _customers(company: etree._Element, buyers: dict[str, dict[str, str]]) -> None:
    """Every customer once, as its last document of the year calls it."""
    customers = _add(company, "customersSuppliers")
    for number, buyer in sorted(buyers.items()):
        customer = _add(customers, "customerSupplier")
        _add(customer, "custSupID", number)
        _add(customer, "custSupName", buyer["name"][:NAME_LENGTH])
        _add(customer, "commerceNr", buyer["identifier"])
        _add(customer, "custSupTp", "C")


def _ledger(company: etree._Element) -> None:
    ledger = _add(company, "generalLedger")
    for number, name in accounts().items():
        account = _add(ledger, "ledgerAccount")
        _add(account, "accID", number)
        _add(account, "accDesc", name)
        _add(account, "accTp", "B")  # of the balance sheet


def _periods(company: etree._Element, year: int) -> None:
    periods = _add(company, "periods")
    for number in range(1, 13):
        period = _add(periods, "period")
        _add(period, "periodNumber", number)
        _add(period, "startDatePeriod", Month(year, number).first_day)
        _add(period, "endDatePeriod", Month(year, number).last_day)


def _transactions(company: etree._Element, bookings: Sequence[Booking]) -> None:
    amounts = [line.amount for booking in bookings for line in booking.lines]
    transactions = _add(company, "transactions")
    _add(transactions, "linesCount", len(amounts))
    _add(transactions, "totalDebit", sum((amount for amount in amounts if amount > 0), ZERO))
    _add(transactions, "totalCredit", -sum((amount for amount in amounts if amount < 0), ZERO))
    for book_of in Journal:
        journal = _add(transactions, "journal")
        _add(journal, "jrnID", book_of.value)
        _add(journal, "desc", f"Thuiswerk: {book_of.label}")
        _add(journal, "jrnTp", KINDS[book_of])
        for booking in bookings:
            if booking.journal == book_of:
                _transaction(journal, booking)


def _transaction(journal: etree._Element, booking: Booking) -> None:
    transaction = _add(journal, "transaction")
    _add(transaction, "nr", booking.number)
    _add(transaction, "desc", booking.text[:TEXT_LENGTH])
    _add(transaction, "periodNumber", booking.day.month)
    _add(transaction, "trDt", booking.day)
    for number, line in enumerate(booking.lines, start=1):
        row = _add(transaction, "trLine")
        _add(row, "nr", number)
        _add(row, "accID", line.account)
        _add(row, "docRef", booking.number)
        _add(row, "effDate", booking.day)
        _add(row, "amnt", abs(line.amount))
        _add(row, "amntTp", "D" if line.amount > 0 else "C")
        if line.customer:
            _add(row, "custSupID", line.customer)
            _add(row, "invRef", line.invoice)


def _add(parent: etree._Element, name: str, value: str | int | dt.date | Decimal | None = None) -> etree._Element:
    """Append an element; a value goes as XML writes it: days by ISO 8601, amounts with a point, no control codes."""
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if value is not None:
        element.text = REFUSED.sub("", value.isoformat() if isinstance(value, dt.date) else str(value))
    return element


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(rule_file("pyxaf", "schemas/XmlAuditfileFinancieel3.2.xsd")))
