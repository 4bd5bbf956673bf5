"""The ledger: what it writes and what it refuses."""

import datetime as dt
from decimal import Decimal

import pytest

from billing import ledger, proof
from billing.models import Entry
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM

LAST_SECOND = dt.datetime(2027, 1, 31, 23, 59, 59, tzinfo=AMSTERDAM)
AFTER_END = dt.datetime(2027, 2, 1, 0, 0, tzinfo=AMSTERDAM)


@pytest.fixture(autouse=True)
def _books_are_right(db: None):
    """Whatever a test does to the ledger, every grant must hold what its entries say."""
    yield
    assert proof.wrong_grants() == []


def spend(world: World, amount: str = "40.00", number: str = "TW26-1", *, now: dt.datetime = NOW) -> Entry:
    return ledger.spend(world.bob, amount=Decimal(amount), order_number=number, now=now)[0]


def available(world: World, now: dt.datetime = NOW) -> Decimal:
    return ledger.available(world.bob, now=now)


def kinds(world: World) -> list[tuple[str, Decimal]]:
    return list(world.bob.entries.order_by("pk").values_list("kind", "amount"))


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


def test_expire_leaves_valid_credit_and_writes_once(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))
    day_after = dt.datetime(2026, 12, 2, 0, 0, tzinfo=AMSTERDAM)

    assert ledger.expire(world.bob, now=day_after - dt.timedelta(seconds=1)) == []
    ledger.expire(world.bob, now=day_after)
    ledger.expire(world.bob, now=day_after)

    assert [row for row in kinds(world) if row[0] == "expire"] == [("expire", Decimal("-30.00"))]
    assert available(world, day_after) == Decimal("250.00")


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


def test_release_for_somebody_who_left_is_withdrawn_at_once(world: World):
    reserved = ledger.reserve(world.bob, amount=Decimal("60.00"), order_number="TW26-1", now=NOW)
    ledger.revoke(reserved[0].grant, source="left", now=NOW)
    world.bob.disabled_at = NOW
    world.bob.save()

    ledger.release(world.bob, order_number="TW26-1", now=NOW)

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


def test_repeated_spend_over_several_grants_returns_the_same_entries(world: World):
    make_grant(world.bob, "30.00", valid_until=dt.date(2026, 12, 1))

    first = ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW)

    assert ledger.spend(world.bob, amount=Decimal("50.00"), order_number="TW26-1", now=NOW) == first


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
    make_grant(world.alice, "25.00", valid_from=dt.date(2028, 2, 1), valid_until=dt.date(2028, 2, 29))
    last_second = dt.datetime(2028, 2, 29, 23, 59, 59, tzinfo=AMSTERDAM)

    assert ledger.available(world.alice, now=last_second) == Decimal("25.00")
    assert ledger.available(world.alice, now=last_second + dt.timedelta(seconds=1)) == Decimal("0.00")
