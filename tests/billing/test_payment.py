"""The payment reference and the QR code of an invoice."""

from decimal import Decimal
from unittest.mock import patch

import segno
from stdnum import iso11649

from billing import payment

TRANSFER = {
    "name": "Thuiswerk BV",
    "iban": "NL91ABNA0417164300",
    "bic": "ABNANL2A",
    "amount": Decimal("1234.50"),
    "reference": "RF18539007547034",
    "alt": "QR code",
}


def test_creditor_reference_is_valid_and_ends_with_the_number():
    reference = payment.creditor_reference("F2026-0001")

    assert iso11649.validate(reference) == reference
    assert reference.endswith("F20260001")


def test_creditor_reference_with_a_mistake_is_noticed():
    reference = payment.creditor_reference("F2026-0001")

    assert not iso11649.is_valid(reference[:-1] + "2")


def test_in_fours_groups_an_iban():
    assert payment.in_fours("NL91ABNA0417164300") == "NL91 ABNA 0417 1643 00"


def test_transfer_qr_says_what_epc069_12_asks_for():
    with patch("segno.helpers.segno.make_qr", wraps=segno.make_qr) as make_qr:
        payment.transfer_qr(**TRANSFER)

    data, options = make_qr.call_args.args[0], make_qr.call_args.kwargs
    assert data.decode().split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "ABNANL2A",
        "Thuiswerk BV",
        "NL91ABNA0417164300",
        "EUR1234.5",
        "",
        "RF18539007547034",
    ]
    assert options["error"] == "m"


def test_transfer_qr_is_inline_svg_and_takes_a_long_name_without_bic():
    svg = payment.transfer_qr(**TRANSFER | {"name": "Coöperatie " * 10, "bic": ""})

    assert svg.startswith("<svg")
    assert "http://" not in svg.replace("http://www.w3.org/", "")
