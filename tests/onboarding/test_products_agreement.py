"""The screen of a portal: products on invoices are chosen with an agreement only."""

import datetime as dt

import pytest
import time_machine

from portals.models import Company, Specification
from tests.onboarding.conftest import change, filled
from tests.world import AGREED_ON, NOW

FIELD = "company_products_agreed_on"
MISSING = "Een factuur noemt alleen producten als dat met het bedrijf is afgesproken: vul de dag van die afspraak in."


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def agreed(world) -> tuple[str, dt.date | None]:
    company = Company.objects.get(pk=world.acme.company_id)
    return company.specification, company.products_agreed_on


@pytest.mark.parametrize(("day", "told"), [("", MISSING), ("2026-11-17", "Deze dag moet nog komen.")])
def test_level_without_an_agreement_is_refused_at_the_field(world, office, day, told):
    response = office.post(change(world.acme), filled(world.acme, company_specification="products", **{FIELD: day}))

    assert response.context["adminform"].form.errors == {FIELD: [told]}
    assert agreed(world) == (Specification.ORDER, None)


def test_level_and_agreement_are_chosen_together_and_kept_in_the_history(world, office):
    day = str(AGREED_ON)

    response = office.post(change(world.acme), filled(world.acme, company_specification="products", **{FIELD: day}))

    assert response.status_code == 302
    assert agreed(world) == (Specification.PRODUCTS, AGREED_ON)
    last = Company.objects.get(pk=world.acme.company_id).events.latest("pgh_id")
    assert (last.specification, last.products_agreed_on) == (Specification.PRODUCTS, AGREED_ON)


def test_agreement_may_be_there_before_the_level(world, office):
    response = office.post(change(world.acme), filled(world.acme, **{FIELD: "2026-11-16"}))

    assert response.status_code == 302
    assert agreed(world) == (Specification.ORDER, NOW.date())


def test_agreement_cannot_go_while_products_are_named(world, office):
    company = world.acme.company
    company.specification, company.products_agreed_on = Specification.PRODUCTS, AGREED_ON
    company.save()

    response = office.post(change(world.acme), filled(world.acme, **{FIELD: ""}))

    assert response.context["adminform"].form.errors == {FIELD: [MISSING]}
    assert agreed(world) == (Specification.PRODUCTS, AGREED_ON)
