"""How the time of a page grows with the catalogue: the same pages beside the same floor, with ever more products."""

from pathlib import Path

from django.conf import settings
from django.db import connections

from bench.figures import print_table, served
from bench.pages import GROWING
from bench.run import prepare

SIZES = (1_000, 100_000, 1_000_000)
MOST = 1.5


def growth(*, port: int) -> int:
    """Measure with each size. Returns the exit code: 1 where a page takes more than `MOST` times as long in the end."""
    ratios = {}
    for size in SIZES:
        data = prepare(size)
        with served(data, port=port, folder=Path(settings.DATA_DIR)) as servers:
            servers.warm_up(GROWING)
            results = servers.measure(GROWING, rounds=5, seconds=2)
        connections.close_all()
        print_table(results)
        print(flush=True)
        ratios[size] = {result.page.name: result.ratio for result in results[1:]}
    grown = {name: ratios[SIZES[0]][name] / ratios[SIZES[-1]][name] for name in ratios[SIZES[0]]}
    for name, value in grown.items():
        print(f"growth {name} {value:.2f}")
    return int(max(grown.values()) > MOST)
