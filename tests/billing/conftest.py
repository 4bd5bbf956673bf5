"""What the tests of the ledger share: Bob's credit, and the proof that his books are right."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from billing import ledger, proof, run
from billing.models import Entry, Invoice
from portals.models import Portal
from tests.world import NOW, World
from thuiswerk.lib.periods import AMSTERDAM, Month

LAST_SECOND = dt.datetime(2027, 1, 31, 23, 59, 59, tzinfo=AMSTERDAM)
AFTER_END = dt.datetime(2027, 2, 1, 0, 0, tzinfo=AMSTERDAM)


@pytest.fixture
def grants_are_right(db: None) -> Iterator[None]:
    """Whatever a test does to the ledger, every grant must hold what its entries say."""
    yield
    assert proof.wrong_grants() == []


def spend(world: World, amount: str = "40.00", number: str = "TW26-1", *, now: dt.datetime = NOW) -> Entry:
    return ledger.spend(world.bob, amount=Decimal(amount), order_number=number, now=now)[0]


def invoice_of(portal: Portal, month: Month, *, now: dt.datetime) -> Invoice | None:
    """What the run of `month` at `now` makes of what `portal` consumed in it."""
    return next((made for made in run.run_portal(portal, month, now=now) if not made.is_credit_note), None)


def credit_note_of(portal: Portal, month: Month, *, now: dt.datetime) -> Invoice | None:
    """What the run of `month` at `now` makes of what `portal` got back of earlier invoices."""
    return next((made for made in run.run_portal(portal, month, now=now) if made.is_credit_note), None)


def books_are_right() -> bool:
    """Whether documents, ledger and numbers agree."""
    holes = any(series.holes for series in proof.series_checks())
    return not (holes or proof.wrong_invoices() or any(balance.difference for balance in proof.portal_balances()))


def available(world: World, now: dt.datetime = NOW) -> Decimal:
    return ledger.available(world.bob, now=now)


def kinds(world: World) -> list[tuple[str, Decimal]]:
    return list(world.bob.entries.order_by("pk").values_list("kind", "amount"))


def keep_open(world: World, until: dt.date) -> None:
    """Let acme's shop run until `until`: credit ends with it."""
    world.acme.live_until = until
    world.acme.save(update_fields=["live_until"])
