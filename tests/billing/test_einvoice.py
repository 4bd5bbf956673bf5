import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from billing import einvoice, own_checks, rules
from billing.models import Invoice, InvoiceLine, Origin
from portals.models import EInvoiceProfile, Specification
from tests.billing.paperwork import (
    BELGIAN_BUYER,
    BUYER,
    OIN_BUYER,
    VAT_SENTENCE,
    make_credit_note,
    make_document,
    make_invoice,
    make_line,
)

NAMES = {"cbc": einvoice.CBC.strip("{}"), "cac": einvoice.CAC.strip("{}")}
HOSTILE = [
    "Ærøskøbing Ñandú Łódź",
    "R&D <b>Zij & Zoon</b> ]]>",
    "Bob 🦊 \u202e",
    "x" * 200,
    "\x00\x0bBob\ud800\ufffe\n de  Vries\t",
]
PROFILES = list(EInvoiceProfile)
ADVISED_AGAINST = [  # BR-NL-24, 31 and 35
    "//cac:BillingReference//cbc:IssueDate",
    "//cac:FinancialInstitutionBranch",
    "//cbc:TaxExemptionReasonCode",
]


def said(content: bytes, path: str) -> list[str]:
    """The texts at `path` of an e-invoice, in their order."""
    found = etree.fromstring(content).xpath(path, namespaces=NAMES)
    return [node if isinstance(node, str) else "".join(node.itertext()).strip() for node in found]


def faults(invoice: Invoice, lines: list[InvoiceLine]) -> list[str]:
    content = einvoice.build(invoice, lines)
    return [*rules.findings(content), *own_checks.faults(invoice, lines, content)]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("count", [1, 20, 1000])
def test_invoice_of_any_length_keeps_the_rules(count, profile):
    invoice, lines = make_document(count, profile=profile)

    content = einvoice.build(invoice, lines)

    assert rules.findings(content) == []
    assert own_checks.faults(invoice, lines, content) == []
    assert len(said(content, "//cac:InvoiceLine")) == count


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("numbers", [["F2026-0001"], ["F2026-0003", "F2026-0001", "F2026-0002"]])
def test_credit_note_names_each_invoice_that_it_corrects(numbers, language, profile):
    note, lines = make_credit_note(*numbers, profile=profile, language=language)

    content = einvoice.build(note, lines)

    assert faults(note, lines) == []
    assert said(content, "//cac:BillingReference//cbc:ID") == sorted(numbers)
    assert said(content, "//cbc:CreditNoteTypeCode") == ["381"]
    assert said(content, "//cbc:PaymentMeansCode") == ["57"]
    assert said(content, "//cac:PaymentTerms/cbc:Note")[0].endswith(", ".join(sorted(numbers)))


def test_credit_note_names_an_invoice_once_with_its_day():
    note, lines = make_credit_note("F2026-0001", "F2026-0001")

    content = einvoice.build(note, lines)

    assert said(content, "//cac:InvoiceDocumentReference/*") == ["F2026-0001", "2026-09-10"]
    assert said(content, "//cbc:Description") == ["Corrigeert factuur F2026-0001"] * 2
    assert said(content, "//cac:Item/cbc:Name") == ["Teruggegeven tegoed, medewerker 10017"] * 2


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("buyer", [BUYER, OIN_BUYER, BELGIAN_BUYER], ids=["kvk", "oin", "belgian"])
def test_buyer_is_addressed_by_the_number_of_its_register(buyer, profile):
    invoice, lines = make_document(buyer=buyer, profile=profile)

    content = einvoice.build(invoice, lines)

    assert faults(invoice, lines) == []
    numbers = ("//cac:AccountingCustomerParty//cbc:EndpointID", "//cac:AccountingCustomerParty//cbc:CompanyID")
    assert [said(content, path) for path in numbers] == [[buyer["identifier"]]] * 2
    assert [said(content, f"{path}/@schemeID") for path in numbers] == [[buyer["scheme"]]] * 2


@pytest.mark.parametrize(
    ("facts", "reference", "order"),
    [
        ({}, ["HR-4711"], []),
        ({"buyer_reference": "", "order_number": "PO 9"}, [], ["PO 9"]),
        ({"order_number": "PO 9"}, ["HR-4711"], ["PO 9"]),
        ({"buyer_reference": ""}, ["D00001"], []),
    ],
)
@pytest.mark.parametrize("profile", PROFILES)
def test_buyer_finds_its_reference_its_order_or_else_its_number(profile, facts, reference, order):
    invoice, lines = make_document(profile=profile, **facts)

    content = einvoice.build(invoice, lines)

    assert faults(invoice, lines) == []
    assert said(content, "//cbc:BuyerReference") == reference
    assert said(content, "//cac:OrderReference/cbc:ID") == order


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("specification", Specification)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_keep_the_rules(hostile, specification, language, profile):
    words = {"staff_number": hostile[:30], "name": hostile, "cost_centre": hostile[:30], "order_number": hostile[:20]}
    words |= {"products": hostile, "products_back": hostile}
    note, credited = make_credit_note("F2026-0001", specification=specification, language=language, profile=profile)
    invoice, _lines = make_document(specification=specification, language=language, profile=profile)
    invoice.total = Decimal(40)
    invoice.buyer = {**BUYER, "name": hostile, "street": hostile, "city": hostile, "contact": hostile}
    invoice.reason = invoice.buyer_reference = invoice.order_number = hostile
    credited[0].name = credited[0].products = hostile

    assert faults(invoice, [make_line(**words)]) == []
    assert faults(note, credited) == []


@pytest.mark.parametrize(
    ("raw", "clean"), [("\x00\x0bBob\n de  Vries\t", "Bob de Vries"), ("R&D <b>", "R&D <b>"), ("🦊", "🦊")]
)
def test_words_arrive_as_they_are_without_what_xml_refuses(raw, clean):
    invoice = make_invoice(specification=Specification.NAME, language="en")

    content = einvoice.build(invoice, [make_line(name=raw)])

    assert said(content, "//cac:Item/cbc:Name") == [f"Consumed credit, {clean}"]


@pytest.mark.parametrize(
    ("specification", "facts", "title"),
    [
        (Specification.STAFF_NUMBER, {}, "Verbruikt tegoed, medewerker 10017"),
        (Specification.STAFF_NUMBER, {"staff_number": ""}, "Verbruikt tegoed, medewerker zonder personeelsnummer"),
        (Specification.NAME, {"name": "Bob Özil"}, "Verbruikt tegoed, Bob Özil"),
        (Specification.COST_CENTRE, {"cost_centre": "K1", "staff_number": ""}, "Verbruikt tegoed, kostenplaats K1"),
        (Specification.COST_CENTRE, {"staff_number": ""}, "Verbruikt tegoed, zonder kostenplaats"),
        (Specification.ORDER, {"order_number": "TW26-1"}, "Verbruikt tegoed, bestelling TW26-1"),
        (Specification.PRODUCTS, {"order_number": "TW26-1"}, "Verbruikt tegoed, bestelling TW26-1"),
    ],
)
def test_line_tells_what_the_specification_says(specification, facts, title):
    invoice, line = make_invoice(specification=specification), make_line(**facts)

    content = einvoice.build(invoice, [line])

    assert faults(invoice, [line]) == []
    assert said(content, "//cac:Item/cbc:Name") == [title]
    assert said(content, "//cac:AdditionalItemProperty/cbc:Value") == [line.staff_number] * bool(line.staff_number)
    assert said(content, "//cbc:AccountingCost") == [line.cost_centre] * bool(line.cost_centre)
    assert said(content, "//cac:InvoiceLine/cac:DocumentReference/*") == (
        [line.order_number, "130"] if line.order_number else []
    )


def test_line_is_one_piece_with_its_days():
    content = einvoice.build(make_invoice(language="en"), [make_line(orders=3)])

    assert said(content, "//cbc:InvoicedQuantity | //cbc:PriceAmount | //cac:InvoiceLine/cbc:LineExtensionAmount") == [
        "1",
        "40.00",
        "40.00",
    ]
    assert said(content, "//cac:InvoiceLine/cac:InvoicePeriod/*") == ["2026-10-06", "2026-10-19"]
    assert said(content, "//cbc:Description") == ["3 orders"]
    assert said(content, "//cbc:InvoicedQuantity/@unitCode") == ["C62"]


@pytest.mark.parametrize("profile", PROFILES)
def test_credit_is_outside_the_scope_of_vat(profile):
    content = einvoice.build(*make_document(3, profile=profile))

    assert said(content, "//cac:ClassifiedTaxCategory/cbc:ID | //cac:TaxCategory/cbc:ID") == ["O"] * 4
    assert said(content, "//cbc:TaxAmount") == ["0.00", "0.00"]
    assert said(content, "//cbc:TaxExemptionReason") == [VAT_SENTENCE]
    assert said(content, "//cbc:Percent | //cac:PartyTaxScheme") == []


def test_invoice_says_when_where_and_how_to_pay():
    invoice, lines = make_document(2)

    content = einvoice.build(invoice, lines)

    assert said(content, "/*/cbc:DueDate") == ["2026-12-10"]
    assert said(content, "//cac:PaymentMeans//cbc:*") == [
        "58",
        invoice.payment_reference,
        "NL91ABNA0417164300",
        "ABNANL2A",
    ]
    assert said(content, "//cac:LegalMonetaryTotal/*") == ["20.03"] * 4
    assert said(content, "/*/cac:InvoicePeriod/*") == ["2026-10-01", "2026-10-31"]


@pytest.mark.parametrize(("profile", "count"), [(EInvoiceProfile.PEPPOL, 3), (EInvoiceProfile.NLCIUS, 0)])
def test_nlcius_goes_without_what_it_advises_against(profile, count):
    invoice = einvoice.build(*make_document(profile=profile))
    note = einvoice.build(*make_credit_note("F2026-0001", profile=profile))

    assert sum(bool(said(invoice, path) or said(note, path)) for path in ADVISED_AGAINST) == count
    assert said(invoice, "//cbc:CustomizationID") == [einvoice.CUSTOMIZATIONS[profile]]


def test_late_entry_widens_the_period_and_keeps_its_own_days():
    late = dt.date(2026, 8, 30)
    invoice = make_invoice(starts_on=late, total=Decimal(80))
    lines = [make_line(), make_line(2, first_day=late, last_day=late)]

    content = einvoice.build(invoice, lines)

    assert faults(invoice, lines) == []
    assert said(content, "//cac:InvoicePeriod/cbc:StartDate") == ["2026-08-30", "2026-10-06", "2026-08-30"]


def test_specimen_says_that_it_is_one():
    invoice, lines = make_document(origin=Origin.SPECIMEN, number="VOORBEELD", language="en")

    (note,) = said(einvoice.build(invoice, lines), "/*/cbc:Note")

    assert note.startswith("EXAMPLE")
    assert faults(invoice, lines) == []


def test_line_of_an_order_does_not_count_orders():
    invoice, line = make_invoice(specification=Specification.ORDER), make_line(order_number="TW26-1")

    assert said(einvoice.build(invoice, [line]), "//cbc:Description") == []


def test_correction_says_its_reason():
    note, lines = make_credit_note("F2026-0001", reason="Wrong cost centre & name", language="en")

    content = einvoice.build(note, lines)

    assert said(content, "/*/cbc:Note") == ["Reason of the correction: Wrong cost centre & name"]


def test_same_rows_make_the_same_bytes():
    assert einvoice.build(*make_document(5)) == einvoice.build(*make_document(5))


cents = st.integers(min_value=1, max_value=10**9).map(lambda number: Decimal(number) / 100)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(st.tuples(st.text(max_size=200), cents), min_size=1, max_size=8),
    name=st.text(max_size=60),
    specification=st.sampled_from(Specification),
    profile=st.sampled_from(EInvoiceProfile),
)
def test_any_names_and_amounts_keep_the_rules(rows, name, specification, profile):
    lines = [
        make_line(
            position,
            name=text,
            staff_number=text[:30],
            cost_centre=text[:30],
            order_number=text[:20],
            products=text,
            amount=amount,
        )
        for position, (text, amount) in enumerate(rows, start=1)
    ]
    invoice = make_invoice(
        total=sum(amount for _text, amount in rows),
        specification=specification,
        profile=profile,
        buyer={**BUYER, "name": f"Acme {name}", "contact": name},
        buyer_reference=f"HR {name}",
    )

    content = einvoice.build(invoice, lines)

    assert rules.findings(content) == []
    assert own_checks.faults(invoice, lines, content) == []
    assert [Decimal(text) for text in said(content, "//cbc:PriceAmount")] == [amount for _text, amount in rows]
