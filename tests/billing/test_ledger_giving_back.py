"""The ledger: what is given back, taken away and corrected afterwards."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger
from tests.billing.conftest import AFTER_END, available, keep_open, kinds, spend
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM

pytestmark = pytest.mark.usefixtures("grants_are_right")


def test_refund_gives_back_to_the_same_grant_once_per_source(world: World):
    spent = spend(world)

    first = ledger.refund(spent, amount=Decimal("15.00"), source="return:1", now=NOW)
    again = ledger.refund(spent, amount=Decimal("15.00"), source="return:1", now=NOW)

    assert first == again
    assert (first.grant_id, first.spend_id, first.order_number) == (spent.grant_id, spent.pk, "TW26-1")
    assert available(world) == Decimal("225.00")


def test_refund_of_another_amount_for_the_same_source_is_refused(world: World):
    spent = spend(world)
    ledger.refund(spent, amount=Decimal("15.00"), source="return:1", now=NOW)

    with pytest.raises(ledger.SourceReused):
        ledger.refund(spent, amount=Decimal("16.00"), source="return:1", now=NOW)


def test_refund_never_gives_back_more_than_was_spent(world: World):
    spent = spend(world)
    ledger.refund(spent, amount=Decimal("30.00"), source="return:1", now=NOW)

    with pytest.raises(ledger.RefundTooLarge):
        ledger.refund(spent, amount=Decimal("10.01"), source="return:2", now=NOW)


def test_refund_of_a_request_that_began_before_the_spend_is_not_of_an_earlier_month(world: World):
    """A cancellation of the last second waits for a payment of the next month: each month's run finds both or none."""
    midnight = dt.datetime(2026, 12, 1, tzinfo=AMSTERDAM)
    spent = spend(world, now=midnight)

    given_back = ledger.refund(
        spent, amount=Decimal("40.00"), source="cancelled", now=midnight - dt.timedelta(seconds=1)
    )

    assert given_back.posted_at == midnight


def test_refund_of_what_is_no_spend_is_refused(world: World):
    given = world.bob.entries.get()

    with pytest.raises(ledger.LedgerRefusal):
        ledger.refund(given, amount=Decimal("1.00"), source="return:1", now=NOW)


def test_refund_after_the_end_reopens_the_grant_for_that_amount_and_thirty_days(world: World):
    spent = spend(world)
    last_evening = dt.datetime(2027, 3, 3, 23, 59, 59, tzinfo=AMSTERDAM)

    ledger.refund(spent, amount=Decimal("40.00"), source="return:1", now=AFTER_END)

    assert available(world, AFTER_END) == Decimal("40.00")
    assert available(world, last_evening) == Decimal("40.00")
    assert available(world, last_evening + dt.timedelta(seconds=1)) == Decimal("0.00")
    assert ("expire", Decimal("-210.00")) in kinds(world)


def test_refund_in_the_grace_period_is_spent_before_credit_that_ends_later(world: World):
    keep_open(world, dt.date(2027, 12, 31))
    spent = spend(world)
    later = make_grant(world.bob, "100.00", valid_until=dt.date(2027, 12, 31))
    ledger.refund(spent, amount=Decimal("40.00"), source="return:1", now=AFTER_END)

    entries = ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW27-1", now=AFTER_END)

    assert [(entry.grant_id, entry.amount) for entry in entries] == [
        (spent.grant_id, Decimal("-40.00")),
        (later.pk, Decimal("-10.00")),
    ]


def test_refund_to_somebody_who_left_is_withdrawn_at_once(world: World):
    spent = spend(world)
    ledger.revoke(spent.grant, source="left", now=NOW)
    world.bob.disabled_at = NOW
    world.bob.save()

    ledger.refund(spent, amount=Decimal("40.00"), source="return:1", now=NOW)

    assert kinds(world)[-2:] == [("refund", Decimal("40.00")), ("revoke", Decimal("-40.00"))]
    assert available(world) == Decimal("0.00")


def test_revoke_takes_what_is_left_once(world: World):
    spent = spend(world)

    first = ledger.revoke(spent.grant, source="left", now=NOW)
    again = ledger.revoke(spent.grant, source="left", now=NOW)

    assert first == again
    assert first.amount == Decimal("-210.00")
    assert available(world) == Decimal("0.00")


def test_revoke_of_a_part_refuses_more_than_is_left_and_another_amount(world: World):
    given = world.bob.grants.get()
    ledger.revoke(given, amount=Decimal("50.00"), source="mistake", now=NOW)

    with pytest.raises(ledger.InsufficientCredit):
        ledger.revoke(given, amount=Decimal("200.01"), source="more", now=NOW)
    with pytest.raises(ledger.SourceReused):
        ledger.revoke(given, amount=Decimal("60.00"), source="mistake", now=NOW)

    assert available(world) == Decimal("200.00")


def test_revoke_of_an_empty_grant_writes_nothing(world: World):
    given = spend(world, "250.00").grant

    assert ledger.revoke(given, source="left", now=NOW) is None


def test_correct_leaves_room_for_what_orders_may_give_back(world: World):
    spent = spend(world)

    with pytest.raises(ledger.LedgerRefusal):
        ledger.correct(spent.grant, amount=Decimal("0.01"), source="typo", now=NOW, actor=world.coordinator)
    ledger.refund(spent, amount=Decimal("40.00"), source="return:1", now=NOW)

    assert available(world) == Decimal("250.00")


def test_correct_moves_a_grant_between_zero_and_its_amount(world: World):
    given = spend(world).grant

    ledger.correct(given, amount=Decimal("-10.00"), source="typo", now=NOW, actor=world.coordinator)
    ledger.correct(given, amount=Decimal("10.00"), source="typo-2", now=NOW, actor=world.coordinator)

    assert available(world) == Decimal("210.00")
    for amount in ("0.01", "-210.01"):
        with pytest.raises(ledger.LedgerRefusal):
            ledger.correct(given, amount=Decimal(amount), source="typo-3", now=NOW, actor=world.coordinator)
    with pytest.raises(ledger.SourceReused):
        ledger.correct(given, amount=Decimal("-11.00"), source="typo", now=NOW, actor=world.coordinator)
