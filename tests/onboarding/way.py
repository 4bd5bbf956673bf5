"""Initech on its way to a portal: each function takes its lead one part further, by the workflows."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from onboarding import acceptance, building, company_check, intake, links
from onboarding.company_form import CompanyForm
from onboarding.intake_models import Intake
from onboarding.models import AccessLink, Build, Lead, Purpose, Stage
from onboarding.roster_file import read_pasted
from portals.images import clean_image
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, World, make_documents

HOST = {"HTTP_HOST": "localhost:8000"}
COMPANY = {
    "name": "Initech",
    "legal_name": "Initech B.V.",
    "country": "NL",
    "kvk_number": "12345678",
    "vat_number": "NL004495445B01",
    "statutory_seat": "Utrecht",
    "street": "Stationsplein 9",
    "postal_code": "3511 ED",
    "city": "Utrecht",
    "contact_name": "Crediteuren",
    "invoice_email": "facturen@initech.example",
    "reference": "Thuiswerk",
    "specification": "staff_number",
    "mail_domains": "initech.example",
    "language": "nl",
    "hr_name": "Irma de Graaf",
    "hr_email": "irma@initech.example",
    "hr_phone": "020 123 4567",
}
PEOPLE = "\n".join(
    [
        "e-mail\tnaam\tpersoneelsnummer\tbedrag",
        "peter@initech.example\tPeter\t17\t",
        "samir@initech.example\tSamir\t18\t100,00",
    ]
)


def picture(color: str = "#aa3322", size: tuple[int, int] = (400, 120)) -> "ContentFile[bytes]":
    file = BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return clean_image(ContentFile(file.getvalue()))


def agreed_lead(**fields: Any) -> Lead:
    """A lead whose company said yes to the offer."""
    return make_lead(Stage.AGREED, budget=Decimal("300.00"), **fields)


def link_of(lead: Lead, purpose: Purpose = Purpose.INTAKE) -> AccessLink:
    return links.make_link(lead, purpose, name="Irma de Graaf", email="irma@initech.example", now=NOW)


def filled_in(lead: Lead, *, company: dict[str, str] = COMPANY, people: str = PEOPLE) -> Intake:
    """An intake with all parts done."""
    taken, link = intake.intake_of(lead, now=NOW), link_of(lead)
    form = CompanyForm(company)
    assert form.is_valid(), form.errors
    intake.keep_company(taken, form.texts, is_done=True, link=link, now=NOW)
    intake.keep_people(taken, read_pasted(people), name="lijst", link=link, now=NOW)
    intake.confirm_people(taken, link=link, now=NOW)
    look = {"color": "#aa3322", "header_alt": "Een bureau bij het raam", "is_done": True, "link": link, "now": NOW}
    intake.keep_look(taken, logo=picture(), header=picture(size=(1600, 400)), **look)
    make_documents()
    documents = acceptance.documents_to_accept(lead, now=NOW)
    hashes = {document.kind: document.sha256 for document in documents}
    who = {"name": "Irma de Graaf", "role": "HR", "email": link.email, "language": lead.language}
    acceptance.accept(lead, hashes=hashes, now=NOW, **who)
    return taken


def handed_over(lead: Lead) -> Intake:
    taken = filled_in(lead)
    intake.hand_over(taken, link=link_of(lead), now=NOW)
    return taken


def plan_for(world: World, **changes: Any) -> building.Plan:
    values: dict[str, Any] = {
        "name": "Initech Thuiswerkwinkel",
        "slug": "initech",
        "credit": Decimal("300.00"),
        "live_from": NOW.date() + dt.timedelta(days=14),
        "categories": [world.chairs, world.desks],
    }
    return building.Plan(**(values | changes))


def built(world: World, **fields: Any) -> Build:
    """The portal of Initech, in build."""
    lead = agreed_lead(**fields)
    handed_over(lead)
    return building.make_portal(lead, plan_for(world), now=NOW, actor=world.coordinator)


def approved(world: World) -> Build:
    """The portal of Initech, approved by Irma."""
    build = built(world)
    company_check.ask_to_check(build, now=NOW, actor=world.coordinator)
    company_check.approve(build, name="Irma de Graaf", role="HR", link=link_of(build.lead, Purpose.CHECK), now=NOW)
    return build
