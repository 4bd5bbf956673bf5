"""What has to be read at 320 and 360 px: a whole postal code, and whole words, or words broken with a hyphen."""

import pytest
from playwright.sync_api import Page

from catalog.models import Product
from tests.browser import steps
from tests.orders.conftest import put
from tests.world import World, make_product

pytestmark = pytest.mark.django_db(transaction=True)

# The words of `selector` that are broken over lines where no hyphen may come.
BROKEN = """selector => [...document.querySelectorAll(selector)].flatMap(element => {
  const broken = [], texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  for (let text; (text = texts.nextNode());) {
    for (const word of text.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      const range = document.createRange()
      range.setStart(text, word.index)
      range.setEnd(text, word.index + word[0].length)
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)))
      if (lines.size > 1 && getComputedStyle(text.parentElement).hyphens !== "auto") broken.push(word[0])
    }
  }
  return broken
})"""
MONITOR = "Breedbeeldmonitor UltraSharp 34 inch"


def broken(page: Page, selector: str) -> list[str]:
    assert page.locator(selector).count(), selector
    return page.evaluate(BROKEN, selector)


@pytest.fixture
def products(world: World) -> list[Product]:
    made = [make_product(world.chairs, MONITOR, "399.00"), make_product(world.chairs, "Zit-sta bureau Lift", "199.00")]
    lines = [["Beeldschermdiagonaal", "Diagonal", "34 inch", "34 inch"], ["Schermverhouding", "Ratio", "21:9", "21:9"]]
    Product.objects.filter(pk__in=[one.pk for one in made]).update(specifications=lines)
    return made


@pytest.mark.parametrize("width", [320, 360])
def test_words_stay_whole(visit, products, world: World, width: int):
    visitor = visit(width=width)
    steps.log_in(visitor, "bob@acme.example")
    shop, found = visitor.site.portal("acme"), {}

    visitor.open(f"{shop}/categories/{world.chairs.slug}/")
    found["card"] = broken(visitor.page, ".product-card__name")
    for product in products:
        visitor.open(f"{shop}/products/{product.pk}/{product.slug}/")
        found["product"] = broken(visitor.page, "h1, main dl dt")
        visitor.page.locator("form[action='/compare/'] button").click()
        visitor.arrives_at("Producten vergelijken")
    found["compare"] = broken(visitor.page, ".comparison th")

    assert found == {"card": [], "product": [], "compare": []}


@pytest.mark.parametrize("width", [320, 360])
def test_postal_code_is_seen_whole_in_the_checkout(visit, world: World, width: int):
    visitor = visit(width=width)
    steps.log_in(visitor, "bob@acme.example")
    put(world.bob, world.chair)
    visitor.open(visitor.site.portal("acme") + "/checkout/")
    visitor.field("Postcode").fill("3011 MM")

    wide, seen = visitor.page.evaluate(
        "(box => [box.scrollWidth, box.clientWidth])(document.querySelector('[name=postal_code]'))"
    )

    assert wide <= seen
