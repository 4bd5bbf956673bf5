"""The ledger: what it writes and what it refuses."""

from decimal import Decimal

import pytest

from billing import ledger
from billing.models import Entry
from tests.world import NOW, World


def test_spend_takes_credit_once_per_order(world: World):
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)

    assert ledger.available(world.bob, now=NOW) == Decimal("210.00")
    assert Entry.objects.filter(kind="spend").count() == 1


def test_spend_of_more_than_there_is_writes_nothing(world: World):
    with pytest.raises(ledger.InsufficientCredit) as refusal:
        ledger.spend(world.bob, amount=Decimal("250.01"), order_number="TW26-2", now=NOW)

    assert refusal.value.available == Decimal("250.00")
    assert list(world.bob.entries.values_list("kind", flat=True)) == ["grant"]
