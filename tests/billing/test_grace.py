"""How long credit can be spent that comes back after the end, and that nobody makes it last for ever."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger
from billing.grace import usable_until
from billing.models import Entry
from portals.models import Portal
from tests.billing.conftest import AFTER_END, available, keep_open, kinds, spend
from tests.world import World, make_grant

pytestmark = pytest.mark.usefixtures("grants_are_right")
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def reopened(world: World) -> Entry:
    """Bob's grant, with EUR 40 that came back on 1 February and can be spent until 3 March."""
    spent = spend(world)
    ledger.refund(spent, amount=Decimal("40.00"), source="return", now=AFTER_END)
    return spent


def last_day(world: World) -> dt.date:
    return world.bob.grants.get().reopened_until


def buy_and_cancel(world: World, number: str, *, now: dt.datetime, cancelled: dt.datetime) -> dt.date | None:
    """Buy for EUR 40 and give it back. Returns until when that was said to be usable."""
    spent = spend(world, number=number, now=now)
    until = usable_until(spent, cancelled)
    ledger.refund(spent, amount=Decimal("40.00"), source=number, now=cancelled)
    return until


@pytest.mark.parametrize("closed", [False, True])
def test_credit_that_is_bought_with_and_cancelled_over_and_over_comes_to_an_end(world: World, closed: bool):
    reopened(world)
    if closed:
        Portal.objects.filter(pk=world.acme.pk).update(state="closed")
    midnight, given = AFTER_END + 31 * DAY, []

    while available(world, midnight - MINUTE) and len(given) < 9:
        number = f"TW27-{len(given)}"
        until = buy_and_cancel(world, number, now=midnight - MINUTE, cancelled=midnight)
        given.append((until - midnight.date()).days if until else None)
        midnight += ((given[-1] or 0) + 1) * DAY

    assert given == [15, 7, 3, 1, None]
    assert kinds(world)[-2:] == [("refund", Decimal("40.00")), ("expire", Decimal("-40.00"))]


def test_days_that_are_left_are_not_taken_away(world: World):
    reopened(world)

    until = buy_and_cancel(world, "TW27-1", now=AFTER_END + DAY, cancelled=AFTER_END + 2 * DAY)

    assert until == last_day(world) == dt.date(2027, 3, 3)
    assert available(world, AFTER_END + 30 * DAY) == Decimal("40.00")


def test_every_part_of_an_order_comes_back_for_as_many_days(world: World):
    reopened(world)
    spent = spend(world, now=AFTER_END + DAY, number="TW27-1")

    last = []
    for days in (20, 25):
        ledger.refund(spent, amount=Decimal("20.00"), source=f"part-{days}", now=AFTER_END + days * DAY)
        last.append(last_day(world))

    assert last == [dt.date(2027, 3, 8), dt.date(2027, 3, 13)]


def test_what_was_bought_before_the_end_has_the_whole_period_whatever_came_before(world: World):
    earlier = spend(world, "30.00", "TW26-2")
    reopened(world)
    buy_and_cancel(world, "TW27-1", now=AFTER_END + 30 * DAY, cancelled=AFTER_END + 40 * DAY)

    ledger.refund(earlier, amount=Decimal("30.00"), source="late", now=AFTER_END + 50 * DAY)

    assert last_day(world) == dt.date(2027, 2, 1) + 80 * DAY


def test_own_part_that_was_paid_in_the_period_of_grace_makes_it_no_longer(world: World):
    reopened(world)
    ledger.reserve(world.bob, amount=Decimal("40.00"), order_number="TW27-1", now=AFTER_END + DAY)
    spent = ledger.spend_reserved(world.bob, order_number="TW27-1", now=AFTER_END + DAY + MINUTE)[0]

    ledger.refund(spent, amount=Decimal("40.00"), source="return", now=AFTER_END + 60 * DAY)

    assert last_day(world) == dt.date(2027, 2, 1) + 75 * DAY


def test_credit_that_has_not_ended_is_not_touched_by_grace(world: World):
    keep_open(world, dt.date(2027, 12, 31))
    make_grant(world.bob, "300.00", valid_until=dt.date(2027, 6, 30))
    spent = ledger.spend(world.bob, amount=Decimal("300.00"), order_number="TW26-1", now=AFTER_END)[0]

    ledger.refund(spent, amount=Decimal("300.00"), source="return", now=AFTER_END + DAY)

    assert usable_until(spent, AFTER_END + DAY) == dt.date(2027, 6, 30)
    assert set(world.bob.grants.values_list("reopened_until", "grace_days")) == {(None, None)}
