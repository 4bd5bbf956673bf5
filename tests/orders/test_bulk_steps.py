"""Many orders at once taken to the next step, in the list of orders."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Mail
from orders.fulfilment import pack_order
from orders.giving_up import lapse_order
from orders.models import Order
from orders.settlement import settle_payment
from portals.models import OwnMoney
from tests.orders.conftest import IN_TIME, TOO_LATE, at_the_bank, colleague, order_of, started
from tests.world import NOW, World, make_grant

LIST = "admin:orders_order_changelist"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.DEMO = True


def act(client: Client, action: str, *orders: Order) -> list[str]:
    """What is told after `action` on `orders`."""
    chosen = {"action": action, "_selected_action": [order.pk for order in orders]}
    page = client.post(reverse(LIST), chosen, follow=True)
    return [str(message) for message in page.context["messages"]]


def steps(order: Order) -> list[str]:
    return list(order.events.order_by("pk").values_list("kind", flat=True))[2:]


@pytest.mark.parametrize(
    ("action", "taken", "mails"),
    [
        ("pack_all", ["packed"], 0),
        ("ship_all", ["packed", "shipped"], 2),
        ("deliver_all", ["packed", "shipped", "delivered"], 2),
    ],
)
def test_chosen_orders_take_the_step_once(world: World, action: str, taken: list[str], mails: int):
    make_grant(world.bob, "500.00")
    orders = [order_of(world.bob, world.chair), order_of(world.charlie, world.chair)]
    service, before = colleague("view_order", "change_order"), Mail.objects.count()

    told = [act(service, action, *orders) for _ in range(2)]

    assert told == [["2 orders noted."], ["2 orders were noted before."]]
    assert [steps(order) for order in orders] == [taken, taken]
    assert {event.actor.email for event in orders[0].events.filter(kind__in=taken)} == {"service@thuiswerk.example"}
    assert Mail.objects.count() - before == mails


def test_orders_that_cannot_go_are_left_and_named(world: World):
    make_grant(world.alice, "500.00")
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    goes, (charged_back, payment) = order_of(world.alice, world.chair), started(world)
    at_the_bank(payment, "paid")
    settle_payment(payment, now=IN_TIME)
    payment.chargebacks.create(portal=world.acme, provider_id="chb_1", amount=Decimal("149.00"), told_at=NOW)
    unpaid, lapsed = order_of(world.alice, world.desk, 2), order_of(world.alice, world.mug)
    lapse_order(lapsed, now=TOO_LATE)
    before = order_of(world.charlie, world.chair)
    pack_order(before, now=NOW)

    told = act(colleague("view_order", "change_order"), "pack_all", goes, before, charged_back, unpaid, lapsed)

    assert told == [
        "1 order noted.",
        "1 order was noted before.",
        f"Left as they are, because they are not paid yet: {unpaid.number}.",
        f"Left as they are, because they were cancelled or have lapsed: {lapsed.number}.",
        f"Left as they are, because the bank took the payment back: {charged_back.number}.",
    ]
    assert [steps(order) for order in (goes, before, charged_back)] == [["packed"], ["packed"], []]


def test_who_may_only_look_takes_no_step(world: World):
    order = order_of(world.bob, world.chair)
    looker = colleague("view_order")

    assert "pack_all" not in looker.get(reverse(LIST)).text
    act(looker, "pack_all", order)

    assert steps(order) == []
