"""What beat starts: when it acts, and that one failure does not stop the rest."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from structlog.testing import capture_logs

from accounts.jobs import CaughtUp
from billing import ledger, tasks
from billing.models import Invoice
from tests.world import NOW, World
from thuiswerk.lib.periods import AMSTERDAM


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The tasks that were put in the queue."""
    queued: list[tuple] = []
    monkeypatch.setattr(tasks.invoice_month, "delay", lambda *args: queued.append(("invoice_month", *args)))
    monkeypatch.setattr(tasks.issue_draft, "delay", lambda *args: queued.append(("issue_draft", *args)))
    monkeypatch.setattr(tasks.render_invoice, "delay", lambda *args: queued.append(("render_invoice", *args)))
    return queued


def spend(world: World, number: str = "TW26-1", *, now: dt.datetime = NOW) -> None:
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number=number, now=now)


def on(year: int, month: int, day: int) -> time_machine.travel:
    return time_machine.travel(dt.datetime(year, month, day, 6, 0, tzinfo=AMSTERDAM), tick=False)


def test_beat_asks_for_the_run_every_day(settings):
    asks = settings.CELERY_BEAT_SCHEDULE["invoice-last-month"]["schedule"]

    assert (asks.minute, asks.hour, asks.day_of_month) == ({0}, {6}, set(range(1, 32)))
    assert (asks.month_of_year, asks.day_of_week) == (set(range(1, 13)), set(range(7)))


@pytest.mark.parametrize(("day", "acts"), [(7, False), (8, True), (9, True), (14, True)])
def test_run_starts_on_the_first_working_day_of_the_second_week(world: World, started: list, day: int, acts: bool):
    spend(world)

    with on(2026, 12, day):
        tasks.invoice_last_month()

    assert started == ([("invoice_month", world.acme.pk, "2026-11")] if acts else [])


@pytest.mark.parametrize(("day", "acts"), [(8, False), (9, True)])
def test_run_waits_for_monday(world: World, started: list, day: int, acts: bool):
    spend(world, now=dt.datetime(2026, 10, 5, tzinfo=AMSTERDAM))

    with on(2026, 11, day):
        tasks.invoice_last_month()

    assert bool(started) is acts


@pytest.mark.parametrize(
    ("year", "month", "day", "says_late"),
    [(2026, 12, 14, False), (2026, 12, 15, True), (2026, 12, 28, True), (2027, 1, 1, True), (2027, 1, 7, True)],
)
def test_missed_second_week_is_caught_up_and_says_so(world: World, started: list, year, month, day, says_late: bool):
    spend(world)
    ledger.spend(
        world.charlie, amount=Decimal("5.00"), order_number="TW26-9", now=dt.datetime(2026, 12, 2, tzinfo=AMSTERDAM)
    )

    with on(year, month, day), capture_logs() as lines:
        done = tasks.invoice_last_month()

    late = {"event": "month_caught_up_late", "log_level": "warning", "month": "2026-11", "portals": 1}
    assert started == [("invoice_month", world.acme.pk, "2026-11")]
    assert lines == ([late] if says_late else [])
    assert (done, type(done)) == (1, CaughtUp if says_late else int)


def test_late_run_that_finds_nothing_open_says_nothing(world: World, started: list):
    with on(2026, 12, 28), capture_logs() as lines:
        tasks.invoice_last_month()

    assert (started, lines) == ([], [])


def test_run_catches_up_an_earlier_month(world: World, started: list):
    spend(world, "TW26-1", now=dt.datetime(2026, 10, 5, tzinfo=AMSTERDAM))
    spend(world, "TW26-2")

    with on(2026, 12, 8):
        tasks.invoice_last_month()

    assert started == [("invoice_month", world.acme.pk, "2026-11")]


def test_run_has_nothing_to_start_after_all_is_invoiced(world: World, started: list):
    spend(world)

    with on(2026, 12, 8):
        tasks.invoice_month(world.acme.pk, "2026-11")
        tasks.invoice_month(world.acme.pk, "2026-11")
        tasks.invoice_last_month()

    assert Invoice.objects.count() == 1
    assert started == []


def test_issued_invoice_is_rendered_after_the_commit(world: World, started: list, django_capture_on_commit_callbacks):
    spend(world)

    with on(2026, 12, 8), django_capture_on_commit_callbacks(execute=True):
        tasks.invoice_month(world.acme.pk, "2026-11")
        assert started == []

    assert started == [("render_invoice", Invoice.objects.get().pk)]


def test_portal_that_is_refused_is_left_for_later(world: World):
    world.acme.company.city = ""
    world.acme.company.save()
    spend(world)

    with on(2026, 12, 8):
        tasks.invoice_month(world.acme.pk, "2026-11")
        assert Invoice.objects.get().findings == ["Acme: nog geen factuur, want dit ontbreekt: plaats."]
        world.acme.company.city = "Utrecht"
        world.acme.company.save()
        tasks.invoice_month(world.acme.pk, "2026-11")

    assert Invoice.objects.get().number == "F2026-0001"


def test_drafts_issue_themselves_when_finance_had_its_days(world: World, started: list, settings):
    settings.INVOICE_REVIEW_DAYS = 2
    spend(world)

    with on(2026, 12, 8):
        tasks.invoice_month(world.acme.pk, "2026-11")
    draft = Invoice.objects.get()
    assert (draft.number, draft.standing) == (None, "draft")
    with on(2026, 12, 9):
        tasks.invoice_last_month()
    assert started == []
    with on(2026, 12, 10):
        tasks.invoice_last_month()
        tasks.issue_draft(draft.pk)

    assert started == [("issue_draft", draft.pk)]
    assert Invoice.objects.get().number == "F2026-0001"


def test_finish_invoices_finds_what_a_lost_message_left_behind(world: World, started: list):
    spend(world)
    with on(2026, 12, 8):
        tasks.invoice_month(world.acme.pk, "2026-11")
        issued = Invoice.objects.get()

        tasks.finish_invoices()
        tasks.render_invoice(issued.pk)
        tasks.finish_invoices()

    assert started == [("render_invoice", issued.pk)]
    assert issued.deliveries.count() == 1


def test_expire_credit_writes_off_ended_grants_once(world: World):
    with on(2027, 1, 31):
        tasks.expire_credit()
    assert world.bob.grants.get().remaining == Decimal("250.00")

    with on(2027, 2, 1):
        tasks.expire_credit()
        tasks.expire_credit()

    assert world.bob.grants.get().remaining == Decimal("0.00")
    assert world.bob.entries.filter(kind="expire").count() == 1
