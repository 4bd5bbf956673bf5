"""The ledger: giving and spending credit, and the days that it lives."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger
from tests.billing.conftest import AFTER_END, LAST_SECOND, available, keep_open, kinds, spend
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM

pytestmark = pytest.mark.usefixtures("grants_are_right")


def test_spend_takes_credit_once_per_order(world: World):
    first, again = spend(world), spend(world)

    assert first == again
    assert available(world) == Decimal("210.00")


def test_spend_of_more_than_there_is_writes_nothing(world: World):
    with pytest.raises(ledger.InsufficientCredit) as refusal:
        spend(world, "250.01")

    assert (refusal.value.asked, refusal.value.available) == (Decimal("250.01"), Decimal("250.00"))
    assert kinds(world) == [("grant", Decimal("250.00"))]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.005"])
def test_spend_refuses_what_is_no_amount(world: World, amount: str):
    with pytest.raises(ledger.InvalidAmount):
        spend(world, amount)


def test_grant_many_with_one_that_is_no_amount_gives_nothing(world: World):
    amounts = {world.alice: Decimal("10.00"), world.bob: Decimal("0.005")}

    with pytest.raises(ledger.InvalidAmount):
        ledger.grant_many(amounts, valid_from=NOW.date(), valid_until=NOW.date(), reason="", source="many", now=NOW)

    assert (ledger.available(world.alice, now=NOW), available(world)) == (Decimal("0.00"), Decimal("250.00"))


def test_spend_of_another_amount_for_the_same_order_is_refused(world: World):
    spend(world, "40.00")

    with pytest.raises(ledger.SourceReused):
        spend(world, "41.00")

    assert available(world) == Decimal("210.00")


def test_spend_for_the_order_of_somebody_else_is_refused(world: World):
    spend(world, "40.00")

    with pytest.raises(ledger.SourceReused):
        ledger.spend(world.charlie, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)

    assert ledger.available(world.charlie, now=NOW) == Decimal("250.00")


def test_spend_takes_from_the_grant_that_ends_soonest(world: World):
    soon = make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))

    entries = ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW)

    assert [(entry.grant_id == soon.pk, entry.amount) for entry in entries] == [
        (True, Decimal("-30.00")),
        (False, Decimal("-20.00")),
    ]


def test_grant_is_given_once_per_source(world: World):
    first = make_grant(world.bob, "10.00", source="welcome:bob")
    again = make_grant(world.bob, "10.00", source="welcome:bob")

    assert first == again
    assert available(world) == Decimal("260.00")


def test_grant_refuses_a_source_that_names_another_amount_or_person(world: World):
    make_grant(world.bob, "10.00", source="welcome:bob")

    with pytest.raises(ledger.SourceReused):
        make_grant(world.bob, "20.00", source="welcome:bob")
    with pytest.raises(ledger.SourceReused):
        make_grant(world.charlie, "10.00", source="welcome:bob")

    assert available(world) == Decimal("260.00")


def test_credit_ends_in_the_last_second_of_its_last_day(world: World):
    assert available(world, LAST_SECOND) == Decimal("250.00")
    assert available(world, AFTER_END) == Decimal("0.00")
    with pytest.raises(ledger.InsufficientCredit):
        spend(world, now=AFTER_END)
    spend(world, now=LAST_SECOND)


def test_credit_begins_in_the_first_second_of_its_first_day(world: World):
    before = dt.datetime(2026, 9, 30, 23, 59, 59, tzinfo=AMSTERDAM)

    assert available(world, before) == Decimal("0.00")
    assert available(world, before + dt.timedelta(seconds=1)) == Decimal("250.00")


def test_expire_leaves_valid_credit_and_writes_once(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))
    day_after = dt.datetime(2026, 12, 2, 0, 0, tzinfo=AMSTERDAM)

    assert ledger.expire(world.bob, now=day_after - dt.timedelta(seconds=1)) == []
    ledger.expire(world.bob, now=day_after)
    ledger.expire(world.bob, now=day_after)

    assert [row for row in kinds(world) if row[0] == "expire"] == [("expire", Decimal("-30.00"))]
    assert available(world, day_after) == Decimal("250.00")


def test_repeated_spend_over_several_grants_returns_the_same_entries(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))

    first = ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW)

    assert ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW) == first


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2026, 3, 29, 0, 59, 59, tzinfo=dt.UTC),
        dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    ],
)
def test_credit_of_one_day_is_there_in_every_hour_of_the_clock_change(world: World, moment: dt.datetime):
    day = moment.astimezone(AMSTERDAM).date()
    make_grant(world.alice, "25.00", valid_from=day, valid_until=day)

    ledger.spend(world.alice, amount=Decimal("25.00"), order_number="TW26-1", now=moment)

    assert ledger.available(world.alice, now=moment) == Decimal("0.00")


def test_credit_of_the_leap_day_ends_with_it(world: World):
    keep_open(world, dt.date(2028, 12, 31))
    make_grant(world.alice, "25.00", valid_from=dt.date(2028, 2, 1), valid_until=dt.date(2028, 2, 29))
    last_second = dt.datetime(2028, 2, 29, 23, 59, 59, tzinfo=AMSTERDAM)

    assert ledger.available(world.alice, now=last_second) == Decimal("25.00")
    assert ledger.available(world.alice, now=last_second + dt.timedelta(seconds=1)) == Decimal("0.00")
