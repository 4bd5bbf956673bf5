"""Products side by side in a browser: chosen, looked at sideways on a small screen, and ordered."""

import re

import pytest
from playwright.sync_api import expect

from catalog.models import Product
from tests.browser import steps
from tests.world import World, make_product

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = ".comparison thead th"


@pytest.fixture
def addresses(world: World) -> list[str]:
    """The paths of four products with specifications, partly the same."""
    paths = []
    for number, color in enumerate(["zwart", "donkergrijs", "zwart", "wit"]):
        product = make_product(world.chairs, f"Ergonomische bureaustoel Nova {number}", f"{200 + 60 * number}.00")
        lines = [["Draagvermogen", "Load", "120 kg", "120 kg"], ["Kleur", "Colour", color, color]]
        Product.objects.filter(pk=product.pk).update(specifications=lines, stock=number, energy_class="ABCD"[number])
        paths.append(f"/products/{product.pk}/{product.slug}/")
    return paths


@pytest.mark.parametrize(
    ("width", "dark", "scripts"), [(1280, True, True), (1280, False, False), (360, False, True), (360, True, False)]
)
def test_four_are_compared_and_one_of_them_ordered(visit, addresses, width, dark, scripts):
    visitor = visit(width=width, dark=dark, scripts=scripts)
    steps.log_in(visitor, "bob@acme.example")

    for number, path in enumerate(addresses):
        visitor.open(visitor.site.portal("acme") + path)
        visitor.page.locator("form[action='/compare/'] button").click()
        visitor.arrives_at("Producten vergelijken")
        expect(visitor.page.locator(COLUMNS)).to_have_count(number + 1)
        visitor.check()
    visitor.page.get_by_role("button", name=re.compile("Verwijderen.*Nova 2")).click()
    expect(visitor.page.locator(COLUMNS)).to_have_count(3)
    visitor.page.get_by_role("button", name=re.compile("In winkelwagen.*Nova 1")).click()

    visitor.arrives_at("Winkelwagen")
    expect(visitor.page.get_by_role("main").get_by_text("Ergonomische bureaustoel Nova 1").first).to_be_visible()


def test_region_is_scrolled_by_the_keyboard(visit, addresses):
    visitor = visit(width=360)
    steps.log_in(visitor, "bob@acme.example")
    for path in addresses:
        visitor.open(visitor.site.portal("acme") + path)
        visitor.page.locator("form[action='/compare/'] button").click()
        visitor.arrives_at("Producten vergelijken")
    region = visitor.page.get_by_role("region", name="Producten vergelijken")

    region.focus()
    visitor.page.keyboard.press("ArrowRight")

    column, label = (visitor.page.locator(f".comparison tbody {cell}").first for cell in ("td", "th"))
    expect(region).not_to_have_js_property("scrollLeft", 0)
    assert label.bounding_box()["x"] == pytest.approx(region.bounding_box()["x"], abs=2)
    assert column.bounding_box()["x"] < label.bounding_box()["x"] + label.bounding_box()["width"]
