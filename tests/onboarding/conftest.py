"""The back office as the coordinator sees it."""

import pytest
from django.test import Client

from onboarding import links
from onboarding.portal_screen import token_of
from tests.world import World

NO_EXCEPTIONS = {
    f"{rows}-{forms}": "0"
    for rows in ("assortment_exceptions", "quantity_limits", "payroll_rules")
    for forms in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def change(portal):
    return f"/admin/portals/portal/{portal.pk}/change/"


def filled(portal, **fields):
    """What the coordinator's browser sends for a portal that was opened now and is left as it is."""
    company = portal.company
    data = {
        "seen": token_of(portal),
        "name": portal.name,
        "slug": portal.slug,
        "custom_domain": "",
        "language": "nl",
        "live_from": "2026-10-01",
        "live_until": "2027-01-31",
        "credit_per_employee": "250.00",
        "own_money": portal.own_money,
        "brand_color": portal.brand_color,
        "welcome_nl": "",
        "welcome_en": "",
        "categories": [row.category_id for row in portal.assortment.all()],
        "company_name": company.name,
        "company_legal_name": company.legal_name,
        "company_kvk_number": company.kvk_number,
        "company_street": company.street,
        "company_postal_code": company.postal_code,
        "company_city": company.city,
        "company_country": "NL",
        "company_contact_name": company.contact_name,
        "company_invoice_email": company.invoice_email,
        "company_reference": company.reference,
        "company_specification": company.specification,
        "company_products_agreed_on": company.products_agreed_on or "",
        "company_e_invoice_profile": company.e_invoice_profile,
        "company_payment_days": "30",
        "company_language": "nl",
    }
    return data | NO_EXCEPTIONS | fields


class Office:
    """A browser on the main host, signed in as staff."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path, **kwargs):
        return self.client.get(path, headers={"host": "localhost"}, **kwargs)

    def post(self, path, data=None, **kwargs):
        return self.client.post(path, data or {}, headers={"host": "localhost"}, **kwargs)


@pytest.fixture
def intake_page(monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the page on which a company hands over its data."""
    monkeypatch.setattr(links, "url_of", lambda link: f"https://thuiswerk.example/data/{link.key}")
    return "https://thuiswerk.example/data/"


@pytest.fixture
def office(world: World, client: Client, settings) -> Office:
    """The coordinator at work. The second factor has tests of its own."""
    settings.DEMO = True
    client.force_login(world.coordinator)
    return Office(client)
