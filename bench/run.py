"""The run of the bench: prepare, measure, print."""

import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench import world
from bench.checkout import checkout_ratio
from bench.documents import document_ratio
from bench.feed import feed_figures
from bench.figures import print_table, served
from bench.pages import PAGES

QUICK = {"rounds": 3, "seconds": 1}
FULL = {"rounds": 7, "seconds": 3}


def bench(*, quick: bool, port: int) -> int:
    """Measure everything. Returns the exit code: 1 where a page gave a wrong answer or asked too much."""
    folder = Path(settings.DATA_DIR)
    data = prepare()
    with served(data, port=port, folder=folder) as servers:
        servers.warm_up(PAGES)
        results = servers.measure(PAGES, **(QUICK if quick else FULL))
    print_table(results)
    print()
    now = timezone.now()
    ratios = {result.page.name: result.ratio for result in results[1:]}
    ratios["checkout"] = checkout_ratio(data, now, rounds=30 if quick else 200)
    ratios["pdf"] = document_ratio(now, rounds=7 if quick else 25)
    if not quick:
        feed_figures(folder)
    wrong = [
        *(f"{result.page.name}: {run.errors} wrong answers" for result in results for run in result.runs if run.errors),
        *(f"{result.page.name}: too many statements" for result in results if result.statements > result.page.budget),
    ]
    print("", *wrong, sep="\n")
    for name, ratio in ratios.items():
        print(f"ratio {name} {ratio:.2f}")
    return int(bool(wrong))


def prepare(products: int = world.PRODUCTS) -> world.World:
    """An empty database with all tables, then the world of the bench; static files collected as in production."""
    started = time.monotonic()
    empty_database()
    call_command("collectstatic", interactive=False, verbosity=0)
    data = world.load(timezone.now(), products=products)
    seconds = time.monotonic() - started
    print(f"{products:,} products, {world.EMPLOYEES:,} employees, loaded in {seconds:.0f} s", flush=True)
    return data


def empty_database() -> None:
    """All tables, and nothing in them but what migrations put there."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
