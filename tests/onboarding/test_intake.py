"""What a company hands over: part by part, by several people, and not after it was handed over."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Mail
from onboarding import intake, links, pipeline
from onboarding.company_form import CompanyForm
from onboarding.intake_models import Intake, IntakeEntry, Part
from onboarding.models import Purpose, Stage
from onboarding.roster_file import read_pasted
from portals.models import Company
from tests.onboarding.test_pipeline import make_lead
from tests.onboarding.way import COMPANY, HOST, PEOPLE, agreed_lead, filled_in, handed_over, link_of, picture
from tests.world import NOW, World, make_staff

pytestmark = pytest.mark.django_db

NO_VAT_NUMBER = "Dit btw-nummer klopt niet; kijk het na, zoals NL123456789B01."
NO_CHOICE = "Selecteer een geldige keuze. products is geen beschikbare keuze."
BELGIAN = {
    "country": "BE",
    "kvk_number": "",
    "enterprise_number": "0403170701",
    "postal_code": "1000",
    "hr_phone": "02 555 12 12",
}


def page(link: Any, to: str = "onboarding:intake", **kwargs: Any) -> str:
    return links.page_of(link, to, **kwargs)


def test_parts_done_one_after_the_other_and_handed_over(client: Client):
    lead = agreed_lead(owner=make_staff("c@t.example"))
    taken = filled_in(lead)

    answer = client.post(page(link_of(lead)), **HOST)

    taken.refresh_from_db()
    lead.refresh_from_db()
    assert answer.status_code == 302
    assert (taken.submitted_at is not None, lead.stage) == (True, Stage.DATA_RECEIVED)
    assert lead.steps.last().by == "Irma de Graaf"
    assert [mail.to for mail in Mail.objects.filter(key__startswith="intake:")] == ["c@t.example"]
    assert list(IntakeEntry.objects.values_list("part", "what", "by_email")) == [
        ("company", "done", "irma@initech.example"),
        ("people", "kept", "irma@initech.example"),
        ("people", "done", "irma@initech.example"),
        ("look", "done", "irma@initech.example"),
        ("", "handed", "irma@initech.example"),
    ]


def test_way_back_is_by_giving_the_data_back_only(world: World):
    lead = agreed_lead()
    taken = handed_over(lead)

    with pytest.raises(pipeline.NotYet):
        pipeline.move(lead, Stage.AGREED, now=NOW, actor=world.coordinator)
    assert Stage.AGREED not in pipeline.steps_from(lead)

    intake.give_back(taken, now=NOW, actor=world.coordinator)
    lead.refresh_from_db()
    assert (lead.stage, taken.submitted_at) == (Stage.AGREED, None)


def test_nothing_is_handed_over_while_a_part_is_open(client: Client):
    lead = agreed_lead()
    intake.intake_of(lead, now=NOW)

    answer = client.post(page(link_of(lead)), follow=True, **HOST)

    lead.refresh_from_db()
    assert lead.stage == Stage.AGREED
    assert [str(told) for told in answer.context["messages"]] == [
        "Nog niet af: Bedrijfsgegevens, Deelnemers, Logo en kleur, Afspraken."
    ]


@pytest.mark.parametrize("part", ["company", "people", "look"])
def test_after_handing_over_nothing_changes_until_it_is_given_back(part: str):
    lead = agreed_lead()
    taken, link = handed_over(lead), link_of(lead)
    deeds = {
        "company": lambda: intake.keep_company(taken, {"name": "Other"}, is_done=True, link=link, now=NOW),
        "people": lambda: intake.keep_people(taken, [], name="x", link=link, now=NOW),
        "look": lambda: intake.keep_look(
            taken, color="#000000", header_alt="x", logo=None, header=None, is_done=True, link=link, now=NOW
        ),
    }
    before = Intake.objects.values().get()

    with pytest.raises(intake.HandedOver):
        deeds[part]()
    assert Intake.objects.values().get() == before

    intake.give_back(taken, now=NOW, actor=make_staff("c@t.example"))
    deeds[part]()
    assert Intake.objects.values().get() != before


def test_company_kept_for_later_is_there_again_and_not_done(client: Client):
    lead = agreed_lead()
    link = link_of(lead)

    client.post(page(link, "onboarding:intake_company"), {"legal_name": "Init", "later": "1"}, **HOST)
    again = client.get(page(link, "onboarding:intake_company"), **HOST)

    assert again.context["form"]["legal_name"].value() == "Init"
    assert intake.parts_of(Intake.objects.get())[Part.COMPANY] is False


def test_company_form_begins_with_what_the_lead_says(client: Client):
    lead = agreed_lead(register_number="12345678", phone="+31201234567")

    form = client.get(page(link_of(lead), "onboarding:intake_company"), **HOST).context["form"]

    assert [form[name].value() for name in ("name", "kvk_number", "hr_email", "hr_phone")] == [
        "Initech", "12345678", "irma@initech.example", "+31201234567",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"vat_number": "NL004495446B01"}, "vat_number", NO_VAT_NUMBER),
        (BELGIAN | {"vat_number": "NL004495445B01"}, "vat_number", NO_VAT_NUMBER),
        ({"iban": "NL91ABNA0417164301"}, "iban", "Dit IBAN klopt niet; er is een cijfer of letter fout."),
        ({"kvk_number": "1234567"}, "kvk_number", "Een KvK-nummer heeft 8 cijfers."),
        ({"kvk_number": ""}, "kvk_number", "Dit moet op de factuur staan: KvK-nummer."),
        ({"invoice_email": ""}, "invoice_email", "Dit veld is verplicht."),
        ({"needs_order_number": "on"}, "order_number", "Dit moet op de factuur staan: inkoopordernummer."),
        ({"hr_phone": "12"}, "hr_phone", "Dit is geen telefoonnummer; schrijf het als 020 123 4567."),
        ({"finance_name": "Fien"}, "finance_email", "Vul ook het e-mailadres in."),
        ({"specification": "products"}, "specification", NO_CHOICE),
    ],
)  # fmt: skip
def test_company_data_that_are_not_right_are_said_at_their_field(changes: dict[str, str], field: str, told: str):
    assert CompanyForm(COMPANY | changes).errors == {field: [told]}


def test_numbers_are_kept_as_registers_write_them():
    form = CompanyForm(COMPANY | {"iban": "nl91 abna 0417 1643 00", "vat_number": "nl 0044.95.445.b01"})

    assert form.is_valid()
    assert (form.cleaned_data["iban"], form.cleaned_data["vat_number"]) == ("NL91ABNA0417164300", "NL004495445B01")


def test_existing_customer_is_not_asked_what_we_know_and_shown_nothing_of_it(client: Client, world: World):
    lead = agreed_lead(company=world.acme.company)
    link = link_of(lead)

    overview = client.get(page(link), **HOST).content.decode()

    assert list(intake.parts_of(Intake.objects.get())) == [Part.PEOPLE, Part.LOOK, Part.DOCUMENTS]
    assert client.get(page(link, "onboarding:intake_company"), **HOST).status_code == 404
    assert [known for known in (world.acme.company.kvk_number, "Stationsplein") if known in overview] == []


def test_list_is_shown_with_what_is_wrong_and_counts_when_confirmed(client: Client):
    lead = agreed_lead()
    link = link_of(lead)
    url = page(link, "onboarding:intake_people")

    client.post(url, {"pasted": f"{PEOPLE}\nkees\tKees\t19\t\npeter@initech.example\t\t\t"}, **HOST)
    shown = client.get(url, **HOST)
    before = intake.parts_of(Intake.objects.get())[Part.PEOPLE]
    client.post(url, {"confirm": "1"}, **HOST)

    assert shown.context["counts"] == {"new": 2, "changed": 0, "known": 0, "double": 1, "wrong": 1, "warnings": 0}
    assert [one.verdict.value for one in shown.context["page"]] == ["wrong", "double", "new", "new"]
    assert (before, intake.parts_of(Intake.objects.get())[Part.PEOPLE]) == (False, True)


def test_another_list_has_to_be_confirmed_anew():
    taken = filled_in(agreed_lead())

    intake.keep_people(taken, read_pasted("a@initech.example"), name="nieuw", link=link_of(taken.lead), now=NOW)

    assert intake.parts_of(taken)[Part.PEOPLE] is False


def test_picture_that_is_sent_again_stays_where_it_is():
    taken = filled_in(agreed_lead())
    look = {"color": "#aa3322", "header_alt": "Een bureau bij het raam", "link": link_of(taken.lead), "now": NOW}
    names = (taken.logo.name, taken.header.name)

    intake.keep_look(taken, logo=picture(), header=picture(size=(1600, 400)), is_done=True, **look)
    again = (taken.logo.name, taken.header.name)
    intake.keep_look(taken, logo=picture("#0000ff"), header=None, is_done=True, **look)

    assert again == names
    assert (taken.logo.name == names[0], taken.header.name == names[1]) == (False, True)
    assert [entry.changed for entry in taken.entries.filter(part="look").order_by("pk")][1:] == [[], ["logo"]]


def test_look_is_done_with_both_pictures_only():
    taken = intake.intake_of(agreed_lead(), now=NOW)
    look = {"color": "#aa3322", "header_alt": "Een bureau", "link": link_of(taken.lead), "now": NOW}

    with pytest.raises(intake.NotComplete):
        intake.keep_look(taken, logo=picture(), header=None, is_done=True, **look)

    assert Intake.objects.get().logo.name == ""


def test_sample_shows_the_colour_by_day_and_night_and_only_behind_the_link(client: Client):
    lead = agreed_lead()
    taken = filled_in(lead)
    link = link_of(lead)

    sample = client.get(page(link, "onboarding:intake_sample") + "?dark=1", **HOST)
    style = client.get(page(link, "onboarding:intake_style") + "?dark=1", **HOST).content.decode()
    logo = taken.logo.name.rpartition("/")[2]

    assert (sample.status_code, sample["X-Frame-Options"]) == (200, "SAMEORIGIN")
    assert ("--brand: #aa3322;" in style, "color-scheme: dark" in style) == (True, True)
    mine = client.get(page(link, "onboarding:intake_picture", name=logo), **HOST)
    assert b"".join(mine.streaming_content)[8:12] == b"WEBP"
    other = link_of(agreed_lead(email="x@other.example"))
    assert client.get(page(other, "onboarding:intake_picture", name=logo), **HOST).status_code == 404


def test_colleague_gets_a_link_of_the_own_and_is_named_in_the_log(client: Client):
    lead = agreed_lead()
    data = {"name": "Fien", "email": "Fien@initech.example"}

    client.post(page(link_of(lead), "onboarding:intake_colleague"), data, **HOST)
    hers = lead.links.get(email="fien@initech.example")
    client.post(page(hers, "onboarding:intake_company"), COMPANY, **HOST)

    assert Mail.objects.get().to == "fien@initech.example"
    assert links.url_of(hers) in Mail.objects.get().text
    assert IntakeEntry.objects.get().by_name == "Fien"


def test_eleventh_colleague_is_refused():
    lead = agreed_lead()
    taken, link = intake.intake_of(lead, now=NOW), link_of(lead)
    for number in range(9):
        intake.invite_colleague(taken, name="A", email=f"a{number}@initech.example", link=link, now=NOW)

    with pytest.raises(intake.TooManyColleagues):
        intake.invite_colleague(taken, name="A", email="eleven@initech.example", link=link, now=NOW)


@pytest.mark.parametrize("name", ["intake", "intake_company", "intake_people", "intake_look", "intake_sample"])
def test_pages_open_by_an_intake_link_of_the_lead_only(client: Client, name: str):
    lead = make_lead(Stage.AGREED)
    good, other_purpose = link_of(lead), link_of(lead, Purpose.CHECK)
    paths = [page(good, f"onboarding:{name}")]
    paths += [paths[0].replace(links.token_of(good), token) for token in (links.token_of(other_purpose), "x", "a.b")]

    assert [client.get(path, **HOST).status_code for path in paths] == [200, 404, 404, 404]
    links.revoke_links(lead, now=NOW)
    assert client.get(paths[0], **HOST).status_code == 404


def test_link_that_is_too_old_is_renewed_by_mail_to_its_own_address(client: Client):
    lead = agreed_lead()
    link = link_of(lead)
    link.expires_at = NOW.replace(year=2020)
    link.save()

    old = client.get(page(link), **HOST)
    asked = client.post(page(link), {"renew": ""}, **HOST)

    assert (old.status_code, asked.status_code) == (410, 200)
    assert Mail.objects.get().to == "irma@initech.example"
    assert client.get(page(link), **HOST).status_code == 200
    assert Company.objects.count() == 0


@pytest.mark.parametrize(("part", "width", "least"), [("logo", 119, 120), ("header", 1599, 1600)])
def test_picture_that_would_be_blurred_is_refused_at_its_field(client: Client, part: str, width: int, least: int):
    link = link_of(agreed_lead())
    address = links.page_of(link, "onboarding:intake_look")

    def send(pixels: int) -> Any:
        file = SimpleUploadedFile("x.png", picture(size=(pixels, 60)).read(), "image/png")
        return client.post(address, {"brand_color": "#aa3322", "later": "1", part: file}, **HOST)

    refused, taken = send(width), send(least)

    told = f"Deze afbeelding is {width} pixels breed. Kies er een van minstens {least}."
    assert (refused.context["form"].errors, taken.status_code) == ({part: [told]}, 302)
    assert f'href="#id_{part}"' in refused.content.decode()
