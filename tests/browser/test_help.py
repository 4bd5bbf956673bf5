"""The pages that help and inform, and the notice that no brand restyles."""

import pytest

from portals.models import Portal, PortalState
from tests.browser import steps
from tests.orders.conftest import order_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/help/", "/help/terms/", "/help/accessibility/", "/help/employer/"]


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_are_clean_in_a_closed_shop(visit, world, width):
    order_of(world.bob, world.chair)
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.CLOSED)
    visitor = visit(width=width)
    steps.log_in(visitor, "bob@acme.example")

    for path in PAGES:
        visitor.open(visitor.site.portal("acme") + path)
        visitor.check()


def test_notice_looks_the_same_under_every_brand_and_in_the_dark(visit, world):
    looks = set()
    for colour, dark in (("#1f5f8b", False), ("#ffcc00", False), ("#b00020", True)):
        Portal.objects.filter(pk=world.acme.pk).update(brand_color=colour)
        visitor = visit(dark=dark)
        visitor.open(visitor.site.portal("acme") + "/help/terms/")
        looks.add(tuple(visitor.page.evaluate(LOOK)))

    assert looks == {
        ("rgb(255, 255, 255)", "rgb(26, 26, 26)", "rgb(0, 51, 153)", "rgb(255, 237, 0)", "rgb(0, 51, 153)")
    }


# Paper and ink of the notice, the band behind its title, the line below that, and its link.
LOOK = """() => {
    const style = (part) => getComputedStyle(document.querySelector(part));
    const [notice, title] = [style(".guarantee"), style(".guarantee__title")];
    return [notice.backgroundColor, notice.color, title.backgroundColor, title.borderBlockEndColor,
            style(".guarantee a").color];
}"""
