"""From the class of a category on a portal's screen to the payroll file of the month."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.test_coordinator import open_portal_screen
from tests.orders.conftest import order_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "dark", "scripts"), [(1280, False, True), (360, True, False)])
def test_class_of_a_category_ends_up_in_the_file(visit, world, width, dark, scripts):
    coordinator = visit(width=width, dark=dark, scripts=scripts)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)

    open_portal_screen(coordinator, world)
    rule = "payroll_rules-0"
    coordinator.page.locator(f"[name={rule}-category]").select_option(label="Bureaustoelen")
    coordinator.page.locator(f"[name={rule}-payroll_class]").select_option(label="arbovoorziening")
    coordinator.page.locator(f"[name={rule}-base_amount]").fill("300")
    coordinator.page.locator("[name=_continue]").click()
    expect(coordinator.page.get_by_text("Deze categorieën hebben nog geen klasse")).to_contain_text("Bureaus.")
    coordinator.check()
    order = order_of(world.bob, world.chair)

    coordinator.open(f"{coordinator.site.main}/admin/")
    coordinator.check()
    coordinator.page.get_by_role("link", name="Loonadministratie ophalen").click()
    coordinator.check()
    coordinator.open(f"{coordinator.site.main}/admin/orders/order/payroll/{order.placed_at:%Y-%m}/")
    coordinator.check()
    coordinator.link("Acme").click()
    row = coordinator.page.get_by_role("row", name="arbovoorziening")
    expect(row).to_contain_text("€ 249,00")
    coordinator.check()

    with coordinator.page.expect_download() as download:
        coordinator.link("Download het bestand (CSV)").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[1:] == [f"1002;arbovoorziening;249,00;{order.placed_at:%Y-%m-%d};;nee"]
