"""The pages that the journey does not pass, and the main ones in the dark and in English."""

import pytest
from playwright.sync_api import Route, expect

from orders.models import Order
from portals.models import Portal, PortalState
from tests.browser import steps
from tests.orders.conftest import order_of

pytestmark = pytest.mark.django_db(transaction=True)

PORTAL_PAGES = [
    "/",
    "/cart/",
    "/orders/",
    "/credit/",
    "/search/?q=bureau",
    "/search/?q=zwembad",
    "/compare/",
    "/account/password/change/",
]


def test_main_pages_in_english_and_in_the_dark_are_clean_on_a_telephone(visit, world):
    visitor = visit(width=360, dark=True)
    steps.log_in(visitor, "bob@acme.example")
    visitor.button("English").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")

    for path in [*PORTAL_PAGES, product_path(world), f"/categories/{world.desks.slug}/"]:
        visitor.open(visitor.site.portal("acme") + path)
        assert visitor.page.locator("html").get_attribute("lang") == "en"
        visitor.check()


@pytest.mark.parametrize("width", [1280, 360])
def test_public_pages_are_clean(visit, width):
    visitor = visit(width=width)

    visitor.open(visitor.site.main)
    visitor.arrives_at("Een goede werkplek thuis, van je werkgever")
    visitor.check()
    visitor.button("English").click()
    visitor.arrives_at("A good workplace at home, from your employer")
    visitor.check()


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_that_outlive_a_closed_shop_are_clean(visit, world, width):
    order = order_of(world.bob, world.chair)
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.CLOSED)
    visitor = visit(width=width)
    steps.log_in(visitor, "bob@acme.example")

    for path in ["/", "/orders/", f"/orders/{order.number}/", "/credit/"]:
        visitor.open(visitor.site.portal("acme") + path)
        visitor.check()
        actions = visitor.page.locator(".header__actions").bounding_box()
        assert width - 40 < actions["x"] + actions["width"] <= width


def test_missing_page_looks_like_the_portal_and_tells_nothing(visit, world):
    visitor = visit()
    steps.log_in(visitor, "charlie@globex.example", host="globex")

    response = visitor.open(visitor.site.portal("globex") + "/bestaat-niet/")
    visitor.problems.clear()

    assert response.status == 404
    visitor.arrives_at("Deze pagina bestaat niet")
    assert visitor.page.locator(".header__logo").inner_text() == "Globex Thuiswerkwinkel"
    assert "Acme" not in visitor.page.content()
    visitor.check()


def test_order_on_paper_leaves_out_what_only_a_screen_can_use(visit, world):
    order = order_of(world.bob, world.chair)
    visitor = visit()
    steps.log_in(visitor, "bob@acme.example")
    visitor.open(visitor.site.portal("acme") + f"/orders/{order.number}/")

    visitor.page.emulate_media(media="print")

    for useless in (".header__search", ".header__actions", ".breadcrumbs", ".footer", ".button"):
        expect(visitor.page.locator(f"{useless}:visible")).to_have_count(0)
    expect(visitor.page.locator(".header__logo")).to_be_visible()
    expect(visitor.page.locator("main address")).to_be_visible()


def test_skip_link_leads_past_the_header(visit, world):
    visitor = visit()
    visitor.open(visitor.site.portal("acme"))

    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")

    assert visitor.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_double_click_and_back_button_make_one_order(visit, world, scripts):
    visitor = visit(scripts=scripts)
    steps.log_in(visitor, "bob@acme.example")
    visitor.open(visitor.site.portal("acme") + product_path(world))
    visitor.button("In winkelwagen").click()
    visitor.link("Naar afrekenen").click()
    steps.fill_in_address(visitor)

    visitor.button("Bestelling met betalingsverplichting").dblclick()
    visitor.arrives_at("Bedankt, je bestelling is bevestigd")
    visitor.page.go_back()
    visitor.page.wait_for_load_state()
    again = visitor.button("Bestelling met betalingsverplichting")
    if again.count():
        again.click()
        visitor.page.wait_for_load_state()

    assert Order.objects.count() == 1
    assert world.bob.cart_lines.count() == 0


def test_second_submit_of_the_checkout_is_ignored(visit, world):
    visitor = visit()
    steps.log_in(visitor, "bob@acme.example")
    visitor.open(visitor.site.portal("acme") + product_path(world))
    visitor.button("In winkelwagen").click()
    visitor.link("Naar afrekenen").click()
    steps.fill_in_address(visitor)

    assert visitor.page.evaluate(SUBMIT_TWICE) == [False, True]


def test_quantity_changes_in_place(visit, world):
    visitor = visit()
    steps.log_in(visitor, "bob@acme.example")
    visitor.open(visitor.site.portal("acme") + product_path(world))
    visitor.button("In winkelwagen").click()
    visitor.arrives_at("Winkelwagen")
    visitor.page.evaluate("window.isTheSamePage = true")

    quantity = visitor.field("Aantal van Bureaustoel Nova")
    quantity.fill("2")
    quantity.press("Tab")

    expect(visitor.page.locator(".cart__total")).to_have_text("€ 498,00")
    expect(visitor.page.locator("#cart-count")).to_contain_text("2")
    assert visitor.page.evaluate("window.isTheSamePage")
    visitor.check()


def test_quantity_changed_before_the_script_came_is_not_lost(visit, world):
    visitor = visit()
    steps.log_in(visitor, "bob@acme.example")
    visitor.open(visitor.site.portal("acme") + product_path(world))
    visitor.button("In winkelwagen").click()
    visitor.arrives_at("Winkelwagen")
    held: list[Route] = []
    visitor.page.route("**/thuiswerk*.js", lambda route: held.append(route))
    visitor.page.reload(wait_until="commit")

    quantity = visitor.field("Aantal van Bureaustoel Nova")
    quantity.fill("2")
    quantity.press("Tab")
    expect(visitor.page.locator(".cart__total")).to_have_text("€ 249,00")
    held[0].continue_()

    expect(visitor.page.locator(".cart__total")).to_have_text("€ 498,00")


def product_path(world) -> str:
    return f"/products/{world.chair.pk}/{world.chair.slug}/"


# For each of two submits, whether the page's own script stopped it; none of them leaves the page.
SUBMIT_TWICE = """() => {
    const stopped = [];
    window.addEventListener("submit", (event) => {
        stopped.push(event.defaultPrevented);
        event.preventDefault();
    });
    const form = document.querySelector("form[data-submit-once]");
    form.requestSubmit();
    form.requestSubmit();
    return stopped;
}"""
