"""Somebody who thinks of a shop: reads how it works, looks around in the example, and leaves nothing behind."""

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import Mail
from accounts.outbox import NOBODY, send_due
from onboarding import example
from orders.models import Order
from tests.browser import steps
from tests.orders.conftest import stock_of
from tests.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
@pytest.mark.parametrize("width", [1280, 360])
def test_example_is_entered_without_account_and_gone_after_the_night(visit, world, settings, scripts, width):
    settings.PAYMENT_PROVIDER = ""
    shop = example.ensure_example(now=NOW)
    visitor = visit(width=width, scripts=scripts)

    visitor.open(visitor.site.main)
    visitor.link("Alles, stap voor stap").click()
    visitor.arrives_at("Van je aanvraag tot een stoel thuis")
    visitor.page.get_by_text("Wat kost het?").click()
    visitor.check()
    visitor.link("Rondkijken in de voorbeeldwinkel").click()
    visitor.arrives_at("Kijk rond in een thuiswerkwinkel")
    visitor.check()
    visitor.button("Rondkijken als medewerker").click()
    visitor.arrives_at("Welkom, Bezoeker")
    visitor.check()
    assert steps.balance(visitor) == "€ 350,00"
    steps.put_in_cart(visitor, "Bureaus", world.desk.name)
    steps.check_out(visitor)
    steps.pay(visitor)

    order = Order.objects.get()
    assert (order.portal, order.state, str(order.credit), str(order.own_money)) == (
        shop,
        "confirmed",
        "350.00",
        "49.00",
    )
    assert steps.balance(visitor) == "€ 0,00"
    assert stock_of(world.desk) == 100
    assert set(Mail.objects.values_list("to", flat=True)) <= {NOBODY}
    send_due(now=NOW)
    assert (mail.outbox, Mail.objects.count()) == ([], 0)

    assert example.reset_example(now=NOW) == 1

    visitor.open(visitor.site.portal(shop.slug) + "/orders/")
    visitor.arrives_at("Kijk rond in een thuiswerkwinkel")
    visitor.button("Rondkijken als medewerker").click()
    visitor.arrives_at("Mijn bestellingen")
    expect(visitor.page.get_by_text(order.number)).to_have_count(0)
    assert Order.objects.count() == 0
    assert steps.balance(visitor) == "€ 350,00"


@SCRIPTS
@pytest.mark.parametrize(("host", "width"), [(None, 360), ("acme", 1280)])
def test_english_is_offered_and_either_answer_is_kept(visit, world, scripts, host, width):
    for answer, title in (("Read in English", "Log in"), ("No, thanks", "Inloggen")):
        visitor = visit(width=width, scripts=scripts, language="en-GB", has_chosen=False)
        login = (visitor.site.portal(host) if host else visitor.site.main) + "/account/login/"

        visitor.open(login)
        visitor.arrives_at("Inloggen")
        visitor.check()
        visitor.button(answer).click()
        visitor.arrives_at(title)
        visitor.check()

        expect(visitor.button("No, thanks")).to_have_count(0)
        visitor.open(login)
        visitor.arrives_at(title)
        expect(visitor.button("No, thanks")).to_have_count(0)


def test_dutch_reader_is_offered_nothing(visit, world):
    visitor = visit()

    visitor.open(visitor.site.main)

    expect(visitor.button("No, thanks")).to_have_count(0)
