"""The timeline of an order: told where it happens, shown with what is still to come."""

import datetime as dt

import pytest
from django.test import Client

from orders.fulfilment import ship_order
from orders.giving_up import lapse_order
from orders.models import Order
from orders.settlement import settle_payment
from orders.timeline import timeline
from tests.orders.conftest import IN_TIME, TOO_LATE, at_the_bank, order_of, started
from tests.world import NOW, World

TRACKING = "https://parcels.example/track/3S0123"


def shown(order: Order) -> list[tuple[str, dt.datetime | None]]:
    order.refresh_from_db()
    return [(step.label, step.at) for step in timeline(order, list(order.events.all()))]


def test_order_paid_with_credit_is_placed_and_paid_at_once(world: World):
    order = order_of(world.bob, world.chair)

    assert shown(order) == [
        ("Besteld", NOW),
        ("Betaald", NOW),
        ("Ingepakt", None),
        ("Verstuurd", None),
        ("Bezorgd", None),
    ]


def test_order_is_paid_when_the_bank_says_so(world: World):
    order, payment = started(world)
    before = shown(order)
    at_the_bank(payment, "paid")

    settle_payment(payment, now=IN_TIME)

    assert before[:2] == [("Besteld", NOW), ("Betaald", None)]
    assert shown(order)[:2] == [("Besteld", NOW), ("Betaald", IN_TIME)]


def test_lapsed_order_expects_nothing(world: World):
    order, _payment = started(world)

    lapse_order(order, now=TOO_LATE)

    assert shown(order) == [("Besteld", NOW), ("Niet op tijd betaald", TOO_LATE)]


@pytest.mark.usefixtures("today")
def test_page_shows_the_timeline_with_the_tracking_link(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    ship_order(order, TRACKING, now=NOW)

    page = bob.get(f"/orders/{order.number}/").text

    assert f'<a href="{TRACKING}" rel="noopener noreferrer">Volg je pakket</a>' in page
    assert page.count('class="timeline__step"') == 4
    assert page.count('class="timeline__step timeline__step--to-come"') == 1
