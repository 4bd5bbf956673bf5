"""Drives a server with `wrk` and reads what it says."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.pages import Page
from bench.server import Server, postgres_seconds
from bench.world import World

CONNECTIONS = 4
SCRIPTS = Path(__file__).parent / "wrk"


@dataclass(frozen=True)
class Run:
    """What one run of wrk gave, per unit of the page (one request; an order is six). Times are in milliseconds."""

    per_second: float
    median: float
    p95: float
    application: float
    postgres: float
    errors: int


def drive(page: Page, world: World, server: Server, *, folder: Path, seconds: int) -> Run:
    """Send `page` to `server` for `seconds`, with the clocks of the processors read before and after."""
    lines = folder / "requests.txt"
    lines.write_text("".join(f"{line}\n" for line in page.lines(world)))
    command = ["wrk", f"-t{page.threads}", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPTS / page.script)]
    before = server.processor_seconds(), postgres_seconds(folder / "postgres")
    answer = subprocess.run(
        [*command, server.address, "--", str(lines), str(page.threads)],
        capture_output=True,
        text=True,
        check=True,
    )
    after = server.processor_seconds(), postgres_seconds(folder / "postgres")
    figures = next(line for line in answer.stdout.splitlines() if line.startswith("bench ")).split()[1:]
    requests, duration, median, p95, errors = (int(figure) for figure in figures)
    units = max(requests, 1) / page.requests
    return Run(
        per_second=units / duration * 1e6,
        median=median / 1e3,
        p95=p95 / 1e3,
        application=(after[0] - before[0]) * 1e3 / units,
        postgres=(after[1] - before[1]) * 1e3 / units,
        errors=errors,
    )
