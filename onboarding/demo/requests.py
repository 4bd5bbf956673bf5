"""Companies that asked for a shop, each as far as another stage: what a coordinator finds on the board."""

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from catalog.models import Category
from onboarding import acceptance, appointments, call_notes, intake, links, offer, pipeline, sign_up, slots
from onboarding.company_form import CompanyForm
from onboarding.demo import brands
from onboarding.models import AccessLink, Lead, LostReason, Purpose, Stage
from onboarding.roster_file import read_pasted
from onboarding.sign_up_form import CONSENT
from thuiswerk.lib.periods import amsterdam_date

SEED = 2027


@dataclass(frozen=True)
class Request:
    """A company and its contact. `hours`: how long ago it asked; `stage`: how far it came; `due`: the next action and
    in how many days it is to be done, below zero where it should have been done."""

    company: str
    contact: str
    contact_role: str
    stage: Stage
    hours: int
    employees: int
    budget: str
    categories: tuple[str, ...]
    wishes: str
    country: str = "NL"
    phone: str = "020 555 0140"
    due: tuple[str, int] | None = None
    color: str = "#2f5d8a"

    @property
    def slug(self) -> str:
        """`polderzicht` of Polderzicht Makelaars."""
        return self.company.split()[0].lower()

    @property
    def email(self) -> str:
        """Of the contact."""
        return f"{self.contact.split()[0].lower()}@{self.slug}.example"


REQUESTS = (
    Request(
        "Windas Techniek", "Marit Kuiper", "HR-adviseur", Stage.NEW, 2, 65, "350.00",
        ("bureaustoelen", "lampen"), "Onze monteurs schrijven thuis hun rapporten; ze zitten nu aan de keukentafel.",
    ),
    Request(
        "Polderzicht Makelaars", "Joris Smeets", "Office manager", Stage.TO_CALL, 30, 28, "250.00",
        ("meubels-en-licht",), "Graag voor de feestdagen open.", due=("Bellen over de startdatum", -1),
    ),
    Request(
        "Brouwers & Co", "Sofie De Smet", "HR-manager", Stage.CALL_PLANNED, 52, 140, "400.00",
        ("meubels-en-licht", "scherm-en-laptop"), "Kunnen onze mensen in Gent en Antwerpen ook meedoen?",
        country="BE", phone="+32 9 555 01 40",
    ),
    Request(
        "Havenlicht Logistiek", "Tarik Aydin", "Hoofd HR", Stage.CALL_HELD, 200, 320, "450.00",
        ("meubels-en-licht", "bellen-en-vergaderen"), "", due=("Informatiepakket sturen", 0),
    ),
    Request(
        "Tulpenveld Zorg", "Anneke Bos", "Manager P&O", Stage.OFFER_SENT, 290, 85, "300.00",
        ("bureaustoelen", "voetensteunen-en-houding"), "", due=("Vragen of het pakket duidelijk is", 2),
    ),
    Request(
        "Kaapstad Accountants", "Wim Verbeek", "Directeur", Stage.DATA_RECEIVED, 420, 6, "500.00",
        ("meubels-en-licht", "scherm-en-laptop"), "", due=("Winkel bouwen", 1), color="#7a4b1f",
    ),
    Request(
        "Zuiderlicht Reizen", "Pim Hofman", "Eigenaar", Stage.LOST, 700, 12, "100.00",
        ("bureaustoelen",), "", phone="",
    ),
)  # fmt: skip
COMPANY = {
    "name": "Kaapstad Accountants",
    "legal_name": "Kaapstad Accountants B.V.",
    "country": "NL",
    "kvk_number": "90001007",
    "vat_number": "NL900010058B01",
    "statutory_seat": "Amersfoort",
    "street": "Stadsring 75",
    "postal_code": "3811 HN",
    "city": "Amersfoort",
    "contact_name": "Administratie",
    "invoice_email": "facturen@kaapstad.example",
    "reference": "Thuiswerk 2026",
    "specification": "staff_number",
    "mail_domains": "kaapstad.example",
    "language": "nl",
    "hr_name": "Wim Verbeek",
    "hr_email": "wim@kaapstad.example",
    "hr_phone": "033 555 0140",
}
PEOPLE = """e-mail\tnaam\tpersoneelsnummer\tbedrag
wim@kaapstad.example\tWim Verbeek\t1\t
els@kaapstad.example\tEls Hoogland\t2\t
ravi@kaapstad.example\tRavi Sharma\t3\t
joke@kaapstad.example\tJoke Prins\t4\t250,00
thomas@kaapstad.example\tThomas Mol\t5\t
aylin@kaapstad.example\tAylin Demir\t6\t"""


def ask_for_shops(*, coordinator: User, now: dt.datetime) -> None:
    """Let every company of REQUESTS come as far as its stage, by the workflows."""
    chance = random.Random(SEED)  # noqa: S311
    for request in REQUESTS:
        asked = now - dt.timedelta(hours=request.hours)
        lead = _signed_up(request, token=uuid.UUID(int=chance.getrandbits(128), version=4), now=asked)
        if request.stage != Stage.NEW:
            _go_on(lead, request, asked=asked, coordinator=coordinator, now=now)
        if request.due is not None:
            lead.next_action, days = request.due
            lead.next_action_on = amsterdam_date(now) + dt.timedelta(days=days)
            lead.save(update_fields=["next_action", "next_action_on"])


def _signed_up(request: Request, *, token: uuid.UUID, now: dt.datetime) -> Lead:
    data = {
        "company_name": request.company,
        "contact_name": request.contact,
        "contact_role": request.contact_role,
        "email": request.email,
        "phone": request.phone,
        "country": request.country,
        "register_number": "",
        "customer_number": "",
        "employees": request.employees,
        "budget": Decimal(request.budget),
        "starts_on": None,
        "wishes": request.wishes,
    }
    chosen = Category.objects.filter(slug__in=request.categories)
    return sign_up.sign_up(data, categories=chosen, token=token, consent=str(CONSENT), language="nl", now=now).lead


def _go_on(lead: Lead, request: Request, *, asked: dt.datetime, coordinator: User, now: dt.datetime) -> None:
    pipeline.move(lead, Stage.TO_CALL, now=asked + dt.timedelta(minutes=20), actor=coordinator)
    if request.stage == Stage.TO_CALL:
        return
    if request.stage == Stage.CALL_PLANNED:
        _plan_call(lead, coordinator=coordinator, now=now - dt.timedelta(hours=3))
        return
    pipeline.move(lead, Stage.CALLED, now=asked + dt.timedelta(hours=1), actor=coordinator)
    if request.stage == Stage.LOST:
        note = "Wil eerst zien of het team groeit."
        pipeline.lose(lead, reason=LostReason.BUDGET, note=note, now=asked + dt.timedelta(hours=26), actor=coordinator)
        return
    _call(lead, request, coordinator=coordinator, now=asked + dt.timedelta(hours=48))
    if request.stage == Stage.CALL_HELD:
        return
    _offer(lead, coordinator=coordinator, now=asked + dt.timedelta(hours=50))
    if request.stage == Stage.DATA_RECEIVED:
        _hand_over(lead, request, now=now - dt.timedelta(hours=20))


def _plan_call(lead: Lead, *, coordinator: User, now: dt.datetime) -> None:
    slot = slots.free_slots(appointments.coordinator_of(lead), minutes=30, now=now)[6]
    appointments.book(
        lead, starts_at=slot, minutes=30, time_zone="Europe/Brussels", now=now, by=lead.contact_name, email=lead.email
    )


def _call(lead: Lead, request: Request, *, coordinator: User, now: dt.datetime) -> None:
    said = {
        "present_situation": "Iedereen werkt twee dagen per week thuis; er is tot nu toe niets geregeld.",
        "needs": "Goede stoelen eerst, daarna schermen en licht.",
        "head_count": request.employees,
        "budget": Decimal(request.budget),
        "starts_on": None,
        "months": 3,
        "categories": list(Category.objects.filter(slug__in=request.categories)),
        "wishes": request.wishes,
    }
    call_notes.write(lead, said, now=now, actor=coordinator)
    pipeline.move(lead, Stage.CALL_HELD, now=now, actor=coordinator)


def _offer(lead: Lead, *, coordinator: User, now: dt.datetime) -> None:
    draft = offer.prepare(lead, now=now)
    offer.send(
        lead, to=draft.to, subject=draft.subject, summary=draft.summary, now=now, actor=coordinator, token=draft.token
    )


def _hand_over(lead: Lead, request: Request, *, now: dt.datetime) -> None:
    link = links.make_link(lead, Purpose.INTAKE, name=lead.contact_name, email=lead.email, now=now)
    taken = intake.intake_of(lead, now=now)
    form = CompanyForm(COMPANY)
    if not form.is_valid():
        raise ValueError(f"The demo's company is not right: {form.errors.as_json()}")
    intake.keep_company(taken, form.texts, is_done=True, link=link, now=now)
    intake.keep_people(taken, read_pasted(PEOPLE), name="medewerkers.xlsx", link=link, now=now)
    intake.confirm_people(taken, link=link, now=now)
    intake.keep_look(
        taken,
        color=request.color,
        header_alt="Heuvels in de ochtend",
        logo=brands.logo(request),
        header=brands.header(request),
        is_done=True,
        link=link,
        now=now,
    )
    _accept(lead, link, now=now)
    intake.hand_over(taken, link=link, now=now)


def _accept(lead: Lead, link: AccessLink, *, now: dt.datetime) -> None:
    hashes = {document.kind: document.sha256 for document in acceptance.documents_to_accept(lead, now=now)}
    acceptance.accept(
        lead,
        hashes=hashes,
        name=link.name,
        role=lead.contact_role,
        email=link.email,
        language=lead.language,
        now=now,
    )
