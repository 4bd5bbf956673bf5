"""The page of the API and the page that shows a token: clean on every screen."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_page_of_the_api_is_clean(visit, width, dark):
    visitor = visit(width=width, dark=dark)

    visitor.open(f"{visitor.site.main}/api/")
    visitor.check()
    visitor.link("key-reused").first.click()

    assert visitor.page.url.endswith("/api/#key-reused")


@pytest.mark.parametrize("width", [1280, 360])
def test_token_is_shown_on_a_clean_page_and_gone_on_the_next(visit, world, settings, width):
    settings.DEMO = True
    visitor = visit(width=width)
    office = Client(HTTP_HOST="localhost")
    office.force_login(world.coordinator)
    session = office.cookies["sessionid"].value
    visitor.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.site.main}])

    visitor.open(f"{visitor.site.main}/admin/orders/apitoken/add/")
    visitor.page.fill("[name=name]", "Magazijn")
    visitor.page.check("[name=catalogue]")
    visitor.button("Opslaan").click()
    secret = visitor.page.locator(".secret").inner_text()
    visitor.check()
    visitor.link("Ik heb het gekopieerd").click()

    assert (len(secret), secret[:3]) == (76, "tw_")
    assert secret not in visitor.page.content()
