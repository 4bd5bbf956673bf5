"""What the page of the credit says while an order has a part of it reserved."""

import pytest
from django.test import Client

from orders.giving_up import lapse_order
from orders.settlement import settle_payment
from tests.orders.conftest import IN_TIME, TOO_LATE, at_the_bank, order_of, started
from tests.world import World, make_grant

pytestmark = pytest.mark.usefixtures("today")


def page_of(client: Client, language: str = "nl") -> str:
    client.cookies["django_language"] = language
    return client.get("/credit/").content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "<strong>€\xa0250,00</strong> is gereserveerd voor {order} tot 10:30."),
        ("en", "<strong>€\xa0250,00</strong> is reserved for {order} until 10:30."),
    ],
)
def test_page_says_for_which_order_and_until_when(bob: Client, world: World, language: str, said: str):
    order, _payment = started(world)

    name = {"nl": "bestelling", "en": "order"}[language]
    link = f'<a href="/orders/{order.number}/">{name} {order.number}</a>'
    assert said.format(order=link) in page_of(bob, language)


def test_sum_of_what_can_be_spent_and_what_is_reserved_is_what_there_was(bob: Client, world: World):
    make_grant(world.bob, "200.00")
    order_of(world.bob, world.chair)  # which credit pays alone
    started(world)

    answer = bob.get("/credit/")

    assert [order.credit for order in answer.context["holding"]] == [201]
    assert answer.wsgi_request.credit == 0


@pytest.mark.parametrize("end", ["paid", "lapsed"])
def test_nothing_is_reserved_any_more_once_it_is_paid_or_lapsed(bob: Client, world: World, end: str):
    order, payment = started(world)
    if end == "paid":
        at_the_bank(payment, "paid")
        settle_payment(payment, now=IN_TIME)
    else:
        lapse_order(order, now=TOO_LATE)

    assert "is gereserveerd voor" not in page_of(bob)


def test_reservation_of_a_colleague_is_not_shown(world: World):
    order, _payment = started(world)
    alice = Client(HTTP_HOST="acme.localhost")
    alice.force_login(world.alice.user)

    assert order.number not in page_of(alice)


def test_reservations_cost_one_query_however_many(bob: Client, world: World, django_assert_num_queries):
    with django_assert_num_queries(9):
        page_of(bob)

    started(world)
    with django_assert_num_queries(10):
        page_of(bob)

    make_grant(world.bob, "300.00")
    order_of(world.bob, world.desk)
    with django_assert_num_queries(10):
        page_of(bob)


def test_a_grant_of_which_all_is_reserved_still_says_until_when_it_counts(bob: Client, world: World):
    started(world)

    answer = bob.get("/credit/")

    assert answer.wsgi_request.credit == 0
    assert [given.remaining for given in answer.context["grants"]] == [0]
    assert "over van €\xa0250,00" in answer.content.decode()
