"""The delivery promise on the pages, in the transaction of the order and in its mail. NOW is a Monday morning."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from catalog.models import Product
from orders.checkout import CartChanged
from orders.delivery import calendar_at, promised_day
from orders.models import DeliveryException, Order
from portals.preview import preview_url
from tests.orders.conftest import ACME, HOME_FORM, order_cart, order_of, put
from tests.orders.test_checkout import shown_to
from tests.orders.test_views import hidden
from tests.world import NOW, World, make_product

TUESDAY, WEDNESDAY, THURSDAY = (dt.date(2026, 11, day) for day in (17, 18, 19))
WORDS = "Gratis bezorgd morgen, dinsdag 17 november"


def close(day: dt.date) -> None:
    DeliveryException.objects.create(date=day, delivers=False, note="Staking")


def takes(product: Product, days: int | None) -> Product:
    Product.objects.filter(pk=product.pk).update(delivery_days=days)
    return product


@pytest.fixture
def pages(world: World) -> dict[str, str]:
    """Where a promise is read before ordering."""
    return {
        "home": "/",
        "category": f"/categories/{world.chairs.slug}/",
        "search": "/search/?q=bureaustoel",
        "product": f"/products/{world.chair.pk}/{world.chair.slug}/",
        "cart": "/cart/",
        "checkout": "/checkout/",
    }


def told(client: Client, pages: dict[str, str], words: str) -> set[str]:
    plain = {name: client.get(path).content.decode().replace("<strong>", "") for name, path in pages.items()}
    return {name for name, page in plain.items() if words in page}


def test_calendar_holds_the_exceptions_to_come(db):
    for day, delivers in ((dt.date(2026, 11, 15), True), (TUESDAY, False), (dt.date(2026, 11, 22), True)):
        DeliveryException.objects.create(date=day, delivers=delivers)

    calendar = calendar_at(NOW)

    assert (calendar.closed, calendar.opened) == ({TUESDAY}, {dt.date(2026, 11, 22)})


def test_latest_line_decides_for_all(world: World):
    calendar, slow = calendar_at(NOW), Product(delivery_days=3)

    assert promised_day(calendar, [world.chair]) == TUESDAY
    assert promised_day(calendar, [world.chair, slow, world.desk]) == THURSDAY
    assert promised_day(calendar, [world.chair, Product(delivery_days=None)]) is None
    assert promised_day(calendar, []) is None


@pytest.mark.usefixtures("today")
def test_every_page_tells_the_day(bob: Client, world: World, pages):
    put(world.bob, world.chair)

    assert told(bob, pages, WORDS) == set(pages)


@pytest.mark.usefixtures("today")
def test_exception_shows_at_once_on_every_page(bob: Client, world: World, pages):
    put(world.bob, world.chair)
    told(bob, pages, WORDS)

    close(TUESDAY)

    assert told(bob, pages, WORDS) == set()
    assert told(bob, pages, "Gratis bezorgd woensdag 18 november") == set(pages)


def test_kept_cards_are_made_anew_on_the_next_day(bob: Client, world: World, pages):
    del pages["cart"], pages["checkout"]
    with time_machine.travel(NOW, tick=False):
        told(bob, pages, WORDS)

    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        assert told(bob, pages, "dinsdag 17 november") == set()
        assert told(bob, pages, "Gratis bezorgd morgen, woensdag 18 november") == set(pages)


@pytest.mark.usefixtures("today")
def test_nothing_is_promised_of_what_is_sold_out_or_takes_long(bob: Client, world: World, pages):
    put(world.bob, takes(world.chair, None))
    assert told(bob, pages, "Gratis bezorgd morgen") == {"home"}  # of the desk

    Product.objects.filter(pk=world.chair.pk).update(delivery_days=1, stock=0)
    assert told(bob, pages, "Gratis bezorgd morgen") == {"home"}


@pytest.mark.usefixtures("today")
def test_preview_tells_the_day_too(world: World, pages):
    close(TUESDAY)
    preview = Client(HTTP_HOST=ACME)
    preview.get(preview_url(world.acme, world.coordinator).partition("localhost")[2])

    product = {"product": pages["product"]}
    assert told(preview, product, "woensdag 18 november") == set(product)


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("exceptions", [0, 3])
def test_promise_takes_no_statement_of_its_own(bob: Client, world: World, pages, exceptions: int):
    for number in range(exceptions):
        close(TUESDAY + dt.timedelta(days=number))
    bob.get(pages["product"])

    with CaptureQueriesContext(connection) as captured:
        bob.get(pages["product"])

    assert [query["sql"] for query in captured if query["sql"].startswith('SELECT "orders_deliveryexception"')] == []


@pytest.mark.usefixtures("today")
def test_promise_is_frozen_with_the_order(bob: Client, world: World):
    takes(world.desk, 2)
    put(world.bob, world.chair)
    order = order_of(world.bob, world.desk)

    close(WEDNESDAY)

    assert Order.objects.get().promised_on == WEDNESDAY
    page = bob.get(f"/orders/{order.number}/").content.decode()
    assert "Gratis bezorgd <strong>woensdag 18 november</strong>" in page


@pytest.mark.parametrize(
    ("ordered", "promised"),
    [
        # Around the cut-off, on a Monday in winter and on the Sunday on which summer time ended.
        ("2026-11-16T22:58:59+00:00", "2026-11-17"),
        ("2026-11-16T22:59:00+00:00", "2026-11-18"),
        ("2026-10-25T22:58:59+00:00", "2026-10-26"),
        ("2026-10-25T22:59:00+00:00", "2026-10-27"),
        # The Friday before it, still in summer time; nothing comes on Sunday.
        ("2026-10-23T21:58:59+00:00", "2026-10-24"),
        ("2026-10-23T21:59:00+00:00", "2026-10-26"),
        # Christmas, and the Sunday after it.
        ("2026-12-24T11:00:00+00:00", "2026-12-28"),
    ],
)
def test_order_keeps_the_day_that_follows_from_its_moment(world: World, ordered: str, promised: str):
    order = order_of(world.bob, world.chair, now=dt.datetime.fromisoformat(ordered))

    assert order.promised_on == dt.date.fromisoformat(promised)


def test_order_on_which_the_cut_off_passed_is_shown_again(world: World):
    put(world.bob, world.chair)
    shown = shown_to(world.bob)

    with pytest.raises(CartChanged):
        order_cart(world.bob, shown=shown, now=NOW.replace(hour=23, minute=59))

    assert order_cart(world.bob, shown=shown).promised_on == TUESDAY


@pytest.mark.usefixtures("today")
def test_page_on_which_the_cut_off_passed_says_what_is_promised_now(bob: Client, world: World):
    put(world.bob, world.chair)
    page = bob.get("/checkout/").content.decode()
    form = HOME_FORM | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")}

    with time_machine.travel(NOW.replace(hour=23, minute=59), tick=False):
        again = bob.post("/checkout/", form).content.decode()

    assert Order.objects.count() == 0
    assert "Gratis bezorgd <strong>woensdag 18 november</strong>" in again


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Gratis bezorgd dinsdag 17 november"), ("en", "Free delivery Tuesday 17 November")],
)
def test_mail_names_the_day_whenever_it_is_read(world: World, language: str, words: str):
    order_of(world.bob, world.chair, language=language)

    mail = Mail.objects.get(key__startswith="order-confirmed")
    assert (mail.text.count(words), mail.html.count(words)) == (1, 1)


def test_mail_of_what_takes_long_names_no_day(world: World):
    order_of(world.bob, takes(world.chair, None))

    assert "Gratis bezorgd" not in Mail.objects.get(key__startswith="order-confirmed").text


@pytest.mark.usefixtures("today")
def test_product_without_a_day_says_so(bob: Client, world: World):
    slow = make_product(world.chairs, "Maatwerkstoel", "99.00", delivery_days=None)

    page = bob.get(f"/products/{slow.pk}/{slow.slug}/").content.decode()

    assert "Het duurt langer dan anders, dus we beloven geen dag." in page
