"""Narrowing a list down in a browser: in place with scripts, by a button without them."""

import pytest
from playwright.sync_api import expect

from catalog.models import Product
from tests.browser import steps
from tests.browser.visitor import Visitor
from tests.world import World, make_category, make_product

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ".product-card__name"


@pytest.fixture
def address(world: World) -> str:
    """The path of a shelf with eight products of two brands on two shelves below."""
    shelves = [make_category(name, parent=world.chairs) for name in ("Krukken", "Zetels")]
    for number in range(8):
        color = ["zwart", "wit"][number % 2]
        lines = [["Kleur", "Colour", color, color], ["Hoogte", "Height", f"{number} cm", f"{number} cm"]]
        product = make_product(
            shelves[number % 2], f"Zit {number}", f"{60 * number + 40}.00", stock=number % 3, specifications=lines
        )
        Product.objects.filter(pk=product.pk).update(brand="Zetwerk" if number < 5 else "Holt & Haven")
    return f"/categories/{world.chairs.slug}/"


def arrive(visitor: Visitor, path: str) -> None:
    steps.log_in(visitor, "bob@acme.example")
    visitor.open(visitor.site.portal("acme") + path)
    visitor.check()


def open_filters(visitor: Visitor) -> None:
    if visitor.page.viewport_size["width"] < 1024:
        visitor.page.locator(".finder__panel > summary").click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_filters_work_in_place_and_keep_focus_address_and_history(visit, address, width, dark):
    visitor = visit(width=width, dark=dark)
    arrive(visitor, address)
    page, told = visitor.page, visitor.page.locator("#found")
    page.evaluate("window.stayed = true")
    open_filters(visitor)

    page.get_by_role("checkbox", name="Holt & Haven").check()
    expect(told).to_have_text("3 producten")
    assert page.url.endswith(f"{address}?brand=Holt+%26+Haven")
    expect(page.get_by_role("checkbox", name="Holt & Haven")).to_be_focused()
    page.get_by_label("Tot (€)").fill("350,50")
    page.keyboard.press("Enter")
    expect(told).to_have_text("1 product")
    visitor.check()
    page.get_by_label("Sorteer op").select_option("-price")
    page.wait_for_url("**sort=-price")
    page.get_by_role("link", name="Holt & Haven Weghalen").click()
    expect(told).to_have_text("7 producten")
    expect(page.locator(NAMES).first).to_have_text("Zit 5")
    expect(page.locator("#results")).to_be_focused()
    page.go_back()
    expect(told).to_have_text("1 product")

    assert page.evaluate("window.stayed")
    visitor.check()


@pytest.mark.parametrize("width", [1280, 360])
def test_filters_work_without_scripts(visit, address, width):
    visitor = visit(width=width, scripts=False)
    arrive(visitor, address)
    open_filters(visitor)

    visitor.page.get_by_role("checkbox", name="Zetwerk").check()
    wrong = visitor.page.get_by_label("Vanaf (€)")
    wrong.fill("veel")
    visitor.button("Toon producten").click()
    expect(visitor.page.locator(NAMES)).to_have_count(5)
    expect(wrong).to_be_visible()
    expect(wrong).to_have_value("veel")
    expect(wrong).to_have_accessible_description("Typ een bedrag zoals 49 of 49,95.")
    expect(visitor.page.get_by_role("alert")).to_have_text("Prijs: Typ een bedrag zoals 49 of 49,95.")
    visitor.check()
    wrong.fill("1.000")
    visitor.button("Toon producten").click()
    expect(visitor.page.get_by_role("alert")).to_have_count(0)
    expect(visitor.page.get_by_role("heading", name="Niets past bij al deze filters")).to_be_visible()
    visitor.check()
    visitor.link("elke prijs (5)").click()
    expect(visitor.page.locator(NAMES)).to_have_count(5)
    visitor.page.get_by_label("Sorteer op").select_option("Prijs, hoog naar laag")
    visitor.button("Sorteren").click()

    expect(visitor.page.locator(NAMES).first).to_have_text("Zit 4")


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
def test_specifications_narrow_down_by_value_and_by_number(visit, address, width, scripts):
    visitor = visit(width=width, scripts=scripts)
    arrive(visitor, address)
    page, told = visitor.page, visitor.page.locator("#found")
    open_filters(visitor)
    height = page.get_by_role("group", name="Hoogte (cm)")

    page.get_by_role("checkbox", name="wit").check()
    if scripts:
        expect(told).to_have_text("4 producten")
        expect(page.get_by_role("checkbox", name="wit")).to_be_focused()
    height.get_by_label("Vanaf").fill("2,5")
    height.get_by_label("Tot").fill("hoog")
    page.keyboard.press("Enter")
    expect(told).to_have_text("3 producten")
    expect(height.get_by_text("Typ een getal zoals 12 of 12,5.")).to_be_visible()
    expect(height.get_by_label("Tot")).to_have_value("hoog")
    expect(page.get_by_role("alert")).to_have_text("Hoogte (cm): Typ een getal zoals 12 of 12,5.")
    visitor.check()
    page.get_by_role("link", name="Kleur: wit Weghalen").click()

    expect(told).to_have_text("5 producten")
    assert page.url.endswith("?from-hoogte-cm=2.5")
    visitor.check()
