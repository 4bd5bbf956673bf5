"""The figures of the pages: each in turn with the floor before and after it, several rounds, and the medians."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import Run, drive
from bench.pages import FLOOR, LISTS, Page, cookie
from bench.server import Server
from bench.statements import count_statements
from bench.world import World

LISTS_SECONDS = 10
COLUMNS = ("per second", "median ms", "p95 ms", "app ms", "postgres ms", "statements", "of floor")


@dataclass
class Result:
    """The runs of a page, and how each compares with the floor around it."""

    page: Page
    statements: int
    runs: list[Run] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Units a second as a share of the floor's, where the floor answers as many requests as a unit takes."""
        return statistics.median(self.ratios)

    def row(self) -> str:
        names = ("per_second", "median", "p95", "application", "postgres")
        medians = [statistics.median(getattr(one, name) for one in self.runs) for name in names]
        cells = [
            f"{medians[0]:.0f}" if medians[0] > 100 else f"{medians[0]:.1f}",
            *(f"{value:.2f}" for value in medians[1:]),
        ]
        return _row([self.page.name, *cells, str(self.statements), f"{self.ratio:.2f}"])


class Bench:
    """Thuiswerk and the floor, served side by side from one database."""

    def __init__(self, world: World, application: Server, floor: Server, folder: Path) -> None:
        self.world, self.application, self.floor, self.folder = world, application, floor, folder

    def measure(self, pages: Sequence[Page], *, rounds: int, seconds: int) -> list[Result]:
        """Floor, page, floor, page, …, floor, `rounds` times: a page is held against the mean of its neighbours."""
        floor = Result(FLOOR, count_statements(FLOOR, self.world))
        results = [Result(page, count_statements(page, self.world)) for page in pages]
        for _ in range(rounds):
            before = self._run(FLOOR, seconds)
            for result in results:
                run = self._run(result.page, seconds)
                after = self._run(FLOOR, seconds)
                ground = (before.per_second + after.per_second) / 2
                result.runs.append(run)
                result.ratios.append(run.per_second * result.page.requests / ground)
                floor.runs.append(after)
                floor.ratios.append(after.per_second / ground)
                before = after
        return [floor, *results]

    def warm_up(self, pages: Sequence[Page]) -> None:
        """Let both servers fill what they keep: the lists are visited as after a morning's work."""
        self._run(LISTS, LISTS_SECONDS)
        for page in (FLOOR, *pages):
            self._run(page, seconds=1)

    def _run(self, page: Page, seconds: int) -> Run:
        server = self.floor if page is FLOOR else self.application
        run = drive(page, self.world, server, folder=self.folder, seconds=seconds)
        self.world.tidy()
        return run


@contextmanager
def served(world: World, *, port: int, folder: Path) -> Iterator[Bench]:
    """The two servers, both answering; stopped at the end whatever happens."""
    reader = world.readers[0]
    application = Server("thuiswerk.wsgi:application", port, folder / "application.log")
    floor = Server("bench.floor.wsgi:application", port + 1, folder / "floor.log")
    try:
        for server in (application, floor):
            server.wait(
                "/healthz" if server is application else FLOOR.lines(world)[0].split("\t")[1],
                reader.host,
                cookie(reader),
            )
        yield Bench(world, application, floor, folder)
    finally:
        application.stop()
        floor.stop()


def _row(cells: list[str]) -> str:
    return f"{cells[0]:<12}" + "".join(f"{cell:>13}" for cell in cells[1:])


def print_table(results: list[Result]) -> None:
    """One line a page; processor time is per unit, of all processes of the application and of PostgreSQL."""
    print(_row(["", *COLUMNS]))
    for result in results:
        print(result.row())
