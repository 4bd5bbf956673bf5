"""The classes for payroll, on the coordinator's screen of a portal."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry

from catalog.models import PayrollRule
from tests.onboarding.conftest import change, filled

EVENTS = PayrollRule.pgh_event_model


def one_rule(**fields) -> dict[str, str]:
    row = {"id": "", "category": "", "payroll_class": "arbo", "base_amount": ""} | fields
    return {"payroll_rules-TOTAL_FORMS": "1"} | {f"payroll_rules-0-{name}": value for name, value in row.items()}


def saved(world, office, **fields):
    return office.post(change(world.acme), filled(world.acme, **one_rule(category=str(world.chairs.pk), **fields)))


def test_class_is_set_for_one_portal_and_remembered_with_who_did_it(world, office):
    saved(world, office, base_amount="350.00")

    rule = world.acme.payroll_rules.get()
    event = EVENTS.objects.get()
    assert (rule.category, rule.payroll_class, rule.base_amount) == (world.chairs, "arbo", Decimal("350.00"))
    assert (event.pgh_label, event.pgh_context.metadata["actor"]) == ("insert", world.coordinator.pk)
    assert "loonadministratie ‘Bureaustoelen’ toegevoegd" in LogEntry.objects.latest("pk").get_change_message()
    assert world.globex.payroll_rules.count() == 0


def test_change_and_removal_are_remembered(world, office):
    saved(world, office)
    kept = {"id": str(world.acme.payroll_rules.get().pk), "payroll_class": "taxed"}
    stored = {"payroll_rules-INITIAL_FORMS": "1"}

    for row in (kept, kept | {"DELETE": "on"}):
        rows = one_rule(category=str(world.chairs.pk), **row)
        office.post(change(world.acme), filled(world.acme, **rows, **stored))

    labels = [(event.pgh_label, event.payroll_class) for event in EVENTS.objects.order_by("pgh_id")]
    assert labels == [("insert", "arbo"), ("update", "taxed"), ("delete", "taxed")]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"payroll_class": "taxed", "base_amount": "100.00"}, "Alleen een arbovoorziening heeft een basisbedrag."),
        ({"base_amount": "0.00"}, "minstens 0.01"),
    ],
)
def test_base_amount_is_of_an_arbo_provision(world, office, fields, told):
    page = saved(world, office, **fields)

    assert world.acme.payroll_rules.count() == 0
    assert told in page.content.decode()


def test_colleague_who_was_first_is_not_undone(world, office):
    form = filled(world.acme, name="Anders")
    world.acme.payroll_rules.create(category=world.chairs, payroll_class="arbo")

    page = office.post(change(world.acme), form)

    assert "gewijzigd" in str(page.context["adminform"].form.non_field_errors())


def test_screen_names_what_has_no_class_once_there_is_one(world, office):
    before = office.get(change(world.acme)).content.decode()
    world.acme.payroll_rules.create(category=world.chairs, payroll_class="arbo")
    after = office.get(change(world.acme)).content.decode()

    told = "nog geen klasse voor de loonadministratie"
    assert (told in before, told in after) == (False, True)
    assert f"{told}: Bureaus." in after
