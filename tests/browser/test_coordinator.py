"""A coordinator configures a portal in the back office, and the portal shows it."""

import pytest
from django.contrib.admin import site
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.urls import reverse
from playwright.sync_api import expect

from orders.models import Order
from portals.models import Company
from tests.browser import steps
from tests.browser.visitor import Visitor
from tests.orders.conftest import order_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_coordinator_takes_a_category_out_and_gives_a_newcomer_credit(visit, world, scripts):
    coordinator = visit(scripts=scripts)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)

    open_portal_screen(coordinator, world)
    coordinator.page.get_by_role("checkbox", name="Bureaus 1 product").uncheck()
    coordinator.page.locator("[name=_save]").click()
    open_portal_screen(coordinator, world)
    add_employee(coordinator, "erik@acme.example", "Erik Visser", "400")

    employee = visit(scripts=scripts)
    steps.log_in_first_time(employee, "erik@acme.example")
    assert steps.balance(employee) == "€ 400,00"
    categories = employee.page.get_by_role("navigation", name="Categorieën").get_by_role("link")
    expect(categories).to_have_text(["Bureaustoelen"])
    gone = employee.open(f"{employee.site.portal('acme')}/categories/{world.desks.slug}/")
    assert gone.status == 404
    employee.problems.clear()


@pytest.mark.parametrize("width", [1280, 360])
def test_lists_of_the_back_office_can_be_searched_and_are_clean(visit, world, width):
    order_of(world.bob, world.chair)
    coordinator = visit(width=width)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)
    lists = [model for model, model_admin in site._registry.items() if model_admin.search_fields]

    for model in lists:
        coordinator.open(f"{coordinator.site.main}{reverse(admin_urlname(model._meta, 'changelist'))}")
        field = coordinator.page.get_by_role("textbox", name=f"Zoek in {model._meta.verbose_name_plural}", exact=True)
        expect(field).to_be_visible()
        coordinator.check()

    assert Order in lists


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_coordinator_is_told_of_a_colleagues_change_and_asked_before_closing(visit, world, dark):
    coordinator = visit(width=360, dark=dark)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)
    open_portal_screen(coordinator, world)
    Company.objects.filter(portals=world.acme).update(city="Zwolle")

    coordinator.page.locator("[name=_continue]").click()
    alert = coordinator.page.get_by_role("alert")
    expect(alert).to_contain_text("Deze winkel is gewijzigd nadat je hem opende.")
    assert alert.locator("svg").bounding_box()["height"] < 30
    expect(coordinator.page.get_by_text("Nu opgeslagen: Zwolle.")).to_be_visible()
    coordinator.check()
    coordinator.page.locator("[name=_continue]").click()
    expect(coordinator.page.locator(".messagelist .success")).to_be_visible()

    coordinator.link("Definitief sluiten").click()
    coordinator.arrives_at("Deze winkel definitief sluiten?")
    coordinator.check()
    coordinator.button("Definitief sluiten").click()
    expect(coordinator.page.locator(".phase--ended")).to_be_visible()
    coordinator.check()


def test_days_of_a_portal_are_told_nothing_about_hours(visit, world):
    """Django warns, in English, where the browser is in another time zone than the shop."""
    coordinator = visit()
    devtools = coordinator.context.new_cdp_session(coordinator.page)
    devtools.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/London"})
    steps.log_in_to_back_office(coordinator, "coordinator@thuiswerk.example")

    open_portal_screen(coordinator, world)

    expect(coordinator.page.locator(".vDateField ~ .datetimeshortcuts").first).to_be_visible()
    assert [text for text in coordinator.page.locator(".timezonewarning").all_inner_texts() if text] == []


def open_portal_screen(visitor: Visitor, world) -> None:
    visitor.open(f"{visitor.site.main}/admin/portals/portal/{world.acme.pk}/change/")
    visitor.check()


def add_employee(visitor: Visitor, email: str, name: str, amount: str) -> None:
    visitor.link("Deelnemer toevoegen").click()
    visitor.check()
    visitor.page.locator("[name=email]").fill(email)
    visitor.page.locator("[name=name]").fill(name)
    visitor.page.locator("[name=amount]").fill(amount)
    visitor.page.locator("button.default").click()
    visitor.page.wait_for_load_state()
