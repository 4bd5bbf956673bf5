"""The ledger: credit that waits for a payment, and becomes a spend or is released."""

from decimal import Decimal

import pytest

from billing import ledger
from tests.billing.conftest import AFTER_END, LAST_SECOND, available, kinds, spend
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("grants_are_right")


def test_reserved_credit_cannot_be_spent_again(world: World):
    ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=NOW)

    with pytest.raises(ledger.InsufficientCredit):
        spend(world, "50.01", "TW26-2")


def test_spend_reserved_spends_the_reservation_once(world: World):
    ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=NOW)

    spends = ledger.spend_reserved(world.bob, order_number="TW26-1", now=NOW)
    again = ledger.spend_reserved(world.bob, order_number="TW26-1", now=NOW)

    assert spends == again
    assert [entry.amount for entry in spends] == [Decimal("-200.00")]
    assert available(world) == Decimal("50.00")


def test_spend_reserved_after_the_end_of_the_grant_still_pays_the_order(world: World):
    ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=LAST_SECOND)
    ledger.expire(world.bob, now=AFTER_END)

    spends = ledger.spend_reserved(world.bob, order_number="TW26-1", now=AFTER_END)

    assert [entry.amount for entry in spends] == [Decimal("-200.00")]
    assert [kind for kind, _ in kinds(world)] == ["grant", "reserve", "expire", "release", "spend"]


def test_spend_reserved_without_a_reservation_spends_nothing(world: World):
    assert ledger.spend_reserved(world.bob, order_number="TW26-1", now=NOW) == []


def test_release_gives_the_reservation_back_once(world: World):
    ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=NOW)

    ledger.release(world.bob, order_number="TW26-1", now=NOW)
    ledger.release(world.bob, order_number="TW26-1", now=NOW)

    assert available(world) == Decimal("250.00")


def test_reserve_repeated_is_the_same_reservation_until_it_is_released(world: World):
    first = ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=NOW)

    assert ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=NOW) == first

    ledger.release(world.bob, order_number="TW26-1", now=NOW)
    with pytest.raises(ledger.ReservationReleased):
        ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=NOW)


def test_spend_of_an_order_that_reserved_is_refused(world: World):
    ledger.reserve(world.bob, amount=Decimal("100.00"), order_number="TW26-1", now=NOW)

    with pytest.raises(ledger.SourceReused):
        spend(world, "100.00")

    assert available(world) == Decimal("150.00")


def test_spend_after_the_reservation_was_released_spends_once(world: World):
    ledger.reserve(world.bob, amount=Decimal("100.00"), order_number="TW26-1", now=NOW)
    ledger.release(world.bob, order_number="TW26-1", now=NOW)

    spend(world, "100.00")
    spend(world, "100.00")

    assert available(world) == Decimal("150.00")


def test_spend_for_the_released_order_of_somebody_else_is_refused(world: World):
    ledger.reserve(world.bob, amount=Decimal("100.00"), order_number="TW26-1", now=NOW)
    ledger.release(world.bob, order_number="TW26-1", now=NOW)

    with pytest.raises(ledger.SourceReused):
        ledger.spend(world.charlie, amount=Decimal("100.00"), order_number="TW26-1", now=NOW)


def test_release_after_the_end_of_the_grant_expires_at_once(world: World):
    ledger.reserve(world.bob, amount=Decimal("200.00"), order_number="TW26-1", now=LAST_SECOND)
    ledger.expire(world.bob, now=AFTER_END)

    ledger.release(world.bob, order_number="TW26-1", now=AFTER_END)

    assert kinds(world)[-3:] == [
        ("expire", Decimal("-50.00")),
        ("release", Decimal("200.00")),
        ("expire", Decimal("-200.00")),
    ]
    assert available(world, AFTER_END) == Decimal("0.00")


def test_release_for_somebody_who_left_is_withdrawn_at_once(world: World):
    reserved = ledger.reserve(world.bob, amount=Decimal("60.00"), order_number="TW26-1", now=NOW)
    ledger.revoke(reserved[0].grant, source="left", now=NOW)
    world.bob.disabled_at = NOW
    world.bob.save()

    ledger.release(world.bob, order_number="TW26-1", now=NOW)

    assert available(world) == Decimal("0.00")
