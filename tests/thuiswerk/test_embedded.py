"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last, also after a kill."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from thuiswerk.embedded import LONGEST_SOCKET_PATH, ensure_database

# Joins the server, says where it is, and stays until its input ends.
USER = """
import os, sys
from thuiswerk.embedded import ensure_database
ensure_database()
print(os.environ["DATABASE_URL"], flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the server in `folder`."""

    def __init__(self, folder: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER],
            cwd=settings.BASE_DIR,
            env=environment | {"DATA_DIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.address = self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def answers(address: str) -> bool:
    try:
        with psycopg.connect(address) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a space and a name too long for a socket. Pytest shuts its own folders to the server's user."""
    with tempfile.TemporaryDirectory(prefix="thuiswerk test ") as name:
        yield Path(name) / ("x" * LONGEST_SOCKET_PATH)


def test_server_runs_until_its_last_user_ends(folder: Path):
    first, second = User(folder), User(folder)

    first.end()
    with_one_left = answers(second.address)
    second.end()

    assert first.address == second.address
    assert (with_one_left, answers(second.address)) == (True, False)


def test_killed_user_does_not_keep_the_server_running_and_data_stay(folder: Path):
    killed, other = User(folder), User(folder)
    with psycopg.connect(killed.address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    killed.kill()
    other.end()
    stopped = not answers(other.address)
    later = User(folder)
    with psycopg.connect(later.address) as connection:
        kept = connection.execute("SELECT answer FROM kept").fetchone()
    later.end()

    assert (stopped, kept) == (True, (42,))


def test_nobody_else_may_enter_the_folder_of_the_data(folder: Path):
    user = User(folder)

    mode = (folder / "postgres").stat().st_mode & 0o777
    user.end()

    assert mode == 0o700


def test_database_url_of_the_operator_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/shop")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    ensure_database()

    assert os.environ["DATABASE_URL"] == "postgresql://db/shop"
    assert list(tmp_path.iterdir()) == []
