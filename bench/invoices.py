"""The invoice run: what a document costs beside bare WeasyPrint and bare rules, and what workers make of a month."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from bench.documents import Bare, BareRules, html_of
from bench.invoice_world import load_portals
from bench.run import empty_database
from bench.server import postgres_seconds
from bench.workers import Stretch, invoiced_by
from billing import documents, rules, tasks
from billing.models import Invoice
from thuiswerk.lib.periods import Month

ORDERS, MANY_ORDERS = 20, 1000
COMPARED = 60  # documents that are also made bare
MOST_OF_BARE = 1.3
MOST_SECONDS = 8.0
MOST_GROWTH = 1.1
LEAST_SPEEDUP = 1.7


@dataclass
class Costs:
    """Processor time of each document in seconds, that of PostgreSQL included: by our tasks, and its two parts bare."""

    ours: list[float] = field(default_factory=list)
    pdf: list[float] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.mean(self.ours) / (statistics.mean(self.pdf) + statistics.mean(self.rules))

    def print(self, name: str) -> None:
        print(f"{name}: processor time of a document, mean of {len(self.ours)}")
        for label, seconds in (
            ("drafted, issued, checked, rendered, queued", self.ours),
            ("bare WeasyPrint", self.pdf),
            ("bare schema and rules", self.rules),
        ):
            print(f"  {label:<44}{statistics.mean(seconds) * 1e3:>8.0f} ms")
        print(f"  {'times the sum of the bare ones':<44}{self.ratio:>8.2f}", flush=True)


def invoices(*, portals: int) -> int:
    """Measure a month of so many portals. Returns the exit code: 1 where a goal is missed."""
    folder = Path(settings.DATA_DIR)
    month = Month.of(timezone.now()).previous
    empty_database()
    compared = load_portals("vergeleken", min(portals, COMPARED) + 1, orders=ORDERS, month=month)
    large = load_portals("groot", 2, orders=MANY_ORDERS, month=month)
    alone = load_portals("alleen", portals, orders=ORDERS, month=month)
    shared = load_portals("samen", portals, orders=ORDERS, month=month)
    print(f"{portals:,} portals with {ORDERS} orders each, for one worker and for two", flush=True)

    usual, of_many = _costs(compared, month, folder), _costs(large, month, folder)
    usual.print(f"{ORDERS} lines")
    of_many.print(f"{MANY_ORDERS:,} lines")
    one = invoiced_by(1, alone, month, folder)
    one.print("one worker")
    two = invoiced_by(2, shared, month, folder)
    two.print("two workers")
    return _judge(usual, of_many, one, two)


def _costs(portals: list[int], month: Month, folder: Path) -> Costs:
    """What the documents of `portals` cost by our tasks and bare, in turn; the first one warms up."""
    told, bare, bare_rules = Costs(), Bare(), BareRules()
    documents.warm_up()
    rules.warm_up()
    for portal in portals:
        told.ours.append(_seconds(lambda portal=portal: _finish(portal, month), folder))
        invoice = Invoice.objects.get(portal=portal)
        html, xml = html_of(invoice), bytes(invoice.e_invoice.content)
        told.pdf.append(_seconds(lambda html=html: bare.pdf_of(html), folder))
        told.rules.append(_seconds(lambda xml=xml: bare_rules.check(xml), folder))
    for seconds in (told.ours, told.pdf, told.rules):
        del seconds[0]
    return told


def _finish(portal: int, month: Month) -> None:
    tasks.invoice_month(portal, str(month))
    tasks.render_invoice(Invoice.objects.get(portal=portal).pk)


def _seconds(work: Callable[[], object], folder: Path) -> float:
    """Processor time of this process and of PostgreSQL: what waits, as on a busy machine, does not count."""
    before, start = postgres_seconds(folder / "postgres"), time.process_time()
    work()
    return time.process_time() - start + postgres_seconds(folder / "postgres") - before


def _judge(usual: Costs, of_many: Costs, one: Stretch, two: Stretch) -> int:
    """Print the figures that have a goal, and which is missed."""
    figures = {
        "document of bare": (usual.ratio, usual.ratio <= MOST_OF_BARE),
        "seconds of 1,000 lines": (of_many.ours[0], of_many.ours[0] < MOST_SECONDS),
        "memory": (one.growth, one.growth <= MOST_GROWTH),
        "two workers": (two.per_second / one.per_second, two.per_second / one.per_second >= LEAST_SPEEDUP),
    }
    print()
    for name, (value, is_met) in figures.items():
        print(f"invoices {name} {value:.2f}{'' if is_met else ' (goal missed)'}")
    return int(not all(is_met for _, is_met in figures.values()))
