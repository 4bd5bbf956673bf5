"""Who invoices whom: what is checked of operator and company before an invoice, and what is copied at issue.

No VAT number of either is copied: what the invoice asks back is outside the scope of VAT (decision 0004), and an
e-invoice of category O may not hold one (EN 16931, BR-O-02 to BR-O-04).
"""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum import bic, iban

from portals.models import Company, Portal

BUYER_NEEDS = ("legal_name", "street", "postal_code", "city", "invoice_email")
SELLER_NEEDS = ("name", "address", "email", "phone")
TOWN = re.compile(r"(?P<postal_code>\d{4} ?[A-Z]{2}) +(?P<city>.+)")


class PartyIncomplete(Exception):
    """Something that an invoice must say is not known. Its text is for people, in the language that is active."""


class CompanyIncomplete(PartyIncomplete):
    """The company lacks data that an invoice must carry; `missing` holds the names of the fields."""

    def __init__(self, company: Company, missing: list[str]) -> None:
        self.company = company
        self.missing = missing
        text = _("%(company)s: no invoice yet, because this is missing: %(missing)s.")
        super().__init__(text % {"company": company, "missing": names_of(missing)})


class OperatorIncomplete(PartyIncomplete):
    """The installation does not say who sends the invoice or where it is paid; `missing` names the settings."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        text = _("No invoice can be made: check the setting of %(names)s.")
        super().__init__(text % {"names": ", ".join(missing)})


def check_parties(company: Company) -> None:
    """Refuses OperatorIncomplete or CompanyIncomplete where an invoice would lack what it must say."""
    check_operator()
    if missing := missing_of(company):
        raise CompanyIncomplete(company, missing)


def check_operator() -> None:
    """Refuses OperatorIncomplete where no invoice at all can be issued."""
    if faults := _faults_of_seller():
        raise OperatorIncomplete([f"OPERATOR_{key.upper()}" for key in faults])


def missing_of(company: Company) -> list[str]:
    """The fields of `company` that are empty and must be on its invoice."""
    missing = [name for name in BUYER_NEEDS if not getattr(company, name).strip()]
    if not company.legal_identifier[0]:
        missing.append("enterprise_number" if company.country == "BE" else "kvk_number")
    if company.needs_order_number and not company.order_number.strip():
        missing.append("order_number")
    return missing


def names_of(missing: Iterable[str]) -> str:
    """What the back office calls these fields of a company."""
    return ", ".join(str(Company._meta.get_field(name).verbose_name) for name in missing)  # type: ignore[union-attr]


def seller() -> dict[str, str]:
    """What an invoice says of the operator."""
    operator: dict[str, str] = settings.OPERATOR
    street, town = _address_of(operator["address"])
    return {
        "name": operator["name"],
        "address": operator["address"],
        "street": street,
        **town,
        "country": "NL",
        "email": operator["email"],
        "phone": operator["phone"],
        "kvk_number": operator["kvk_number"],
        "iban": iban.compact(operator["iban"]),
        "bic": bic.compact(operator["bic"]),
    }


def buyer(portal: Portal) -> dict[str, Any]:
    """What an invoice says of the company of `portal`."""
    company = portal.company
    identifier, scheme = company.legal_identifier
    return {
        "name": company.legal_name,
        "contact": company.contact_name,
        "street": company.street,
        "postal_code": company.postal_code,
        "city": company.city,
        "country": company.country,
        "address": company.address_lines,
        "identifier": identifier,
        "scheme": scheme,
        "email": company.invoice_email,
        "emails": company.invoice_emails,
        "portal": portal.name,
        "customer_number": f"D{company.pk:05d}" if company.pk else "",
    }


def _faults_of_seller() -> list[str]:
    """What of the operator is lacking, or is no account: an issued invoice would ask for payment there for good."""
    operator = settings.OPERATOR
    faults = [key for key in SELLER_NEEDS if not operator[key].strip()]
    if operator["address"].strip() and not all(_address_of(operator["address"])):
        faults.append("address")
    if not re.fullmatch(r"\d{8}", operator["kvk_number"]):
        faults.append("kvk")
    if not iban.is_valid(operator["iban"]):
        faults.append("iban")
    if operator["bic"] and not bic.is_valid(operator["bic"]):
        faults.append("bic")
    return faults


def _address_of(text: str) -> tuple[str, dict[str, str]]:
    """Street and town of an address whose last line is `1015 CN Amsterdam`; an empty town where it is not."""
    *street, last = text.strip().splitlines() or [""]
    town = TOWN.fullmatch(last.strip())
    return ", ".join(line.strip() for line in street), town.groupdict() if town else {}
