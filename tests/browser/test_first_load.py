"""The first visit of a page: at most 100 kB over the wire without pictures, and nothing moves while it loads."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles.finders import find
from django.core.files.base import ContentFile
from PIL import Image
from playwright.sync_api import Route

from tests.browser import steps
from tests.browser.visitor import Visitor
from tests.orders.conftest import put
from tests.world import World, make_product

pytestmark = pytest.mark.django_db(transaction=True)

MOST_BYTES = 100_000
PAGES: dict[str, Callable[[World], str]] = {
    "home": lambda world: "/",
    "category": lambda world: f"/categories/{world.chairs.slug}/",
    "product": lambda world: f"/products/{world.chair.pk}/{world.chair.slug}/",
    "cart": lambda world: "/cart/",
    "checkout": lambda world: "/checkout/",
}


@pytest.fixture
def shopper(visit, world: World) -> Visitor:
    """Bob on his telephone, in a shop with shelves as full as a page shows, with something in his cart."""
    for number in range(24):
        make_product(world.chairs, f"Ergonomische bureaustoel met hoge rugleuning nummer {number}", "189.00")
    put(world.bob, world.chair)
    visitor = visit(width=360)
    steps.log_in(visitor, "bob@acme.example")
    return visitor


def test_first_load_weighs_at_most_100_kilobytes_without_pictures(shopper: Visitor, world: World):
    weights = {name: weigh(shopper, path(world)) for name, path in PAGES.items()}

    assert {name: weight for name, weight in weights.items() if not 20_000 < weight <= MOST_BYTES} == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_loads_and_its_font_and_pictures_come_late(
    shopper: Visitor, world: World, width: int
):
    world.acme.logo.save("logo.png", drawn(600, 200), save=False)
    world.acme.header.save("header.png", drawn(1600, 700))
    shopper.page.set_viewport_size({"width": width, "height": 900})

    def dawdle(route: Route) -> None:
        shopper.page.wait_for_timeout(700)
        route.continue_()

    shopper.page.route("**/*.woff2", dawdle)
    shopper.page.route("**/brand/files/*", dawdle)

    moved = {}
    for name, path in PAGES.items():
        shopper.open(shopper.site.portal("acme") + path(world))
        shopper.page.wait_for_load_state("networkidle")
        moved[name] = shopper.page.evaluate(MOVED)

    assert moved == dict.fromkeys(PAGES, 0)


def drawn(width: int, height: int) -> ContentFile:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return ContentFile(file.getvalue())


def weigh(visitor: Visitor, path: str) -> int:
    """The bytes over the wire of all but pictures, from an empty page on.

    What lies in the static folder goes as WhiteNoise packs it.
    """
    visitor.page.goto("about:blank")
    devtools, kinds, sizes = visitor.context.new_cdp_session(visitor.page), {}, {}
    devtools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event}))
    devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    visitor.open(visitor.site.portal("acme") + path)
    visitor.page.wait_for_load_state("networkidle")
    devtools.detach()
    loaded = {key: kinds[key] for key in kinds.keys() & sizes.keys() if kinds[key]["type"] != "Image"}
    return sum(sizes[key] - saved(event["response"]["url"]) for key, event in loaded.items())


def saved(address: str) -> int:
    """How much lighter a static file is in production than from the server of the tests."""
    _host, is_static, name = address.partition("/static/")
    if not is_static or name.endswith(".woff2"):
        return 0
    body = Path(find(name)).read_bytes()
    return len(body) - len(brotli.compress(body))


# How far everything moved since the page opened.
MOVED = """() => new Promise((done) => {
    let moved = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) moved += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(moved), 200);
})"""
