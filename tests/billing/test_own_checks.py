from decimal import Decimal

import pytest
from django.utils import translation

from billing import einvoice, own_checks
from tests.billing.paperwork import BUYER, SELLER, make_credit_note, make_document

VAT = "A VAT number has no place on this document."
RATE = "A VAT rate has no place on this document."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def buyer(scheme: str, number: str) -> dict:
    return {"buyer": {**BUYER, "scheme": scheme, "identifier": number}}


def test_good_document_has_no_fault():
    invoice, lines = make_document(3)

    assert own_checks.faults(invoice, lines, einvoice.build(invoice, lines)) == []


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"seller": {**SELLER, "iban": "NL91ABNA0417164301"}}, "The IBAN NL91ABNA0417164301 is not valid."),
        ({"seller": {**SELLER, "kvk_number": "1234567"}}, "Our KvK number “1234567” does not have 8 digits."),
        ({"payment_reference": "RF00F20260042"}, "The payment reference “RF00F20260042” is not valid."),
        ({"payment_reference": ""}, "The payment reference “” is not valid."),
        (buyer("0106", "123456789"), "The KvK number “123456789” of the company does not have 8 digits."),
        (buyer("0106", "١٢٣٤٥٦٧٨"), "The KvK number “١٢٣٤٥٦٧٨” of the company does not have 8 digits."),
        (buyer("0190", "1" * 19), f"The OIN “{'1' * 19}” of the company does not have 20 digits."),
        (buyer("0208", "0403170702"), "The enterprise number “0403170702” of the company is not valid."),
        (buyer("", ""), "The company has no KvK number, OIN or Belgian enterprise number."),
        ({"buyer_reference": "NL123456789B01"}, VAT),
        ({"order_number": "be0403170701"}, VAT),
        ({"vat_sentence": "Hierover 21% btw."}, RATE),
        ({"vat_sentence": "Hierover 0 procent btw."}, RATE),
    ],
)
def test_each_fault_is_told_alone(facts, sentence):
    invoice, lines = make_document(2, **facts)

    assert own_checks.faults(invoice, lines, einvoice.build(invoice, lines)) == [sentence]


def test_words_of_people_may_hold_a_percentage():
    invoice, lines = make_document(buyer={**BUYER, "name": "100% Thuis B.V."})

    assert own_checks.faults(invoice, lines, einvoice.build(invoice, lines)) == []


def test_credit_note_needs_no_payment_reference():
    note, lines = make_credit_note("F2026-0001")

    assert own_checks.faults(note, lines, einvoice.build(note, lines)) == []


def test_total_is_the_sum_of_the_lines():
    invoice, lines = make_document(2)
    invoice.total += Decimal("0.01")

    (sentence,) = own_checks.faults(invoice, lines, einvoice.build(invoice, lines))

    assert sentence == "The lines add up to €\xa020,03, and the total says €\xa020,04."


def test_total_is_above_zero():
    invoice, lines = make_document(1)
    invoice.total = lines[0].amount = Decimal("0.00")

    assert own_checks.faults(invoice, lines, einvoice.build(invoice, lines)) == ["The total is not above zero."]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'"C62">1<', b'"C62">2<', "Line 1 is not quantity 1 times its amount."),
        (b'<cbc:PriceAmount currencyID="EUR">10.01', b'<cbc:PriceAmount currencyID="EUR">5.01', None),
        (
            b'<cbc:LineExtensionAmount currencyID="EUR">10.01</cbc:LineExtensionAmount>\n    <cac:InvoicePeriod>',
            b"<cac:InvoicePeriod>",
            None,
        ),
        (
            b'<cbc:PayableAmount currencyID="EUR">10',
            b'<cbc:PayableAmount currencyID="EUR">11',
            "The total of the e-invoice is not that of the document.",
        ),
        (b"cac:InvoiceLine>", b"cac:OtherLine>", "The e-invoice does not have the lines of the document."),
        (b"<cbc:ID>O</cbc:ID>", b"<cbc:ID>O</cbc:ID><cbc:Percent>0</cbc:Percent>", RATE),
        (b"<cac:PartyLegalEntity>", b"<cac:PartyTaxScheme/><cac:PartyLegalEntity>", VAT),
    ],
)
def test_e_invoice_must_say_what_the_document_says(old, new, sentence):
    invoice, lines = make_document(1)
    content = einvoice.build(invoice, lines)
    changed = content.replace(old, new)

    assert content != changed
    assert own_checks.faults(invoice, lines, changed) == [sentence or "Line 1 is not quantity 1 times its amount."]
