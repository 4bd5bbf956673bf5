"""The demo's bank: statements in CAMT.053 of companies that pay in full, in part, too much or not at all."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle, groupby

from django.conf import settings
from lxml import etree
from stdnum.iso7064 import mod_97_10

from accounts.models import User
from billing.bank_import import import_statement
from billing.models import BankStatement, DocumentKind, Invoice, Origin
from billing.open_items import unpaid
from thuiswerk.lib.money import ZERO, cents
from thuiswerk.lib.periods import Month, amsterdam_date

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
OPENING = Decimal("25000.00")
COSTS = Decimal("-9.95")
# What becomes of the invoices, in the order in which they were issued; then from the start again.
FATES = ("paid", "by number", "not paid", "came back", "too much", "in part", "not paid")


@dataclass(frozen=True)
class Payment:
    """An entry on a statement. `invoice` tells whose account it came from; none: the bank itself."""

    day: dt.date
    amount: Decimal
    text: str = ""
    invoice: Invoice | None = None
    reference: str = ""
    end_to_end_id: str = "NOTPROVIDED"
    is_reversal: bool = False

    @property
    def other_side(self) -> tuple[str, str]:
        """Name and account."""
        if self.invoice is None:
            return "Bank", ""
        account = f"INGB{self.invoice.portal.company_id:010d}"
        return self.invoice.buyer["name"], f"NL{mod_97_10.calc_check_digits(account + 'NL')}{account}"


def pay_invoices(*, now: dt.datetime, actor: User) -> None:
    """Read the statements of every month until `now`, each when its month is over."""
    today, opening = amsterdam_date(now), OPENING
    payments = sorted((paid for paid in _payments(today) if paid.day < today), key=lambda payment: payment.day)
    for month, of_month in groupby(payments, key=lambda payment: Month(payment.day.year, payment.day.month)):
        content, closing = statement(f"Afschrift {month}", list(of_month), opening=opening, now=now)
        import_statement(content, now=min(month.end, now), actor=actor)
        opening = closing


def next_statement(*, now: dt.datetime) -> bytes:
    """What the bank would send today of invoices without a payment: one paid by reference, one by number, one without
    either, one in part."""
    today, last = amsterdam_date(now), BankStatement.objects.order_by("ends_on", "pk").last()
    payments = [
        payment
        for fate, invoice in zip(
            ("paid", "by number", "by amount", "in part"), unpaid().filter(allocations=None), strict=False
        )
        for payment in _fate_of(invoice, invoice.open, fate, today)
    ]
    number = BankStatement.objects.count() + 1
    opening = last.closing if last else OPENING
    return statement(f"Afschrift {today} {number}", payments, opening=opening, now=now)[0]


def statement(identifier: str, payments: list[Payment], *, opening: Decimal, now: dt.datetime) -> tuple[bytes, Decimal]:
    """A file of the bank with one statement of `payments`, and the balance that it ends with."""
    closing = opening + sum((payment.amount for payment in payments), ZERO)
    last = max((payment.day for payment in payments), default=amsterdam_date(now))
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    message = _add(root, "BkToCstmrStmt")
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", identifier)
    _add(header, "CreDtTm", f"{now:%Y-%m-%dT%H:%M:%S}")
    told = _add(message, "Stmt")
    _add(told, "Id", identifier)
    _add(told, "CreDtTm", f"{now:%Y-%m-%dT%H:%M:%S}")
    _add(told, "Acct/Id/IBAN", settings.OPERATOR["iban"])
    for kind, amount in (("OPBD", opening), ("CLBD", closing)):
        balance = _add(told, "Bal")
        _add(balance, "Tp/CdOrPrtry/Cd", kind)
        _add_amount(balance, amount)
        _add(balance, "Dt/Dt", str(last))
    for position, payment in enumerate(payments, start=1):
        _add_entry(told, payment, f"{identifier}-{position}")
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content, closing


def _payments(today: dt.date) -> Iterator[Payment]:
    """What was paid before `today`, and what we paid back."""
    paid = set()
    for invoice, fate in zip(unpaid().order_by("issued_on", "number"), cycle(FATES), strict=False):
        asked = invoice.total if fate == "paid" else invoice.open
        yield from _fate_of(invoice, asked, fate, (invoice.issued_on or today) + dt.timedelta(days=12))
        if fate == "paid":
            paid.add(invoice.pk)
    for note in Invoice.objects.issued().filter(kind=DocumentKind.CREDIT_NOTE, origin=Origin.RUN):
        if paid.issuperset(note.lines.values_list("corrects", flat=True)):
            day = (note.issued_on or today) + dt.timedelta(days=8)
            yield Payment(day, -note.total, f"Creditfactuur {note.number}", note)
    yield Payment(today - dt.timedelta(days=2), COSTS, "Kosten betaalrekening")


def _fate_of(invoice: Invoice, asked: Decimal, fate: str, day: dt.date) -> Iterator[Payment]:
    reference, month = invoice.payment_reference, f"Factuur {invoice.month}"
    match fate:
        case "paid":
            yield Payment(day, asked, "", invoice, reference)
        case "by number":
            yield Payment(day, asked, f"Factuur {invoice.number}", invoice)
        case "by amount":
            yield Payment(day, asked, month, invoice)
        case "too much":
            yield Payment(day, asked + 100, "", invoice, reference)
        case "in part":
            yield Payment(day, cents(asked / 2), "Eerste deel", invoice, reference)
        case "came back":
            order = f"OPDRACHT-{invoice.number}"
            yield Payment(day, asked, "", invoice, reference, order)
            yield Payment(day + dt.timedelta(days=2), -asked, "", invoice, reference, order, is_reversal=True)
            yield Payment(day + dt.timedelta(days=4), asked, month, invoice)


def _add_entry(told: etree._Element, payment: Payment, known_by: str) -> None:
    entry = _add(told, "Ntry")
    _add_amount(entry, payment.amount)
    if payment.is_reversal:
        _add(entry, "RvslInd", "true")
    _add(entry, "Sts", "BOOK")
    _add(entry, "BookgDt/Dt", str(payment.day))
    _add(entry, "ValDt/Dt", str(payment.day))
    _add(entry, "AcctSvcrRef", known_by)
    _add(entry, "BkTxCd/Prtry/Cd", "TRF")
    detail = _add(entry, "NtryDtls/TxDtls")
    _add(detail, "Refs/EndToEndId", payment.end_to_end_id)
    name, account = payment.other_side
    role = "Dbtr" if (payment.amount > 0) != payment.is_reversal else "Cdtr"
    parties = _add(detail, "RltdPties")
    _add(parties, f"{role}/Nm", name)
    if account:
        _add(parties, f"{role}Acct/Id/IBAN", account)
    if payment.reference:
        _add(detail, "RmtInf/Strd/CdtrRefInf/Ref", payment.reference)
    elif payment.text:
        _add(detail, "RmtInf/Ustrd", payment.text)


def _add_amount(parent: etree._Element, amount: Decimal) -> None:
    _add(parent, "Amt", f"{abs(amount):.2f}").set("Ccy", "EUR")
    _add(parent, "CdtDbtInd", "DBIT" if amount < 0 else "CRDT")


def _add(parent: etree._Element, path: str, text: str | None = None) -> etree._Element:
    """Append the elements of `path`, each in the one before; the last holds `text`."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    parent.text = text
    return parent
