"""The sign-up form of the public site: what comes of it, and what does not."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import Mail
from onboarding.models import Lead, LeadStep, SignUp, Stage
from onboarding.sign_up import sign_up
from onboarding.sign_up_form import SALT
from tests.world import NOW, World, make_colleague

pytestmark = pytest.mark.django_db

HOST = {"HTTP_HOST": "localhost:8000"}


def filled_in(**changes: Any) -> dict[str, Any]:
    """The form of Initech as a person sends it."""
    opened = signing.dumps((timezone.now() - dt.timedelta(minutes=2)).timestamp(), salt=SALT)
    data = {
        "company_name": "Initech B.V.",
        "country": "NL",
        "register_number": "12 34 56 78",
        "customer_number": "",
        "contact_name": "Irma de Graaf",
        "contact_role": "HR-manager",
        "email": "Irma@Initech.example",
        "phone": "020-123 45 67",
        "employees": "120",
        "budget": "300",
        "categories": [],
        "starts_on": "",
        "wishes": "Graag ook bureaus.",
        "consent": "on",
        "token": str(uuid.uuid4()),
        "website": "",
        "opened": opened,
    }
    return data | changes


def send(client: Client, **changes: Any) -> Any:
    return client.post("/sign-up/", filled_in(**changes), **HOST)


def cleaned(**changes: Any) -> dict[str, Any]:
    data = {"company_name": "Initech B.V.", "contact_name": "Irma", "email": "irma@initech.example", "country": "NL"}
    return data | changes


def take_in(now: dt.datetime = NOW, **changes: Any) -> SignUp:
    data = cleaned(**changes)
    return sign_up(data, categories=[], token=uuid.uuid4(), consent="Ja", language="nl", now=now)


def test_form_becomes_a_lead_and_both_sides_are_mailed(client: Client, world: World):
    carla = make_colleague("carla@thuiswerk.example", "Carla", role="coordinator")

    answer = send(client, categories=[world.chairs.pk])

    lead = Lead.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/sign-up/done/")
    assert (lead.company_name, lead.email, lead.phone) == ("Initech B.V.", "irma@initech.example", "+31201234567")
    assert (lead.register_number, lead.employees, str(lead.budget)) == ("12345678", 120, "300.00")
    assert (lead.stage, lead.owner, lead.company) == (Stage.NEW, carla, None)
    assert list(lead.categories.all()) == [world.chairs]
    assert list(LeadStep.objects.values_list("from_stage", "to_stage", "by")) == [("", "new", "Irma de Graaf")]
    assert sorted(Mail.objects.values_list("to", "subject")) == [
        ("carla@thuiswerk.example", "Nieuwe aanvraag: Initech B.V."),
        ("irma@initech.example", "We hebben je aanvraag voor een Thuiswerkwinkel"),
    ]


def test_confirmation_repeats_nothing_that_a_stranger_typed(client: Client):
    send(client, company_name="http://evil.example", contact_name="Win a prize", wishes="http://evil.example/now")

    mail = Mail.objects.get(to="irma@initech.example")
    assert [word for word in ("evil", "prize") if word in mail.text + mail.html + mail.subject] == []


def test_form_sent_twice_makes_one_lead_and_one_pair_of_mails(client: Client):
    form = filled_in()

    answers = [client.post("/sign-up/", form, **HOST)["Location"] for _ in range(2)]

    assert answers == ["/sign-up/done/"] * 2
    assert (Lead.objects.count(), SignUp.objects.count(), Mail.objects.count()) == (1, 1, 2)


@pytest.mark.parametrize(
    ("changes", "joins"),
    [
        ({"email": "irma@initech.example"}, True),
        ({"email": "other@initech.example"}, True),
        ({"email": "irma@elsewhere.example", "register_number": "12345678"}, True),
        ({"email": "irma@elsewhere.example", "register_number": "87654321"}, False),
        ({"email": "irma@elsewhere.example"}, False),
        ({"email": "irma@notinitech.example"}, False),
    ],
)
def test_second_form_of_a_company_joins_its_open_lead(changes: dict[str, str], joins: bool):
    first = take_in(register_number="12345678").lead

    second = take_in(**changes).lead

    assert (second == first) is joins


def test_two_people_with_a_mail_service_are_two_leads():
    assert take_in(email="a@gmail.com").lead != take_in(email="b@gmail.com").lead


def test_second_form_changes_nothing_that_is_known_and_fills_what_is_empty():
    lead = take_in(wishes="Stoelen").lead

    take_in(contact_name="Mallory", phone="+31201234567", wishes="Alles gratis")

    lead.refresh_from_db()
    assert (lead.contact_name, lead.wishes, lead.phone) == ("Irma", "Stoelen", "+31201234567")
    assert [form.data["wishes"] for form in lead.sign_ups.all()] == ["Stoelen", "Alles gratis"]


def test_lost_lead_is_not_joined():
    lead = take_in().lead
    Lead.objects.update(stage=Stage.LOST, lost_reason="budget")

    assert take_in().lead != lead


@pytest.mark.parametrize("told", [{"register_number": "{kvk}"}, {"customer_number": "K-77"}])
def test_existing_customer_is_recognised(world: World, told: dict[str, str]):
    company = world.acme.company
    company.customer_number = "K-77"
    company.save()

    lead = take_in(**{name: value.format(kvk=company.kvk_number) for name, value in told.items()}).lead

    assert lead.company == company


def test_coordinators_take_turns_and_who_takes_none_gets_none():
    carla, cees = (make_colleague(f"{n}@thuiswerk.example", n, role="coordinator") for n in ("carla", "cees"))
    hours = [NOW + dt.timedelta(hours=number) for number in range(4)]

    owners = [take_in(now, email=f"a@b{now.hour}.example").lead.owner for now in hours[:3]]
    cees.coordinator.takes_leads = False
    cees.coordinator.save()
    owners += [take_in(hours[3], email="a@late.example").lead.owner]

    assert owners == [carla, cees, carla, carla]


def test_without_coordinator_the_operator_is_mailed(settings: Any):
    lead = take_in().lead

    assert lead.owner is None
    assert Mail.objects.filter(to=settings.OPERATOR["email"]).count() == 1


@pytest.mark.parametrize(
    "changes", [{"website": "http://spam.example"}, {"opened": ""}, {"opened": "forged"}, {"opened": "now"}]
)
def test_robots_are_asked_once_more_and_nothing_is_lost(client: Client, changes: dict[str, str]):
    if changes.get("opened") == "now":
        changes = {"opened": signing.dumps(timezone.now().timestamp(), salt=SALT)}

    answer = send(client, **changes)

    assert (answer.status_code, Lead.objects.count()) == (200, 0)
    page = answer.content.decode()
    assert "We konden niet zien of een mens dit verstuurde" in page
    assert 'value="Irma de Graaf"' in page
    assert "spam.example" not in page
    again = {name: answer.context["form"][name].value() for name in filled_in()} | {"website": "", "consent": "on"}
    assert client.post("/sign-up/", again, **HOST).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"phone": "12"}, "phone", "Dit is geen telefoonnummer; schrijf het als 020 123 4567."),
        (
            {"register_number": "1234"},
            "register_number",
            "Een KvK-nummer heeft 8 cijfers, een Belgisch ondernemingsnummer 10; kijk ze na.",
        ),
        (
            {"register_number": "0123456789"},
            "register_number",
            "Een KvK-nummer heeft 8 cijfers, een Belgisch ondernemingsnummer 10; kijk ze na.",
        ),
        ({"starts_on": "2020-01-01"}, "starts_on", "Kies een dag in de toekomst, binnen drie jaar."),
        ({"employees": "0"}, "employees", "Zorg ervoor dat deze waarde minstens 1 is."),
        ({"consent": ""}, "consent", "Dit veld is verplicht."),
    ],
)
def test_bad_input_is_said_at_its_field(client: Client, changes: dict[str, str], field: str, told: str):
    answer = send(client, **changes)

    assert answer.context["form"].errors == {field: [told]}
    assert Lead.objects.count() == 0


def test_hostile_text_is_harmless_in_the_back_office(admin_client: Client, settings: Any):
    settings.DEMO = True
    evil = "<script>alert(1)</script>{{ settings.SECRET_KEY }}"
    lead = take_in(company_name=evil, contact_name=evil, wishes=evil).lead

    pages = [
        admin_client.get(address, **HOST).content.decode()
        for address in (
            "/admin/onboarding/lead/",
            "/admin/onboarding/lead/board/",
            f"/admin/onboarding/lead/{lead.pk}/change/",
        )
    ]

    assert [page.count("<script>alert") for page in pages] == [0, 0, 0]
    assert [page.count("&lt;script&gt;alert") > 0 for page in pages] == [True, True, True]
    assert [settings.SECRET_KEY in page for page in pages] == [False, False, False]


def test_too_many_forms_from_one_address_are_refused_and_kept_on_screen(client: Client, settings: Any):
    with override_settings(ACCOUNT_RATE_LIMITS={**settings.ACCOUNT_RATE_LIMITS, "sign_up": "2/h/ip"}):
        codes = [send(client, email=f"a@b{number}.example", register_number="").status_code for number in range(3)]

    assert (codes, Lead.objects.count()) == ([302, 302, 200], 2)


@pytest.mark.django_db(transaction=True)
def test_two_forms_of_one_company_at_the_same_moment_are_one_lead():
    def send_one(number: int) -> None:
        try:
            take_in(email=f"person{number}@initech.example")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send_one, range(8)))

    assert (Lead.objects.count(), SignUp.objects.count()) == (1, 8)
