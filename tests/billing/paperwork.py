"""Documents that were never stored, for what is made of `(invoice, lines)` alone."""

import datetime as dt
from decimal import Decimal
from typing import Any

from billing.models import DocumentKind, Invoice, InvoiceLine
from billing.payment import creditor_reference
from portals.models import Specification

SELLER = {
    "name": "Thuiswerk B.V.",
    "address": "Keizersgracht 1\n1015 CN Amsterdam",
    "street": "Keizersgracht 1",
    "postal_code": "1015 CN",
    "city": "Amsterdam",
    "country": "NL",
    "email": "billing@thuiswerk.example",
    "phone": "+31 20 000 0000",
    "kvk_number": "12345678",
    "iban": "NL91ABNA0417164300",
    "bic": "ABNANL2A",
}
BUYER = {
    "name": "Acme Nederland B.V.",
    "contact": "Alice de Vries",
    "street": "Stationsplein 1",
    "postal_code": "3511 ED",
    "city": "Utrecht",
    "country": "NL",
    "address": ["Stationsplein 1", "3511 ED  Utrecht"],
    "identifier": "87654321",
    "scheme": "0106",
    "email": "invoices@acme.example",
    "emails": ["invoices@acme.example"],
    "portal": "Acme",
    "customer_number": "D00001",
}
OIN_BUYER = {**BUYER, "name": "Gemeente Voorbeeld", "identifier": "00000001001234567000", "scheme": "0190"}
BELGIAN_BUYER = {
    **BUYER,
    "name": "Acme België NV",
    "street": "Wetstraat 1",
    "postal_code": "1000",
    "city": "Brussel",
    "country": "BE",
    "identifier": "0403170701",
    "scheme": "0208",
}
VAT_SENTENCE = "Over dit tegoed rekenen we geen btw: die is al in rekening gebracht op de bestellingen."
FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)


def make_invoice(**facts: Any) -> Invoice:
    """An unsaved invoice of October; `facts` are fields of it."""
    number = facts.get("number", "F2026-0042")
    defaults: dict[str, Any] = {
        "kind": DocumentKind.INVOICE,
        "number": number,
        "period": FIRST,
        "starts_on": FIRST,
        "ends_on": LAST,
        "issued_on": dt.date(2026, 11, 10),
        "due_on": dt.date(2026, 12, 10),
        "language": "nl",
        "specification": Specification.STAFF_NUMBER,
        "buyer_reference": "HR-4711",
        "payment_reference": creditor_reference(number),
        "vat_sentence": VAT_SENTENCE,
        "total": Decimal("40.00"),
        "seller": dict(SELLER),
        "buyer": dict(BUYER),
    }
    return Invoice(**{**defaults, **facts})


def make_line(position: int = 1, **facts: Any) -> InvoiceLine:
    """An unsaved line of 40 euro; `facts` are fields of it."""
    defaults: dict[str, Any] = {
        "position": position,
        "staff_number": "10017",
        "orders": 1,
        "first_day": dt.date(2026, 10, 6),
        "last_day": dt.date(2026, 10, 19),
        "amount": Decimal("40.00"),
    }
    return InvoiceLine(**{**defaults, **facts})


def make_document(count: int = 1, **facts: Any) -> tuple[Invoice, list[InvoiceLine]]:
    """An invoice with `count` lines of cents that differ."""
    lines = [
        make_line(position, staff_number=str(10000 + position), amount=Decimal(position) / 100 + 10)
        for position in range(1, count + 1)
    ]
    return make_invoice(total=sum(line.amount for line in lines), **facts), lines


def make_credit_note(*numbers: str, **facts: Any) -> tuple[Invoice, list[InvoiceLine]]:
    """A credit note of 40 euro for each of the invoices of `numbers`."""
    lines = [
        make_line(position, corrects=make_invoice(pk=int(number[-4:]), number=number, issued_on=dt.date(2026, 9, 10)))
        for position, number in enumerate(numbers, start=1)
    ]
    note = {"kind": DocumentKind.CREDIT_NOTE, "number": "C2026-0007", "due_on": None, "payment_reference": ""}
    return make_invoice(total=Decimal(40 * len(lines)), **{**note, **facts}), lines
