"""Where an order stands: its badge, what is told of its delivery, and what it cost after giving back."""

import datetime as dt
import html
import re
import uuid

import pytest
from django.test import Client
from django.utils import translation

from orders.fulfilment import deliver_order, pack_order, ship_order
from orders.giving_back import give_back, miss_return, register_receipt
from orders.giving_up import cancel_unpaid, lapse_order
from orders.models import GiveBack, Order
from orders.standing import standing_of
from tests.orders.conftest import order_of, started
from tests.world import NOW, World, make_grant, make_staff

pytestmark = pytest.mark.usefixtures("today")


def given(order: Order, quantity: int = 1) -> GiveBack:
    return give_back(order, {order.lines.get().pk: quantity}, form_token=uuid.uuid4(), now=NOW)


def returned(order: Order, quantity: int = 1) -> Order:
    """Delivered, and sent back."""
    back = given(deliver_order(order, now=NOW), quantity)
    register_receipt(back, now=NOW, actor=make_staff(f"{order.number.lower()}@thuiswerk.example"))
    return order


def missed(order: Order) -> Order:
    miss_return(given(deliver_order(order, now=NOW)), now=NOW, actor=make_staff("sam@thuiswerk.example"))
    return order


def label(order: Order) -> str:
    order.refresh_from_db()
    return standing_of(order, list(order.events.all()), list(order.give_backs.all())).label


WAYS = [
    (lambda order: order, "bevestigd"),
    (lambda order: pack_order(order, now=NOW), "Ingepakt"),
    (lambda order: ship_order(order, now=NOW), "Verstuurd"),
    (lambda order: deliver_order(order, now=NOW), "Bezorgd"),
    (lambda order: given(deliver_order(order, now=NOW)), "Retour aangemeld"),
    (lambda order: returned(order), "Deels teruggegeven"),
    (lambda order: returned(order, 2), "Teruggegeven"),
    (missed, "Bezorgd"),
    (lambda order: given(order), "bevestigd"),
    (lambda order: given(order, 2), "geannuleerd"),
]


@pytest.mark.parametrize(("go", "expected"), WAYS)
def test_badge_says_how_far_the_order_is_on_its_page_and_in_the_list(bob: Client, world: World, go, expected: str):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 2)

    go(order)

    pages = [bob.get(page).text for page in (f"/orders/{order.number}/", "/orders/")]
    badges = [re.search(r'<span class="badge[^"]*">(.*?)</span>', page).group(1) for page in pages]
    assert (label(order), badges) == (expected, [expected, expected])


def test_badge_speaks_the_language_of_the_reader(world: World):
    order = returned(order_of(world.bob, world.chair))

    with translation.override("en"):
        assert label(order) == "Given back"


def test_order_says_what_it_cost_after_giving_back(bob: Client, world: World):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 2)
    waiting = given(deliver_order(order, now=NOW))
    before = [bob.get(page).text for page in ("/orders/", f"/orders/{order.number}/")]

    register_receipt(waiting, now=NOW, actor=make_staff("sam@thuiswerk.example"))
    rows, page = (bob.get(page).text for page in ("/orders/", f"/orders/{order.number}/"))

    assert ["waarvan" in before[0], "Wat overblijft" in before[1]] == [False, False]
    assert "waarvan €\xa0249,00 terug" in rows
    assert "<dt>Teruggegeven</dt><dd>−€\xa0249,00</dd>" in page
    assert '<dt class="strong">Wat overblijft van de aankoop</dt><dd class="strong">€\xa0249,00</dd>' in page


def told(bob: Client, order: Order) -> list[str]:
    """What the page says of the delivery."""
    texts = re.findall(r'<p class="delivery[^"]*">.*?<span>(.*?)</span></p>', bob.get(f"/orders/{order.number}/").text)
    return [html.unescape(re.sub("<[^>]+>", "", text)) for text in texts]


def test_promise_stands_until_the_order_is_there(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    promised = [told(bob, order), told(bob, ship_order(order, now=NOW))]

    deliver_order(order, now=NOW)

    assert promised == [["Gratis bezorgd morgen, dinsdag 17 november"]] * 2
    assert told(bob, order) == ["Bezorgd op maandag 16 november 2026"]


def test_promise_of_a_day_that_has_passed_is_told_as_such(bob: Client, world: World, clock):
    order = order_of(world.bob, world.chair)
    clock.move_to(dt.datetime(2026, 11, 17, 23, 30, tzinfo=NOW.tzinfo))
    on_the_day = told(bob, order)

    clock.move_to(dt.datetime(2026, 11, 18, 0, 30, tzinfo=NOW.tzinfo))

    assert (on_the_day, told(bob, order)) == (
        ["Gratis bezorgd dinsdag 17 november"],
        ["Beloofd voor dinsdag 17 november"],
    )


def test_nothing_is_promised_of_an_order_that_does_not_come(bob: Client, world: World):
    lapsed, _payment = started(world)
    lapse_order(lapsed, now=NOW + dt.timedelta(hours=1))
    unpaid = order_of(world.bob, world.desk)
    cancel_unpaid(unpaid, now=NOW)
    cancelled = order_of(world.bob, world.chair)
    given(cancelled)

    assert [told(bob, order) for order in (lapsed, unpaid, cancelled)] == [[], [], []]
