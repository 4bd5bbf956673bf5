"""The coordinator's page of a lead's portal."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from onboarding import call_notes
from portals.models import Portal
from tests.onboarding.way import HOST, agreed_lead, approved, built, handed_over
from tests.world import NOW, World, make_colleague, make_portal

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client, world: World, settings: Any) -> Client:
    settings.DEMO = True
    client.force_login(world.coordinator)
    return client


def test_proposed_address_is_one_that_no_other_portal_has(office: Client):
    lead = agreed_lead()
    handed_over(lead)
    make_portal("initech", "Other")
    make_portal("initech-2", "Another")

    page = office.get(f"/admin/onboarding/lead/{lead.pk}/build/", **HOST)

    assert page.context["form"]["slug"].value() == "initech-3"


def test_form_begins_with_what_was_noted_in_the_call(office: Client, world: World):
    lead = agreed_lead()
    lead.categories.set([world.chairs])
    said = {"present_situation": "", "needs": "", "head_count": 8, "budget": Decimal("275.00"), "wishes": ""}
    agreed_on = {"starts_on": dt.date(2099, 1, 4), "months": 6, "categories": [world.desks]}
    call_notes.write(lead, said | agreed_on, now=NOW, actor=world.coordinator)
    handed_over(lead)

    form = office.get(f"/admin/onboarding/lead/{lead.pk}/build/", **HOST).context["form"]

    begins = {name: form[name].value() for name in ("credit", "live_from", "months", "categories")}
    assert begins == {
        "credit": Decimal("275.00"),
        "live_from": dt.date(2099, 1, 4),
        "months": 6,
        "categories": [world.desks.pk],
    }


def test_coordinator_makes_the_portal(office: Client, world: World):
    lead = agreed_lead()
    handed_over(lead)
    data = {"name": "Initech", "slug": "initech", "credit": "250", "live_from": "08-12-2026", "months": "3"}

    office.post(f"/admin/onboarding/lead/{lead.pk}/build/", data | {"categories": [world.chairs.pk]}, **HOST)

    portal = Portal.objects.get(slug="initech")
    assert (portal.build.lead, portal.credit_per_employee) == (lead, 250)


@pytest.mark.parametrize("slug", ["acme", "admin", "xn--a", "a_b"])
def test_address_that_cannot_be_used_is_said_at_its_field(office: Client, slug: str):
    lead = agreed_lead()
    handed_over(lead)
    data = {"name": "Initech", "slug": slug, "credit": "250", "live_from": "08-12-2026", "months": "3"}

    page = office.post(f"/admin/onboarding/lead/{lead.pk}/build/", data, **HOST)

    assert list(page.context["form"].errors) == ["slug"]


@pytest.mark.parametrize("deed", ["ask", "build_on", "remark", "plan", "give_back"])
def test_deeds_are_done_by_forms_of_colleagues_who_may(office: Client, world: World, deed: str):
    build = built(world)
    address = f"/admin/onboarding/lead/{build.lead_id}/{deed}/"
    fien = Client()
    fien.force_login(make_colleague("fien@thuiswerk.example", "Fien", role="finance"))

    assert office.get(address, **HOST).status_code in {302, 404}
    assert fien.post(address, **HOST).status_code == 404
    build.refresh_from_db()
    build.lead.refresh_from_db()
    assert (build.lead.stage, build.planned_on, build.rounds.count()) == ("in_build", None, 0)


def test_remark_of_another_portal_is_not_found(office: Client, world: World):
    mine = built(world)
    theirs = mine.portal.check_remarks

    answer = office.post(f"/admin/onboarding/lead/{mine.lead_id}/remark/", {"remark": "999"}, **HOST)

    assert (answer.status_code, theirs.count()) == (404, 0)


def test_day_that_is_none_is_told(office: Client, world: World):
    build = approved(world)

    page = office.post(f"/admin/onboarding/lead/{build.lead_id}/plan/", {"day": "morgen"}, follow=True, **HOST)

    assert [str(told) for told in page.context["messages"]] == ["Dit is geen dag."]
