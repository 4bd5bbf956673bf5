"""Whatever is done to the ledger in whatever order: it says what a plain model of it says, and the books stay right."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import User
from billing import grace, ledger, proof
from billing.models import Entry, Grant
from portals.models import Membership, Portal, PortalState
from tests.world import World
from thuiswerk.lib.periods import AMSTERDAM, amsterdam_date

ZERO = Decimal(0)
START = dt.datetime(2026, 10, 20, 12, 0, tzinfo=AMSTERDAM)
amounts = st.decimals(min_value="0.01", max_value="120", places=2)
picks = st.integers(min_value=0, max_value=1000)


@dataclass
class Lot:
    """A grant, as the model sees it. It `ends` with its own last day or that of the portal; `last` is the last day to
    spend it: `ends`, or that of the period of `grace`, which was so many days long."""

    pk: int
    amount: Decimal
    left: Decimal
    first: dt.date
    ends: dt.date
    last: dt.date
    grace: int | None = None

    def usable(self, day: dt.date) -> bool:
        return self.first <= day <= self.last and self.left > 0


@dataclass
class Spent:
    """What is left of a spend to give back, and how long the grace was of the credit that it came from."""

    lot_pk: int
    left: Decimal
    grace: int | None


@dataclass
class Model:
    """The ledger in plain Python: lots, what orders hold of them, what they spent."""

    lots: dict[int, Lot] = field(default_factory=dict)
    reserved: dict[str, dict[int, Decimal]] = field(default_factory=dict)
    spent: dict[int, Spent] = field(default_factory=dict)

    def available(self, day: dt.date) -> Decimal:
        return sum((lot.left for lot in self.lots.values() if lot.usable(day)), ZERO)

    def take(self, amount: Decimal, day: dt.date) -> dict[int, Decimal]:
        parts = {}
        for lot in sorted(self.lots.values(), key=lambda lot: (lot.last, lot.pk)):
            if lot.usable(day) and amount:
                parts[lot.pk] = min(amount, lot.left)
                lot.left -= parts[lot.pk]
                amount -= parts[lot.pk]
        return parts

    def used(self, pk: int) -> Decimal:
        spent = sum((spent.left for spent in self.spent.values() if spent.lot_pk == pk), ZERO)
        return spent + sum((parts.get(pk, ZERO) for parts in self.reserved.values()), ZERO)

    def expire(self, day: dt.date) -> None:
        for lot in self.lots.values():
            if lot.last < day:
                lot.left = ZERO


class LedgerMachine(RuleBasedStateMachine):
    """Drives the real ledger and the model side by side."""

    membership: Membership
    actor: User

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.model = Model()
        self.now = START
        self.serial = 0
        self.portal_ends: dt.date = Portal.objects.get(pk=self.membership.portal_id).live_until

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @property
    def today(self) -> dt.date:
        return amsterdam_date(self.now)

    def number(self) -> str:
        self.serial += 1
        return f"TW26-{self.serial}"

    @rule(hours=st.integers(min_value=1, max_value=24 * 40))
    def time_passes(self, hours: int) -> None:
        self.now += dt.timedelta(hours=hours)

    @rule(amount=amounts, starts=st.integers(-30, 20), days=st.integers(0, 60))
    def grant(self, amount: Decimal, starts: int, days: int) -> None:
        first = self.today + dt.timedelta(days=starts)
        last = first + dt.timedelta(days=days)
        for _ in range(2):
            given = ledger.grant(
                self.membership,
                amount=amount,
                valid_from=first,
                valid_until=last,
                reason="",
                source=f"machine:{self.serial + 1}",
                now=self.now,
            )
        self.number()
        ends = min(last, self.portal_ends)
        self.model.lots[given.pk] = Lot(given.pk, amount, amount, first, ends, ends)

    @precondition(lambda self: len(self.model.lots) > 3)
    @rule()
    def close_the_portal(self) -> None:
        Portal.objects.filter(pk=self.membership.portal_id).update(state=PortalState.CLOSED)
        self.portal_ends = min(self.portal_ends, self.today - dt.timedelta(days=1))
        for lot in self.model.lots.values():
            lot.ends = min(lot.ends, self.portal_ends)
            lot.last = lot.ends if lot.grace is None else lot.last

    @rule(amount=amounts)
    def spend(self, amount: Decimal) -> None:
        number = self.number()
        if amount > self.model.available(self.today):
            with pytest.raises(ledger.InsufficientCredit):
                ledger.spend(self.membership, amount=amount, order_number=number, now=self.now)
            return
        entries = ledger.spend(self.membership, amount=amount, order_number=number, now=self.now)
        self.record(entries, self.model.take(amount, self.today))
        assert ledger.spend(self.membership, amount=amount, order_number=number, now=self.now) == entries

    @rule(amount=amounts)
    def reserve(self, amount: Decimal) -> None:
        number = self.number()
        if amount > self.model.available(self.today):
            with pytest.raises(ledger.InsufficientCredit):
                ledger.reserve(self.membership, amount=amount, order_number=number, now=self.now)
            return
        ledger.reserve(self.membership, amount=amount, order_number=number, now=self.now)
        self.model.reserved[number] = self.model.take(amount, self.today)

    @precondition(lambda self: self.model.reserved)
    @rule(pick=picks)
    def release(self, pick: int) -> None:
        number, parts = self.pick_reservation(pick)
        for _ in range(2):
            ledger.release(self.membership, order_number=number, now=self.now)
        for pk, part in parts.items():
            lot = self.model.lots[pk]
            lot.left = lot.left + part if lot.last >= self.today else ZERO

    @precondition(lambda self: self.model.reserved)
    @rule(pick=picks)
    def spend_reserved(self, pick: int) -> None:
        number, parts = self.pick_reservation(pick)
        entries = ledger.spend_reserved(self.membership, order_number=number, now=self.now)
        self.record(entries, parts)
        assert ledger.spend_reserved(self.membership, order_number=number, now=self.now) == entries

    @precondition(lambda self: self.model.spent)
    @rule(pick=picks, amount=amounts)
    def refund(self, pick: int, amount: Decimal) -> None:
        self.give_back(sorted(self.model.spent)[pick % len(self.model.spent)], amount)

    @precondition(lambda self: any(spent.left for spent in self.model.spent.values()))
    @rule(pick=picks, days=st.integers(min_value=1, max_value=20))
    def return_after_the_end(self, pick: int, days: int) -> None:
        kept = sorted(pk for pk, spent in self.model.spent.items() if spent.left)
        pk = kept[pick % len(kept)]
        spent = self.model.spent[pk]
        ended = self.model.lots[spent.lot_pk].ends - self.today
        self.now += max(ended, dt.timedelta()) + dt.timedelta(days=days)
        self.give_back(pk, spent.left)

    @precondition(lambda self: any(lot.grace and lot.usable(self.today) for lot in self.model.lots.values()))
    @rule(days=st.integers(min_value=1, max_value=40))
    def return_what_was_bought_in_grace(self, days: int) -> None:
        amount = self.model.available(self.today)
        entries = ledger.spend(self.membership, amount=amount, order_number=self.number(), now=self.now)
        self.record(entries, self.model.take(amount, self.today))
        self.now += dt.timedelta(days=days)
        for entry in entries:
            self.give_back(entry.pk, -entry.amount)

    def give_back(self, pk: int, amount: Decimal) -> None:
        told, entry, source = self.model.spent[pk], Entry.objects.get(pk=pk), self.number()
        if amount > told.left:
            with pytest.raises(ledger.RefundTooLarge):
                ledger.refund(entry, amount=amount, source=source, now=self.now)
            return
        lot = self.model.lots[told.lot_pk]
        self.reopen(lot, told.grace)
        assert grace.usable_until(entry, self.now) == (lot.last if lot.last >= self.today else None)
        for _ in range(2):
            ledger.refund(entry, amount=amount, source=source, now=self.now)
        lot.left = lot.left + amount if lot.last >= self.today else ZERO
        told.left -= amount

    def reopen(self, lot: Lot, before: int | None) -> None:
        """What was bought in a period of grace comes back for half of it."""
        days = django_settings.CREDIT_GRACE_DAYS if before is None else before // 2
        last = self.today + dt.timedelta(days=days)
        if lot.ends < self.today and days and (lot.grace is None or last > lot.last):
            lot.left = lot.left if lot.last >= self.today else ZERO
            lot.last, lot.grace = last, days

    @rule()
    def expire(self) -> None:
        ledger.expire(self.membership, now=self.now)
        self.model.expire(self.today)
        assert ledger.expire(self.membership, now=self.now) == []

    @precondition(lambda self: self.model.lots)
    @rule(pick=picks, amount=st.none() | amounts)
    def revoke(self, pick: int, amount: Decimal | None) -> None:
        lot = self.pick_lot(pick)
        given, source = Grant.objects.get(pk=lot.pk), self.number()
        if amount is not None and amount > lot.left:
            with pytest.raises(ledger.InsufficientCredit):
                ledger.revoke(given, amount=amount, source=source, now=self.now)
            return
        for _ in range(2):
            ledger.revoke(given, amount=amount, source=source, now=self.now)
        lot.left -= lot.left if amount is None else amount

    @precondition(lambda self: self.model.lots)
    @rule(pick=picks, amount=amounts, down=st.booleans())
    def correct(self, pick: int, amount: Decimal, down: bool) -> None:
        lot = self.pick_lot(pick)
        given, change = Grant.objects.get(pk=lot.pk), -amount if down else amount
        if not 0 <= lot.left + change <= lot.amount - self.model.used(lot.pk):
            with pytest.raises(ledger.LedgerRefusal):
                ledger.correct(given, amount=change, source=self.number(), now=self.now, actor=self.actor)
            return
        ledger.correct(given, amount=change, source=self.number(), now=self.now, actor=self.actor)
        lot.left += change

    @invariant()
    def ledger_says_what_the_model_says(self) -> None:
        left = dict(self.membership.grants.values_list("pk", "remaining"))
        assert left == {lot.pk: lot.left for lot in self.model.lots.values()}
        assert ledger.available(self.membership, now=self.now) == self.model.available(self.today)

    @invariant()
    def books_are_right(self) -> None:
        assert proof.wrong_grants() == []
        assert [balance.difference for balance in proof.portal_balances() if balance.difference] == []

    def record(self, entries: list[Entry], parts: dict[int, Decimal]) -> None:
        assert {entry.grant_id: -entry.amount for entry in entries} == parts
        for entry in entries:
            self.model.spent[entry.pk] = Spent(entry.grant_id, -entry.amount, self.model.lots[entry.grant_id].grace)

    def pick_reservation(self, pick: int) -> tuple[str, dict[int, Decimal]]:
        number = sorted(self.model.reserved)[pick % len(self.model.reserved)]
        return number, self.model.reserved.pop(number)

    def pick_lot(self, pick: int) -> Lot:
        return self.model.lots[sorted(self.model.lots)[pick % len(self.model.lots)]]


def test_ledger_agrees_with_a_plain_model(world: World):
    LedgerMachine.membership, LedgerMachine.actor = world.alice, world.coordinator

    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
