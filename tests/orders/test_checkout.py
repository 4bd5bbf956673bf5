"""Placing an order: what it writes, what it refuses, and what it does once."""

import uuid
from decimal import Decimal

import pytest

from accounts.models import Mail
from billing import ledger
from orders.models import Order
from tests.orders.conftest import order_of, put
from tests.world import NOW, World


def test_order_within_credit_is_spent_and_confirmed(world: World):
    order = order_of(world.bob, world.chair)

    assert (order.state, order.total, order.credit, order.own_money) == (
        "confirmed",
        Decimal("249.00"),
        Decimal("249.00"),
        Decimal("0.00"),
    )
    assert ledger.available(world.bob, now=NOW) == Decimal("1.00")
    assert list(world.bob.entries.values_list("kind", flat=True)) == ["spend", "grant"]
    assert not world.bob.cart_lines.exists()
    assert [mail.to for mail in Mail.objects.all()] == ["bob@acme.example"]
    world.chair.refresh_from_db()
    assert world.chair.stock == 99


def test_order_above_credit_reserves_it_and_waits(world: World):
    order = order_of(world.bob, world.desk)

    assert (order.state, order.credit, order.own_money) == ("awaiting_payment", Decimal("250.00"), Decimal("149.00"))
    assert ledger.available(world.bob, now=NOW) == Decimal("0.00")
    assert not Mail.objects.exists()
