"""A month to run, a worker to kill in the middle of it, a mail server that remembers, and what must hold in the end."""

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Mail
from billing import ledger, proof, rules
from billing.models import BilledEntry, EInvoice, Entry, Invoice, InvoiceDelivery, InvoiceDocument
from tests.processes import environment
from tests.world import make_grant, make_membership, make_portal
from thuiswerk.lib.periods import Month

PORTALS = 8
DOCUMENTS = 3 * PORTALS
PATIENCE = 40
SLOWLY = """
CREATE FUNCTION billing_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$;
CREATE TRIGGER slow AFTER INSERT ON billing_invoiceline FOR EACH ROW EXECUTE FUNCTION billing_slow();
CREATE TRIGGER slow AFTER INSERT ON billing_einvoice FOR EACH ROW EXECUTE FUNCTION billing_slow();
"""
QUICKLY = """
DROP TRIGGER slow ON billing_invoiceline; DROP TRIGGER slow ON billing_einvoice; DROP FUNCTION billing_slow();
"""
# What beat does, then a worker: one start for both.
INVOICES = "from billing import tasks; tasks.invoice_open_months(); tasks.finish_invoices()"
WORKER = """
import sys
import django; django.setup()
from accounts.tasks import send_waiting_mail
from thuiswerk.celery import app
exec(sys.argv.pop(1)); send_waiting_mail.delay()
app.worker_main(["worker", "--loglevel", "ERROR", "--without-gossip", "--without-mingle", *sys.argv[1:]])
"""


@contextmanager
def slow_documents() -> Iterator[None]:
    """Drafting and issuing a document take a moment inside their transactions, so that a kill falls into one."""
    with connection.cursor() as cursor:
        cursor.execute(SLOWLY)
        try:
            yield
        finally:
            cursor.execute(QUICKLY)


class Postbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps the Message-ID of all that it gets; told so, it takes the next mail and says nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.received: list[str] = []
        self.is_silent, self.has_been_silent = threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Smtp(socketserver.StreamRequestHandler):
    server: Postbox

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            verb = line.split()[0].upper()
            self.wfile.write({b"DATA": b"354 go on", b"QUIT": b"221 bye"}.get(verb, b"250 OK") + b"\r\n")
            if verb == b"DATA" and not self._take():
                return

    def _take(self) -> bool:
        mail = b"".join(iter(self.rfile.readline, b".\r\n"))
        self.server.received.append(str(message_from_bytes(mail)["Message-ID"]))
        if self.server.is_silent.is_set():
            self.server.has_been_silent.set()
            self.rfile.readline()  # until the other end is gone
            return False
        self.wfile.write(b"250 OK\r\n")
        return True


@contextmanager
def postbox() -> Iterator[Postbox]:
    """A mail server that runs for as long as it is used."""
    with Postbox() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def consume_two_months() -> None:
    """In each portal an order in each of two months; of the first, EUR 5 came back in the second."""
    second = Month.of(timezone.now()).previous
    first = second.previous
    for number in range(PORTALS):
        portal = make_portal(f"portal-{number:02d}", f"Portal {number}", live_from=first.first_day)
        member = make_membership(portal, f"person-{number}@example.com", password=None)
        make_grant(member, "100.00", valid_from=first.first_day, valid_until=second.last_day)
        for month in (first, second):
            order = f"TW-{number}-{month.number}"
            spent = ledger.spend(member, amount=Decimal("20.00"), order_number=order, now=month.start)[0]
            if month == first:
                ledger.refund(spent, amount=Decimal("5.00"), source=f"return {number}", now=second.start)


@contextmanager
def worker(folder: Path, *words: str, jobs: str = INVOICES, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that runs `jobs`, as beat would tell it, and then what they ask for; killed with -9 in the end, all of
    it."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, jobs, *words],
        env=environment(folder, **variables),
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def wait_until(done: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "The worker did not get there in time."
        time.sleep(0.01)


def is_drafting() -> bool:
    return Invoice.objects.count() > PORTALS and Invoice.objects.drafts().exists()


def is_rendering() -> bool:
    return InvoiceDocument.objects.count() > PORTALS


def is_done() -> bool:
    return Mail.objects.exclude(sent_at=None).count() == DOCUMENTS


def assert_all_is_done_once(postbox: Postbox, *, kills: int) -> None:
    """Every document was made, checked, rendered and mailed once; the numbers and the books are right.

    A mail that the server took just before a kill comes again: the same one, by its Message-ID.
    """
    assert numbers("invoice") == expected("F", 2 * PORTALS)
    assert numbers("credit_note") == expected("C", PORTALS)
    assert not Entry.objects.filter(kind__in=["spend", "refund"], billed=None).exists()
    assert BilledEntry.objects.count() == 3 * PORTALS
    assert proof.faults() == []
    assert [rules.findings(bytes(made.content)) for made in EInvoice.objects.all()] == [[]] * DOCUMENTS
    for rows in (InvoiceDocument, EInvoice, InvoiceDelivery):
        assert rows.objects.values("invoice").distinct().count() == rows.objects.count() == DOCUMENTS
    received = Counter(postbox.received)
    assert set(received) == set(Mail.objects.values_list("message_id", flat=True))
    assert len(received) == Mail.objects.count() == DOCUMENTS
    assert 0 < received.total() - DOCUMENTS <= kills


def numbers(kind: str) -> list[str]:
    return sorted(Invoice.objects.filter(kind=kind).values_list("number", flat=True))


def expected(letter: str, count: int) -> list[str]:
    year = timezone.localdate().year
    return [f"{letter}{year}-{position:04d}" for position in range(1, count + 1)]
