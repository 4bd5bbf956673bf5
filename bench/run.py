"""The run of the bench: prepare, measure, print."""

import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench import world
from bench.figures import print_table, served
from bench.pages import PAGES

QUICK = {"rounds": 4, "seconds": 1}
FULL = {"rounds": 7, "seconds": 4}


def bench(*, quick: bool, port: int, only: list[str]) -> int:
    """Measure everything, or only the named figures. Returns the exit code: 1 where a page answered wrongly."""
    folder = Path(settings.DATA_DIR)
    data = prepare()
    with served(data, port=port, folder=folder) as servers:
        pages = [page for page in PAGES if not only or page.name in only]
        servers.measure(pages, rounds=1, seconds=1)  # warms up both
        results = servers.measure(pages, **(QUICK if quick else FULL))
    print_table(results)
    for result in results[1:]:
        print(f"ratio {result.page.name} {result.ratio:.2f}")
    return int(any(run.errors for result in results for run in result.runs))


def prepare() -> world.World:
    """An empty database with all tables, then the world of the bench; static files collected as in production."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    data = world.load(timezone.now())
    seconds = time.monotonic() - started
    print(f"{world.PRODUCTS:,} products, {world.EMPLOYEES:,} employees, loaded in {seconds:.0f} s")
    return data
