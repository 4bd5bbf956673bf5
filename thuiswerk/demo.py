"""`bin/demo`: the whole installation on one machine, with a world to look around in.

Starts the embedded PostgreSQL, web, worker and beat, each in a process group of its own so that Ctrl-C reaches only
this process, and stops all of them when it ends. Nothing is started again: where one of them dies, all stop.
"""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from thuiswerk.embedded import ensure_database

READY_SECONDS = 60
STOP_SECONDS = 15
ADDRESS = "127.0.0.1"
# As in the Procfile. bin/bench serves with them too.
WEB = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws")
WORKER = ("--concurrency", "1", "--without-gossip", "--without-mingle")


class Stop(Exception):
    """Somebody asked the demo to end."""


class CannotStart(Exception):
    """The demo does not start; the message says why and what to do."""


def main() -> None:
    options = _options()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _ask_to_stop)
    try:
        with suppress(Stop):
            run(options.port, reset=options.reset)
    except CannotStart as refusal:
        sys.exit(str(refusal))


def run(port: int, *, reset: bool) -> None:
    """Start everything and wait. Refuses CannotStart; ends with Stop."""
    data_dir = _environment(port)
    lock = _only_one(data_dir)
    _check_port(port)
    try:
        ensure_database()
    except RuntimeError as error:
        raise CannotStart(str(error)) from error
    _prepare(data_dir, reset=reset)
    children = Children(data_dir / "log")
    try:
        web = (*WEB, "--host", ADDRESS, "--port", str(port), "--workers-kill-timeout", "10")
        children.start("web", "granian", *web, "thuiswerk.wsgi:application")
        children.start("worker", "celery", "-A", "thuiswerk", "worker", *WORKER)
        children.start("beat", "celery", "-A", "thuiswerk", "beat")
        children.wait_until_ready(f"http://{ADDRESS}:{port}/readyz")
        _print_table()
        children.wait()
    finally:
        _take_no_more_signals()
        print("\nStopping.", flush=True)
        children.stop()
        lock.close()


class Children:
    """The processes of the demo and the logs that they write."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, module: str, *words: str) -> None:
        """Run a Python module, with what it says in `<name>.log`."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", module, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, url: str) -> None:
        """Until the web answers. Refuses CannotStart where it takes too long or something died."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check()
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise CannotStart(f"The web server does not answer at {url}. See {self.logs / 'web.log'}")

    def wait(self) -> NoReturn:
        """For ever, until something died."""
        while True:
            self.check()
            time.sleep(0.5)

    def check(self) -> None:
        """Refuses CannotStart where one has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise CannotStart(f"{name} ended with code {process.returncode}. See {self.logs / f'{name}.log'}")

    def stop(self) -> None:
        """Ask all of them to end, and end those that do not."""
        for process in self.processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description="Starts Thuiswerk with the demo world.")
    parser.add_argument("--reset", action="store_true", help="throw the data away and begin anew")
    parser.add_argument("--port", type=int, default=8000, help="serve here instead of at 8000")
    return parser.parse_args()


def _environment(port: int) -> Path:
    """Say to this process and its children that this is a demo; returns the folder of the data."""
    os.environ |= {
        "DEBUG": "0",
        "DEMO": "1",
        "BASE_DOMAIN": f"localhost:{port}",
        "EMAIL_URL": "",
        "DJANGO_SETTINGS_MODULE": "thuiswerk.settings",
    }
    data_dir = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    return data_dir


def _only_one(data_dir: Path) -> IO[str]:
    lock = (data_dir / "demo.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(f"A demo runs already with the data in {data_dir}. Stop it first.") from None
    return lock


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except (OSError, OverflowError):
            other = f"bin/demo --port {port + 1 if port < 65535 else 8001}"
            raise CannotStart(f"Port {port} cannot be used. Stop what runs there, or choose another: {other}") from None


def _prepare(data_dir: Path, *, reset: bool) -> None:
    """Bring database, demo world and static files up to date."""
    import django

    if reset:
        _forget(data_dir)
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    print("Preparing the database and the demo world.", flush=True)
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    _collect_static_files(data_dir / "static-of")
    # Nudges of the past say nothing any more: beat finds what is still due.
    for nudge in (data_dir / "queue").glob("*.msg"):
        nudge.unlink()
    connection.close_pool()  # type: ignore[attr-defined]


def _collect_static_files(stamp: Path) -> None:
    """Collect and compress them, where one changed since the last time: compressing takes half a minute."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = [storage.path(name) for finder in get_finders() for name, storage in finder.list([])]
    state = "\n".join(f"{path} {os.stat(path).st_mtime_ns}" for path in sorted(found))
    if not stamp.exists() or stamp.read_text() != state:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(state)


def _forget(data_dir: Path) -> None:
    import psycopg

    name = "thuiswerk"
    address = os.environ["DATABASE_URL"].replace(f"/{name}?", "/postgres?")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    for folder in ("media", "queue"):
        shutil.rmtree(data_dir / folder, ignore_errors=True)


def _print_table() -> None:
    from onboarding.demo.logins import table

    print(table(), flush=True)


def _ask_to_stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stop


def _take_no_more_signals() -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)


if __name__ == "__main__":
    main()
