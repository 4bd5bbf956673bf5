"""The e-invoice of a document: UBL 2.1 by the rules of Peppol BIS Billing 3.0 or of NLCIUS.

- Made of `(invoice, lines)` as they were frozen, and of nothing else; both may be unsaved. Same rows, same bytes.
- Credit is outside the scope of VAT (decision 0004): category O, its reason, tax 0.00, no rate, no VAT number.
- What has no content is left out: an empty element is refused by Peppol (R008).
- NLCIUS advises against three elements, and its documents go without: decision 0019.
"""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from billing.models import Invoice, InvoiceLine
from billing.wording import line_explanation, line_title, replaced_by, replaces_told
from portals.company import KVK, EInvoiceProfile

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC = f"{{{UBL}CommonBasicComponents-2}}"
CAC = f"{{{UBL}CommonAggregateComponents-2}}"

EN_16931 = "urn:cen.eu:en16931:2017"
CUSTOMIZATIONS = {
    EInvoiceProfile.PEPPOL: f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    EInvoiceProfile.NLCIUS: f"{EN_16931}#compliant#urn:fdc:nen.nl:nlcius:v1.0",
}
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

INVOICE, CREDIT_NOTE = "380", "381"  # UNTDID 1001
INVOICED_OBJECT, ORDER_NUMBER = "130", "VN"  # UNTDID 1001 and 1153
STANDING_AGREEMENT, SEPA_TRANSFER = "57", "58"  # UNTDID 4461
PIECE = "C62"  # UN/ECE recommendation 20

REFUSED = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no Char of XML 1.0


def build(invoice: Invoice, lines: Sequence[InvoiceLine]) -> bytes:
    """The e-invoice of `invoice`, whose `lines` know what they correct."""
    with translation.override(invoice.language):
        root = _root(invoice)
        _heading(root, invoice)
        _references(root, invoice, lines)
        _seller(_child(root, "AccountingSupplierParty"), invoice)
        _buyer(_child(root, "AccountingCustomerParty"), invoice)
        _payment(root, invoice, lines)
        _tax(root, invoice)
        _totals(root, invoice)
        for line in lines:
            _line(root, invoice, line)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _root(invoice: Invoice) -> etree._Element:
    name = "CreditNote" if invoice.is_credit_note else "Invoice"
    return etree.Element(
        f"{{{UBL}{name}-2}}{name}", nsmap={None: f"{UBL}{name}-2", "cac": CAC.strip("{}"), "cbc": CBC.strip("{}")}
    )


def _heading(root: etree._Element, invoice: Invoice) -> None:
    _say(root, "CustomizationID", CUSTOMIZATIONS[EInvoiceProfile(invoice.profile)])
    _say(root, "ProfileID", PROFILE)
    _say(root, "ID", invoice.number)
    _say(root, "IssueDate", invoice.issued_on)
    if invoice.is_credit_note:
        _say(root, "CreditNoteTypeCode", CREDIT_NOTE)
    else:
        _say(root, "DueDate", invoice.due_on)
        _say(root, "InvoiceTypeCode", INVOICE)
    _say(root, "Note", _note(invoice))
    _say(root, "DocumentCurrencyCode", "EUR")


def _note(invoice: Invoice) -> str:
    """The one note that Peppol allows (R002)."""
    notes = []
    if invoice.is_specimen:
        notes.append(_("EXAMPLE: this is what your invoice will look like. Do not pay it and do not book it."))
    if replaced := replaced_by(invoice):
        notes.append(replaces_told(invoice, replaced))
    if invoice.reason:
        notes.append(_("Reason of the correction: %(reason)s") % {"reason": invoice.reason})
    return " ".join(notes)


def _references(root: etree._Element, invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    """What the buyer recognises the document by: its reference or its order, at least one (Peppol R003)."""
    _say(root, "BuyerReference", invoice.buyer_reference or _own_number(invoice))
    _period(root, invoice.starts_on, invoice.ends_on)
    if _clean(invoice.order_number):
        _say(_child(root, "OrderReference"), "ID", invoice.order_number)
    replaced = replaced_by(invoice)
    for corrected in [replaced] if replaced else _corrected(lines):
        reference = _child(_child(root, "BillingReference"), "InvoiceDocumentReference")
        _say(reference, "ID", corrected.number)
        if _says_all(invoice):
            _say(reference, "IssueDate", corrected.issued_on)


def _own_number(invoice: Invoice) -> str:
    """The buyer's customer number, where it gave neither a reference nor an order."""
    return "" if _clean(invoice.order_number) else invoice.buyer["customer_number"]


def _corrected(lines: Sequence[InvoiceLine]) -> list[Invoice]:
    """The invoices that `lines` correct, each once, by number."""
    invoices = {line.corrects.number: line.corrects for line in lines if line.corrects}
    return sorted(invoices.values(), key=lambda invoice: str(invoice.number))


def _seller(parent: etree._Element, invoice: Invoice) -> None:
    seller = invoice.seller
    party = _party(parent, seller, seller["kvk_number"], KVK)
    contact = _child(party, "Contact")
    _say(contact, "Name", seller["name"])
    _say(contact, "Telephone", seller["phone"])
    _say(contact, "ElectronicMail", seller["email"])


def _buyer(parent: etree._Element, invoice: Invoice) -> None:
    buyer = invoice.buyer
    party = _party(parent, buyer, buyer["identifier"], buyer["scheme"], known_as=buyer["customer_number"])
    if _clean(buyer["contact"]) or _clean(buyer["email"]):
        contact = _child(party, "Contact")
        _say(contact, "Name", buyer["contact"])
        _say(contact, "ElectronicMail", buyer["email"])


def _party(
    parent: etree._Element, who: dict[str, str], identifier: str, scheme: str, known_as: str = ""
) -> etree._Element:
    party = _child(parent, "Party")
    _say(party, "EndpointID", identifier, schemeID=scheme)
    if known_as:
        _say(_child(party, "PartyIdentification"), "ID", known_as)
    address = _child(party, "PostalAddress")
    _say(address, "StreetName", who["street"])
    _say(address, "CityName", who["city"])
    _say(address, "PostalZone", who["postal_code"])
    _say(_child(address, "Country"), "IdentificationCode", who["country"])
    entity = _child(party, "PartyLegalEntity")
    _say(entity, "RegistrationName", who["name"])
    _say(entity, "CompanyID", identifier, schemeID=scheme)
    return party


def _payment(root: etree._Element, invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    means = _child(root, "PaymentMeans")
    if invoice.is_credit_note:
        _say(means, "PaymentMeansCode", STANDING_AGREEMENT)
    else:
        _say(means, "PaymentMeansCode", SEPA_TRANSFER)
        _say(means, "PaymentID", invoice.payment_reference)
        account = _child(means, "PayeeFinancialAccount")
        _say(account, "ID", invoice.seller["iban"])
        if invoice.seller["bic"] and _says_all(invoice):
            _say(_child(account, "FinancialInstitutionBranch"), "ID", invoice.seller["bic"])
    _say(_child(root, "PaymentTerms"), "Note", _terms(invoice, lines))


def _terms(invoice: Invoice, lines: Sequence[InvoiceLine]) -> str:
    if invoice.is_credit_note:
        numbers = ", ".join(str(corrected.number) for corrected in _corrected(lines))
        return _("Settled with what is open of: %(numbers)s") % {"numbers": numbers}
    days = (invoice.due_on - invoice.issued_on).days if invoice.due_on and invoice.issued_on else 0
    words = {"days": days, "reference": invoice.payment_reference}
    return (
        ngettext(
            "To be paid within %(days)d day, with the reference %(reference)s.",
            "To be paid within %(days)d days, with the reference %(reference)s.",
            days,
        )
        % words
    )


def _tax(root: etree._Element, invoice: Invoice) -> None:
    total = _child(root, "TaxTotal")
    _pay(total, "TaxAmount", Decimal(0))
    breakdown = _child(total, "TaxSubtotal")
    _pay(breakdown, "TaxableAmount", invoice.total)
    _pay(breakdown, "TaxAmount", Decimal(0))
    category = _child(breakdown, "TaxCategory")
    _say(category, "ID", "O")
    if _says_all(invoice):
        _say(category, "TaxExemptionReasonCode", "VATEX-EU-O")
    _say(category, "TaxExemptionReason", invoice.vat_sentence)
    _say(_child(category, "TaxScheme"), "ID", "VAT")


def _totals(root: etree._Element, invoice: Invoice) -> None:
    totals = _child(root, "LegalMonetaryTotal")
    for name in ("LineExtensionAmount", "TaxExclusiveAmount", "TaxInclusiveAmount"):
        _pay(totals, name, invoice.total)
    if invoice.prepaid:
        _pay(totals, "PrepaidAmount", invoice.prepaid)
    _pay(totals, "PayableAmount", invoice.payable)


def _line(root: etree._Element, invoice: Invoice, line: InvoiceLine) -> None:
    element = _child(root, "CreditNoteLine" if invoice.is_credit_note else "InvoiceLine")
    _say(element, "ID", line.position)
    _say(element, "CreditedQuantity" if invoice.is_credit_note else "InvoicedQuantity", 1, unitCode=PIECE)
    _pay(element, "LineExtensionAmount", line.amount)
    _say(element, "AccountingCost", line.cost_centre)
    _period(element, line.first_day, line.last_day)
    if _clean(line.order_number):
        order = _child(element, "DocumentReference")
        _say(order, "ID", line.order_number, schemeID=ORDER_NUMBER)
        _say(order, "DocumentTypeCode", INVOICED_OBJECT)
    _item(_child(element, "Item"), invoice, line)
    _pay(_child(element, "Price"), "PriceAmount", line.amount)


def _item(item: etree._Element, invoice: Invoice, line: InvoiceLine) -> None:
    _say(item, "Description", line_explanation(invoice, line))
    _say(item, "Name", line_title(invoice, line))
    category = _child(item, "ClassifiedTaxCategory")
    _say(category, "ID", "O")
    _say(_child(category, "TaxScheme"), "ID", "VAT")
    if _clean(line.staff_number):
        fact = _child(item, "AdditionalItemProperty")
        _say(fact, "Name", _("Staff number"))
        _say(fact, "Value", line.staff_number)


def _period(parent: etree._Element, first: dt.date, last: dt.date) -> None:
    period = _child(parent, "InvoicePeriod")
    _say(period, "StartDate", first)
    _say(period, "EndDate", last)


def _says_all(invoice: Invoice) -> bool:
    """Whether also what NLCIUS advises against is said: BR-NL-24, BR-NL-31 and BR-NL-35."""
    return invoice.profile != EInvoiceProfile.NLCIUS


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, CAC + name)


def _say(parent: etree._Element, name: str, value: object, **attributes: str) -> None:
    if text := _clean(value):
        etree.SubElement(parent, CBC + name, attributes).text = text


def _pay(parent: etree._Element, name: str, amount: Decimal) -> None:
    _say(parent, name, f"{amount:.2f}", currencyID="EUR")


def _clean(value: object) -> str:
    """The text of `value` on one line, without what XML refuses; nothing of None."""
    return "" if value is None else " ".join(REFUSED.sub("", str(value)).split())
