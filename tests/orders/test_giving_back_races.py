"""Twenty at once give the same thing back, or take the same return in: its money goes back once."""

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from billing import ledger
from orders.fulfilment import deliver_order
from orders.giving_back import NothingToGiveBack, give_back, register_receipt
from orders.models import GiveBack
from tests.orders.conftest import order_of, stock_of
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


@pytest.fixture
def live_world() -> World:
    return build_world()


def at_once(act: Callable[[], object]) -> list[object]:
    """What `act` returned or refused in each of twenty threads that start together."""
    barrier = Barrier(AT_ONCE)

    def one(_number: int) -> object:
        try:
            barrier.wait()
            return act()
        except NothingToGiveBack as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.mark.parametrize("is_delivered", [False, True])
def test_the_same_thing_is_given_back_once(live_world: World, is_delivered: bool):
    order = order_of(live_world.bob, live_world.chair)
    if is_delivered:
        deliver_order(order, now=NOW)
    line, before = order.lines.get(), stock_of(live_world.chair)

    results = at_once(lambda: give_back(order, {line.pk: 1}, form_token=uuid.uuid4(), now=NOW))

    assert results.count(NothingToGiveBack) == AT_ONCE - 1
    assert GiveBack.objects.get().credit == Decimal("249.00")
    back = Decimal("0.00") if is_delivered else Decimal("249.00")
    assert ledger.available(live_world.bob, now=NOW) == Decimal("1.00") + back
    assert stock_of(live_world.chair) == before + (not is_delivered)


def test_return_is_taken_in_once(live_world: World):
    order = deliver_order(order_of(live_world.bob, live_world.chair), now=NOW)
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)
    later = NOW + dt.timedelta(days=3)

    at_once(lambda: register_receipt(given, now=later, actor=live_world.coordinator))

    assert ledger.available(live_world.bob, now=later) == Decimal("250.00")
    assert list(order.events.values_list("kind", flat=True)).count("return_received") == 1
