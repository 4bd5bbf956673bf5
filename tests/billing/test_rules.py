from concurrent.futures import ThreadPoolExecutor

import pytest

from billing import einvoice, rules
from portals.models import EInvoiceProfile
from tests.billing.paperwork import make_credit_note, make_document


def ids(content: bytes) -> list[str]:
    """The rules that `content` breaks, each once."""
    return sorted({finding.partition(":")[0] for finding in rules.findings(content)})


def invoice_with(old: bytes, new: bytes, **facts: object) -> bytes:
    content = einvoice.build(*make_document(2, **facts))
    changed = content.replace(old, new, 1)
    assert content != changed
    return changed


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        (b"VATEX-EU-O", b"VATEX-EU-NONE", ["BR-CL-22"]),
        (b'<cbc:EndpointID schemeID="0106">87654321</cbc:EndpointID>', b"", ["PEPPOL-EN16931-R010"]),
        (b"<cbc:BuyerReference>HR-4711</cbc:BuyerReference>", b"", ["PEPPOL-EN16931-R003"]),
        (b'<cbc:PayableAmount currencyID="EUR">20.03', b'<cbc:PayableAmount currencyID="EUR">20.04', ["BR-CO-16"]),
    ],
)
def test_what_breaks_a_rule_is_found(old, new, broken):
    assert ids(invoice_with(old, new)) == broken


def test_percentage_is_found():
    content = einvoice.build(*make_document()).replace(
        b"<cbc:ID>O</cbc:ID>", b"<cbc:ID>O</cbc:ID><cbc:Percent>0</cbc:Percent>"
    )

    assert "BR-O-05" in ids(content)


def test_vat_number_is_found():
    number = (
        b"<cac:PartyTaxScheme><cbc:CompanyID>NL123456789B01</cbc:CompanyID>"
        b"<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>"
    )

    assert "BR-O-02" in ids(invoice_with(b"<cac:PartyLegalEntity>", number))


def test_schema_is_kept():
    (first, *_rest) = rules.findings(invoice_with(b"<cbc:DueDate>2026-12-10", b"<cbc:DueDate>soon"))

    assert first.startswith("XSD: ")
    assert "soon" in first


def test_credit_note_has_rules_of_its_own():
    content = einvoice.build(*make_credit_note("F2026-0001"))

    assert ids(content) == []
    assert ids(content.replace(b"<cbc:CreditNoteTypeCode>381", b"<cbc:CreditNoteTypeCode>999")) != []


def test_peppol_asks_more_than_nlcius_here():
    scheme = b'<cbc:EndpointID schemeID="0106">87654321</cbc:EndpointID>'

    assert ids(invoice_with(scheme, b"", profile=EInvoiceProfile.PEPPOL)) == ["PEPPOL-EN16931-R010"]
    assert ids(invoice_with(scheme, b"", profile=EInvoiceProfile.NLCIUS)) == []


@pytest.mark.parametrize("content", [b"", b"no xml", b"<Invoice/>", b"<a>&b;</a>"])
def test_what_is_no_e_invoice_is_a_finding(content):
    (finding,) = rules.findings(content)

    assert finding.startswith("XML: ")


def test_document_type_is_a_finding_and_reads_no_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("credit")
    head = f'<!DOCTYPE Invoice [<!ENTITY word SYSTEM "{secret.as_uri()}">]><Invoice '.encode()

    found = rules.findings(invoice_with(b"<Invoice ", head).replace(b"HR-4711", b"&word;"))

    assert found == ["XML: a document type declaration has no place in an e-invoice."]


def test_without_rule_files_nothing_passes(monkeypatch):
    monkeypatch.setattr(rules, "_en_16931", lambda: rules.rule_file("facturx", "missing.xslt"))

    with pytest.raises(rules.CannotCheck):
        rules.findings(einvoice.build(*make_document()))


def test_rules_that_stop_by_themselves_do_not_pass(monkeypatch, tmp_path):
    sheet = tmp_path / "stops.xsl"
    sheet.write_text(
        '<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><xsl:value-of select="number(error())"/></xsl:template></xsl:stylesheet>'
    )
    monkeypatch.setattr(rules, "_en_16931", lambda: sheet)

    with pytest.raises(rules.CannotCheck):
        rules.findings(einvoice.build(*make_document()))


def test_rules_that_look_at_nothing_do_not_pass():
    with pytest.raises(rules.CannotCheck):
        rules._told('<svrl:schematron-output xmlns:svrl="http://purl.oclc.org/dsdl/svrl"/>')


def test_threads_take_turns():
    good, bad = (
        einvoice.build(*make_document(20)),
        invoice_with(b"<cbc:BuyerReference>HR-4711</cbc:BuyerReference>", b""),
    )

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ids, [good, bad] * 20))

    assert found == [[], ["PEPPOL-EN16931-R003"]] * 20


def test_memory_stays_flat():
    content = einvoice.build(*make_document(20))
    for _warm in range(100):
        rules.findings(content)
    before = resident()

    for _again in range(300):
        rules.findings(content)

    assert resident() - before < 64


def resident() -> int:
    """The memory of this process, in MiB."""
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * 4096 // 2**20
