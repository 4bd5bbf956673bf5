"""Starts both servers, runs the tests that are marked `services` and those that lean on PostgreSQL most, stops them."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

from tests.services.servers import Redis, free_port, postgresql

# What takes locks, fires triggers or searches, once more on another version of PostgreSQL.
ON_POSTGRESQL = (
    "tests/services",
    "tests/billing/test_append_only.py",
    "tests/billing/test_billing_races.py",
    "tests/billing/test_ledger.py",
    "tests/billing/test_races.py",
    "tests/catalog/test_search.py",
    "tests/catalog/test_tree.py",
    "tests/orders/test_races.py",
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="thuiswerk-services-") as name:
        folder = Path(name)
        (folder / "postgres").mkdir(mode=0o700)
        redis = Redis(free_port(), folder)
        redis.start()
        try:
            with postgresql(folder / "postgres", free_port()) as address:
                os.environ |= {
                    "DATABASE_URL": address,
                    "TEST_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
                    "TEST_REDIS_FOLDER": name,
                }
                redis.stop()  # The tests start and stop it themselves.
                return pytest.main(["-m", "not browser", *ON_POSTGRESQL, *sys.argv[1:]])
        finally:
            redis.stop()


sys.exit(main())
