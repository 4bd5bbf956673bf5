"""Twenty people at one purse: with the lock, and, as a control, without it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from billing import ledger, proof
from billing.models import Entry
from portals.models import Membership
from tests.world import NOW, build_world, make_grant, make_membership

THREADS = 20
CONSTRAINT = "grant_remaining_within_amount"
TEN, TODAY = Decimal("10.00"), NOW.date()
# Every movement of the credit of somebody who spent EUR 10, which is the entry, and reserved EUR 10.
MOVEMENTS: dict[str, Callable[[Membership, Entry], object]] = {
    "grant": lambda dana, spent: make_grant(dana, "10.00"),
    "grant_many": lambda dana, spent: ledger.grant_many(
        {dana: TEN}, valid_from=TODAY, valid_until=TODAY, reason="", source="many", now=NOW
    ),
    "spend": lambda dana, spent: ledger.spend(dana, amount=TEN, order_number="TW26-3", now=NOW),
    "reserve": lambda dana, spent: ledger.reserve(dana, amount=TEN, order_number="TW26-3", now=NOW),
    "release": lambda dana, spent: ledger.release(dana, order_number="TW26-2", now=NOW),
    "spend_reserved": lambda dana, spent: ledger.spend_reserved(dana, order_number="TW26-2", now=NOW),
    "refund": lambda dana, spent: ledger.refund(spent, amount=TEN, source="return", now=NOW),
    "expire": lambda dana, spent: ledger.expire(dana, now=NOW),
    "revoke": lambda dana, spent: ledger.revoke(spent.grant, source="left", now=NOW),
    "correct": lambda dana, spent: ledger.correct(spent.grant, amount=-TEN, source="typo", now=NOW, actor=dana.user),
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dana() -> Membership:
    """Somebody with EUR 100 to spend."""
    dana = make_membership(build_world().acme, "dana@acme.example", "Dana Bakker")
    make_grant(dana, "100.00")
    return dana


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger without its lock. All threads have read the balance before the first one writes."""
    all_have_read = threading.Barrier(THREADS, timeout=30)
    post = ledger.post

    def post_together(entries: list[ledger.Entry]) -> list[ledger.Entry]:
        all_have_read.wait()
        return post(entries)

    monkeypatch.setattr(ledger, "lock", lambda membership: None)
    monkeypatch.setattr(ledger, "post", post_together)


@pytest.fixture
def without_constraint() -> Iterator[None]:
    """The database without the rule that a grant never falls below zero."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE billing_grant DROP CONSTRAINT {CONSTRAINT}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE billing_grant CASCADE")
        cursor.execute(
            f"ALTER TABLE billing_grant ADD CONSTRAINT {CONSTRAINT} CHECK (remaining >= 0 AND remaining <= amount)"
        )


def spend_at_once(membership: Membership) -> list[str]:
    """Twenty threads spend EUR 40 each at the same moment; how each of them ended."""
    start = threading.Barrier(THREADS, timeout=30)

    def spend(number: int) -> str:
        start.wait()
        try:
            ledger.spend(membership, amount=Decimal("40.00"), order_number=f"TW26-{number}", now=NOW)
        except (ledger.InsufficientCredit, IntegrityError) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "spent"

    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(pool.map(spend, range(THREADS)))


def left(membership: Membership) -> Decimal:
    return membership.grants.get().remaining


def test_two_of_twenty_spend_and_the_ledger_is_consistent(dana: Membership):
    outcomes = spend_at_once(dana)

    assert outcomes == ["InsufficientCredit"] * 18 + ["spent"] * 2
    assert left(dana) == Decimal("20.00")
    assert proof.wrong_grants() == []


@pytest.mark.usefixtures("without_lock")
def test_control_without_the_lock_only_the_constraint_stops_the_overdraft(dana: Membership):
    outcomes = spend_at_once(dana)

    assert outcomes == ["IntegrityError"] * 18 + ["spent"] * 2
    assert left(dana) == Decimal("20.00")


@pytest.mark.usefixtures("without_lock", "without_constraint")
def test_control_without_lock_and_constraint_overdraws(dana: Membership):
    outcomes = spend_at_once(dana)

    assert outcomes == ["spent"] * 20
    assert left(dana) == Decimal("-700.00")


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_every_movement_locks_the_membership_before_anything_else(dana: Membership, movement: str):
    ledger.spend(dana, amount=TEN, order_number="TW26-1", now=NOW)
    ledger.reserve(dana, amount=TEN, order_number="TW26-2", now=NOW)
    spent = Entry.objects.select_related("membership", "grant__membership").get(kind="spend")

    with CaptureQueriesContext(connection) as captured:
        MOVEMENTS[movement](dana, spent)

    begin, first, *others = [query["sql"] for query in captured]
    assert (begin, bool(others)) == ("BEGIN", True)
    assert 'FROM "portals_membership"' in first
    assert first.endswith("FOR NO KEY UPDATE")
