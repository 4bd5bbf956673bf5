"""What is checked before issue because no official rule of e-invoices asks it.

The sentences are for finance, in the language that is active: each says what is wrong, so that it can be put right.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree
from stdnum import iban, iso11649
from stdnum.be import vat as belgian_number

from billing.einvoice import CAC, CBC
from billing.models import Invoice, InvoiceLine
from portals.company import BELGIAN, KVK, OIN
from thuiswerk.lib.money import ZERO, euro

KVK_NUMBER, OIN_NUMBER, BELGIAN_NUMBER = (re.compile(digits) for digits in (r"[0-9]{8}", r"[0-9]{20}", r"[0-9]{10}"))
VAT_NUMBER = re.compile(r"\b(NL[0-9]{9}B[0-9]{2}|BE[01][0-9]{9})\b", re.IGNORECASE)
RATE = re.compile(r"[0-9] ?(%|procent\b|percent\b|per cent\b)", re.IGNORECASE)


def faults(invoice: Invoice, lines: Sequence[InvoiceLine], xml: bytes) -> list[str]:
    """Why `invoice`, of which `xml` is the e-invoice, cannot be issued; nothing where it can."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    return [*_of_payment(invoice), *_of_parties(invoice), *_of_amounts(invoice, lines, root), *_of_vat(root)]


def _of_payment(invoice: Invoice) -> Iterator[str]:
    if not iban.is_valid(invoice.seller["iban"]):
        yield _("The IBAN %(iban)s is not valid.") % {"iban": invoice.seller["iban"]}
    if not invoice.is_credit_note and not iso11649.is_valid(invoice.payment_reference):
        yield _("The payment reference “%(reference)s” is not valid.") % {"reference": invoice.payment_reference}


def _of_parties(invoice: Invoice) -> Iterator[str]:
    if not KVK_NUMBER.fullmatch(invoice.seller["kvk_number"]):
        yield _("Our KvK number “%(number)s” does not have 8 digits.") % {"number": invoice.seller["kvk_number"]}
    scheme, number = invoice.buyer["scheme"], invoice.buyer["identifier"]
    if scheme == KVK and not KVK_NUMBER.fullmatch(number):
        yield _("The KvK number “%(number)s” of the company does not have 8 digits.") % {"number": number}
    elif scheme == OIN and not OIN_NUMBER.fullmatch(number):
        yield _("The OIN “%(number)s” of the company does not have 20 digits.") % {"number": number}
    elif scheme == BELGIAN and not (BELGIAN_NUMBER.fullmatch(number) and belgian_number.is_valid(number)):
        yield _("The enterprise number “%(number)s” of the company is not valid.") % {"number": number}
    elif scheme not in (KVK, OIN, BELGIAN):
        yield _("The company has no KvK number, OIN or Belgian enterprise number.")


def _of_amounts(invoice: Invoice, lines: Sequence[InvoiceLine], root: etree._Element) -> Iterator[str]:
    told = list(root.iterfind(f"{CAC}CreditNoteLine" if invoice.is_credit_note else f"{CAC}InvoiceLine"))
    if len(told) != len(lines):
        yield _("The e-invoice does not have the lines of the document.")
    for line, element in zip(lines, told, strict=False):
        if not _is_one_piece(element, line.amount):
            yield _("Line %(position)d is not quantity 1 times its amount.") % {"position": line.position}
    total = sum((line.amount for line in lines), ZERO)
    if invoice.total != total:
        yield _("The lines add up to %(lines)s, and the total says %(total)s.") % {
            "lines": euro(total),
            "total": euro(invoice.total),
        }
    if root.findtext(f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount") != f"{invoice.payable:.2f}":
        yield _("The total of the e-invoice is not that of the document.")
    if invoice.total <= 0:
        yield _("The total is not above zero.")


def _is_one_piece(element: etree._Element, amount: Decimal) -> bool:
    quantity = element.findtext(f"{CBC}InvoicedQuantity") or element.findtext(f"{CBC}CreditedQuantity")
    prices = {element.findtext(path) for path in (f"{CAC}Price/{CBC}PriceAmount", f"{CBC}LineExtensionAmount")}
    return quantity == "1" and prices == {f"{amount:.2f}"}


def _of_vat(root: etree._Element) -> Iterator[str]:
    if any(True for _element in root.iter(f"{CAC}PartyTaxScheme")) or VAT_NUMBER.search(" ".join(root.itertext())):
        yield _("A VAT number has no place on this document.")
    rates = [element for element in root.iter(etree.Element) if etree.QName(element).localname.endswith("Percent")]
    reason = " ".join(element.text or "" for element in root.iter(f"{CBC}TaxExemptionReason"))
    if rates or RATE.search(reason):
        yield _("A VAT rate has no place on this document.")
