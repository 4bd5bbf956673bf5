"""Workers as in production at the month of many portals: how many documents a second, and what they keep in memory."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from billing import tasks
from billing.models import Invoice, InvoiceDelivery
from thuiswerk.lib.periods import Month

EARLY = 200  # documents after which a worker has all that it keeps
PATIENCE = 60.0  # seconds without a new document


class WorkerStuck(Exception):
    """No document came for a while."""


@dataclass
class Stretch:
    """What became of a month: its seconds, and the memory of the first worker in MB, early and at the end, for the
    documents that it issued and for those that it rendered."""

    documents: int
    seconds: float = 0
    early: dict[str, float] = field(default_factory=dict)
    late: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.documents / self.seconds

    @property
    def growth(self) -> float:
        return max(self.late[what] / self.early[what] for what in self.late)

    def print(self, name: str) -> None:
        print(f"{name}: {self.documents:,} documents in {self.seconds:.0f} s, {self.per_second:.2f} a second")
        for what in self.late:
            early = min(EARLY, self.documents // 5)
            print(
                f"  memory after {early:,} {what}{self.early[what]:>8.0f} MB, "
                f"after {self.documents:,}{self.late[what]:>8.0f} MB",
                flush=True,
            )


def invoiced_by(workers: int, portals: list[int], month: Month, folder: Path) -> Stretch:
    """Let so many workers draft, issue, check, render and mail `month` of `portals`, from when they are ready."""
    empty_queue()
    with ExitStack() as stack:
        started = [stack.enter_context(_worker(folder / f"worker-{number}")) for number in range(workers)]
        begun = time.perf_counter()
        for portal in portals:
            tasks.invoice_month.delay(portal, str(month))
        stretch = Stretch(len(portals))
        rows: dict[str, QuerySet[Invoice] | QuerySet[InvoiceDelivery]] = {
            "issued": Invoice.objects.issued().filter(portal__in=portals),
            "mailed": InvoiceDelivery.objects.filter(portal__in=portals),
        }
        for what, query in rows.items():
            _follow(stretch, what, query.count, started[0].pid)
        stretch.seconds = time.perf_counter() - begun
    empty_queue()
    return stretch


def empty_queue() -> None:
    """Forget every message."""
    shutil.rmtree(settings.QUEUE_DIR, ignore_errors=True)
    settings.QUEUE_DIR.mkdir(parents=True)


def _follow(stretch: Stretch, what: str, count: Callable[[], int], pid: int) -> None:
    """Wait until all is done, and note the memory of the worker on the way. Refuses WorkerStuck."""
    done, seen_at = 0, time.monotonic()
    while done < stretch.documents:
        if (now := count()) > done:
            done, seen_at = now, time.monotonic()
        if done >= min(EARLY, stretch.documents // 5):
            stretch.early.setdefault(what, _megabytes(pid))
        if time.monotonic() > seen_at + PATIENCE:
            raise WorkerStuck(f"{done} of {stretch.documents} documents are {what}, and no more come.")
        time.sleep(0.1)
    stretch.late[what] = _megabytes(pid)


@contextmanager
def _worker(ready: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is ready, ended in the end. Its output goes to a log beside `ready`."""
    ready.unlink(missing_ok=True)
    with ready.with_suffix(".log").open("wb") as log:
        command = [sys.executable, "-m", "bench.worker", str(ready)]
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    try:
        until = time.monotonic() + PATIENCE
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise WorkerStuck(f"A worker does not start; see {ready.with_suffix('.log')}.")
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def _megabytes(pid: int) -> float:
    """The resident memory of a process."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
