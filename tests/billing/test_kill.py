"""A worker killed with -9 in the middle of an invoice run, three times: nothing is lost and nothing is done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Mail
from billing import ledger, proof
from billing.models import BilledEntry, Entry, Invoice, InvoiceDocument
from tests.processes import environment
from tests.world import make_grant, make_membership, make_portal
from thuiswerk.lib.periods import Month

PORTALS = 30
KILL_AT = (3, 11, 19)
PATIENCE = 60
SLOW_INVOICE = """
CREATE FUNCTION billing_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$;
CREATE TRIGGER slow AFTER INSERT ON billing_invoiceline FOR EACH ROW EXECUTE FUNCTION billing_slow();
"""
# What beat does, then a worker: one process, so that three deaths cost three starts.
WORKER = """
import django; django.setup()
from billing import tasks
from thuiswerk.celery import app
tasks.invoice_open_months(); tasks.finish_invoices()
app.worker_main(["worker", "--pool", "solo", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"])
"""


@pytest.fixture
def slow_invoices(transactional_db: None) -> Iterator[None]:
    """Each invoice takes a tenth of a second inside its transaction, so that a kill falls into one."""
    with connection.cursor() as cursor:
        cursor.execute(SLOW_INVOICE)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER slow ON billing_invoiceline; DROP FUNCTION billing_slow()")


def consume_in_thirty_portals() -> Month:
    """Two orders in each of thirty portals, last month."""
    month = Month.of(timezone.now()).previous
    for number in range(PORTALS):
        portal = make_portal(f"portal-{number:02d}", f"Portal {number}")
        member = make_membership(portal, f"person-{number}@example.com", password=None)
        make_grant(member, "100.00", valid_from=month.first_day, valid_until=month.last_day)
        for order in range(2):
            ledger.spend(member, amount=Decimal("20.00"), order_number=f"TW-{number}-{order}", now=month.start)
    return month


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    """A worker that finds the work that is due, as beat would tell it."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER], env=environment(folder), cwd=settings.BASE_DIR, start_new_session=True
    )


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "The worker did not get there in time."
        time.sleep(0.02)


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(PATIENCE)


@pytest.mark.usefixtures("slow_invoices")
def test_invoice_run_survives_three_kills(tmp_path: Path):
    month = consume_in_thirty_portals()
    issued_at_kill = []
    for kill_at in KILL_AT:
        worker = start_worker(tmp_path)
        try:
            wait_until(lambda at=kill_at: Invoice.objects.count() >= at)
        finally:
            kill(worker)
        issued_at_kill.append(Invoice.objects.count())

    worker = start_worker(tmp_path)
    try:
        wait_until(lambda: Mail.objects.count() == PORTALS)
    finally:
        kill(worker)

    assert all(at <= count < PORTALS for at, count in zip(KILL_AT, issued_at_kill, strict=True))
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    year = Invoice.objects.first().issued_on.year
    assert numbers == [f"F{year}-{number:04d}" for number in range(1, PORTALS + 1)]
    assert set(Invoice.objects.values_list("period", flat=True)) == {month.first_day}
    assert not Entry.objects.filter(kind="spend", billed=None).exists()
    assert BilledEntry.objects.count() == 2 * PORTALS
    assert InvoiceDocument.objects.count() == PORTALS
    assert [check.holes for check in proof.series_checks()] == [0]
    assert proof.wrong_invoices() == []
    assert not any(balance.difference for balance in proof.portal_balances())
