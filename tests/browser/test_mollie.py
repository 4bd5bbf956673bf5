"""The way to a payment page on another host, past the content policy that keeps forms at home."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route

from orders.models import Order
from tests.browser import steps
from tests.orders.conftest import put
from tests.orders.payments.mollie_server import KEY, MollieServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mollie(settings) -> Iterator[MollieServer]:
    with MollieServer() as server:
        settings.PAYMENT_PROVIDER, settings.MOLLIE_API_KEY, settings.MOLLIE_ENDPOINT = "mollie", KEY, server.url
        yield server


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_checkout_reaches_mollie_and_comes_back(visit, world, mollie, scripts):
    put(world.bob, world.desk)
    employee = visit(scripts=scripts)
    steps.log_in(employee, "bob@acme.example")
    employee.open(employee.site.portal("acme") + "/cart/")

    steps.check_out(employee)
    employee.arrives_at("Mollie")
    (payment,) = mollie.payments.values()
    mollie.put("paid")
    employee.open(payment["redirectUrl"])

    employee.arrives_at("Bedankt, je bestelling is bevestigd")
    assert Order.objects.get().is_confirmed


def test_back_from_mollie_is_where_the_order_was_placed(visit, world, mollie):
    put(world.bob, world.desk)
    employee = visit()
    steps.log_in(employee, "bob@acme.example")
    employee.open(employee.site.portal("acme") + "/cart/")
    steps.check_out(employee)
    employee.arrives_at("Mollie")

    employee.page.go_back()

    employee.page.wait_for_url("**/cart/")
    assert len(mollie.payments) == 1


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_page_in_between_is_clean_where_mollie_does_not_come(visit, world, mollie, width, dark):
    def nothing_comes(route: Route) -> None:
        route.fulfill(status=204)

    put(world.bob, world.desk)
    employee = visit(width=width, dark=dark)
    steps.log_in(employee, "bob@acme.example")
    employee.open(employee.site.portal("acme") + "/cart/")
    employee.page.route(f"{mollie.url}/**", nothing_comes)

    steps.check_out(employee)

    employee.arrives_at("Naar de betaalpagina")
    assert employee.link("Ga naar de betaalpagina").get_attribute("href").startswith(mollie.url)
    employee.check()
