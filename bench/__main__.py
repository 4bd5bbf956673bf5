"""The bench: loads its own database, drives the pages and the floor in turn, and prints how they compare."""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8090


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter runs: all figures in under two minutes")
    parser.add_argument("--growth", action="store_true", help="instead: the pages with 1,000 to 1,000,000 products")
    parser.add_argument(
        "--invoices",
        type=int,
        nargs="?",
        const=1000,
        metavar="N",
        help="instead: the month of N portals (default 1000)",
    )
    parser.add_argument(
        "--roster",
        type=int,
        nargs="?",
        const=10_000,
        metavar="N",
        help="instead: an Excel workbook of N employees (default 10000)",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"of the first of two servers (default {PORT})")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    configure(given.port)

    from bench.growth import growth
    from bench.invoices import invoices
    from bench.roster import WrongRoster, roster
    from bench.run import bench
    from bench.server import NoAnswer
    from bench.workers import WorkerStuck

    try:
        if given.invoices:
            sys.exit(invoices(portals=given.invoices))
        if given.roster:
            sys.exit(roster(people=given.roster))
        sys.exit(growth(port=given.port) if given.growth else bench(quick=given.quick, port=given.port))
    except (NoAnswer, WorkerStuck, WrongRoster) as error:
        sys.exit(f"bench: {error}")


def configure(port: int) -> None:
    """Sets up Django with the environment of a production server and a database of the bench's own."""
    folder = Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench")
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.update(
        DATA_DIR=str(folder),
        DEBUG="0",
        DEMO="0",
        SECRET_KEY="of-the-bench-which-guards-nothing-and-lives-for-minutes",  # noqa: S106
        BASE_DOMAIN=f"localhost:{port}",
        EMAIL_URL="none:",  # mails are made and thrown away
        OPERATOR_IBAN="NL91ABNA0417164300",
        OPERATOR_KVK="12345678",
        OPERATOR_BIC="ABNANL2A",
        DJANGO_SETTINGS_MODULE="thuiswerk.settings",
    )
    import django

    from thuiswerk.embedded import ensure_database

    ensure_database()
    django.setup()
    logging.getLogger().setLevel(logging.WARNING)  # of this process, not of the servers


if __name__ == "__main__":
    main()
