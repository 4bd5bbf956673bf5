"""The employee's statement of credit."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from billing import ledger
from billing.statement import PAGE_SIZE, statement_page
from tests.world import NOW, World, make_grant

HOUR = dt.timedelta(hours=1)


def lines(membership, page: str | None = None) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.order_number, line.amount, line.balance) for line in statement_page(membership, page)[1]]


def labels(membership) -> list[str]:
    return [line.label for line in statement_page(membership, None)[1]]


@pytest.fixture
def bob(world: World) -> Client:
    """Bob, signed in at acme, on the day the tests play."""
    client = Client(HTTP_HOST="acme.localhost")
    with time_machine.travel(NOW + 10 * HOUR, tick=False):
        client.force_login(world.bob.user)
        yield client


def test_statement_has_the_newest_first_with_the_balance_after_it(world: World):
    spent = ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW + HOUR)[0]
    ledger.refund(spent, amount=Decimal("15.00"), source="return", now=NOW + 2 * HOUR)

    assert lines(world.bob) == [
        ("TW26-1", Decimal("15.00"), Decimal("225.00")),
        ("TW26-1", Decimal("-40.00"), Decimal("210.00")),
        ("", Decimal("250.00"), Decimal("250.00")),
    ]


def test_order_that_took_from_two_grants_is_one_line(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1), now=NOW + HOUR)
    ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW + 2 * HOUR)

    assert lines(world.bob)[0] == ("TW26-1", Decimal("-50.00"), Decimal("230.00"))


def test_paid_reservation_is_one_line_that_says_spent(world: World):
    ledger.reserve(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW + HOUR)
    assert labels(world.bob)[0] == "gereserveerd"

    ledger.spend_reserved(world.bob, order_number="TW26-1", now=NOW + 2 * HOUR)

    assert lines(world.bob)[0] == ("TW26-1", Decimal("-50.00"), Decimal("200.00"))
    assert labels(world.bob) == ["besteed", "tegoed ontvangen"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", ["besteed", "reservering vrijgegeven", "gereserveerd", "tegoed ontvangen"]),
        ("en", ["spent", "reservation released", "reserved", "credit received"]),
    ],
)
def test_order_paid_after_its_reservation_lapsed_says_what_happened_when(world: World, language: str, said: list[str]):
    ledger.reserve(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW + HOUR)
    ledger.release(world.bob, order_number="TW26-1", now=NOW + 2 * HOUR)
    assert labels(world.bob)[:2] == ["reservering vrijgegeven", "gereserveerd"]

    ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW + 3 * HOUR)

    with translation.override(language):
        assert labels(world.bob) == said
    assert [amount for _order, amount, _balance in lines(world.bob)] == [-50, 50, -50, 250]


def test_reservation_that_lapsed_and_was_paid_in_one_moment_says_spent(world: World):
    ledger.reserve(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW + HOUR)
    ledger.release(world.bob, order_number="TW26-1", now=NOW + 2 * HOUR)
    ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW + 2 * HOUR)

    assert labels(world.bob) == ["besteed", "tegoed ontvangen"]


def test_pages_carry_the_balance_on(world: World):
    for number in range(PAGE_SIZE + 3):
        ledger.spend(world.bob, amount=Decimal("2.00"), order_number=f"TW26-{number}", now=NOW + (number + 1) * HOUR)

    first, second = lines(world.bob, "1"), lines(world.bob, "2")

    assert (len(first), len(second)) == (PAGE_SIZE, 4)
    assert first[-1][2] - first[-1][1] == second[0][2]
    assert second[-1][2] == Decimal("250.00")


def test_page_shows_balance_validity_and_a_link_to_the_order(bob: Client, world: World):
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)

    page = bob.get("/credit/").content.decode()

    for text in ("€\N{NO-BREAK SPACE}210,00", "31 januari 2027", 'href="/orders/TW26-1/"', "-€\N{NO-BREAK SPACE}40,00"):
        assert text in page


def test_page_without_credit_says_so(world: World):
    client = Client(HTTP_HOST="acme.localhost")
    client.force_login(world.alice.user)

    assert "Nog geen mutaties" in client.get("/credit/").content.decode()


def test_page_holds_nothing_of_a_colleague_or_another_portal(bob: Client, world: World):
    make_grant(world.alice, "77.77")
    make_grant(world.charlie, "88.88")

    page = bob.get("/credit/").content.decode()

    assert "77,77" not in page
    assert "88,88" not in page


def test_page_of_another_portal_is_closed_to_bob(bob: Client):
    response = bob.get("/credit/", headers={"host": "globex.localhost"})

    assert response.status_code == 302
    assert "/account/" in response["Location"]


@pytest.mark.parametrize("movements", [1, 60])
def test_page_takes_the_same_queries_whatever_its_length(bob, world, movements, django_assert_num_queries):
    for number in range(movements):
        ledger.spend(world.bob, amount=Decimal("2.00"), order_number=f"TW26-{number}", now=NOW + number * HOUR / 60)

    with django_assert_num_queries(9):
        bob.get("/credit/")
