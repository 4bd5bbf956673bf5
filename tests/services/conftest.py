"""The Redis of the run, up at the start of each test."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.services.servers import Redis


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/services/" in item.nodeid:
            item.add_marker(pytest.mark.services)


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A running Redis, which the test may stop."""
    server = Redis(urlsplit(os.environ["TEST_REDIS_URL"]).port or 0, Path(os.environ["TEST_REDIS_FOLDER"]))
    server.start()
    yield server
    server.stop()
