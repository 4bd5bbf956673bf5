"""A product feed through the back office, in a browser."""

import pytest

from tests.browser import steps
from tests.catalog.feeds import row, xml
from tests.world import make_staff


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_administrator_hands_over_a_feed_and_looks_at_what_it_would_do(visit, world, width, dark):
    make_staff("admin@thuiswerk.example")
    administrator = visit(width=width, dark=dark)
    steps.log_in_to_back_office(administrator, "admin@thuiswerk.example")
    administrator.open(f"{administrator.site.main}/admin/catalog/feedrun/add/")
    administrator.check()
    feed = xml(row(), row("B-2", price="gratis")).read()
    page = administrator.page
    page.get_by_label("XML- of TSV-bestand").set_input_files(
        {"name": "feed.xml", "mimeType": "text/xml", "buffer": feed}
    )
    page.get_by_role("button", name="Feed inlezen").click()

    page.get_by_role("button", name="Feed importeren").wait_for()
    refused = page.get_by_role("region", name="Geweigerde rijen").get_by_role("row")
    assert refused.nth(1).inner_text().split("\t") == [
        "2",
        "B-2",
        "Geef de price op als “49.99 EUR”, niet als “gratis”.",
    ]
    administrator.check()
