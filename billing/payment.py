"""How a company pays an invoice: the reference that names it, and the QR code that fills in the transfer."""

from decimal import Decimal

from segno.helpers import make_epc_qr
from stdnum.iso7064 import mod_97_10


def creditor_reference(number: str) -> str:
    """The ISO 11649 reference of a document number: `F2026-0001` becomes `RF` + two check digits + `F20260001`."""
    body = "".join(character for character in number.upper() if character.isalnum())
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def in_fours(code: str) -> str:
    """An IBAN or a reference in groups of four, as it is read aloud."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def transfer_qr(*, name: str, iban: str, bic: str, amount: Decimal, reference: str, alt: str) -> str:
    """A SEPA credit transfer of `amount` euro as inline SVG: the quick response code of EPC069-12, version 002.

    `alt` is what is read aloud in its place.
    """
    code = make_epc_qr(name=name[:70], iban=iban, bic=bic or None, amount=amount, reference=reference, encoding="utf-8")
    return code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None, title=alt)
