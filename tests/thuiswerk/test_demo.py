"""`bin/demo` as somebody at a terminal meets it: one table, one line where it cannot start, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from thuiswerk.demo import CannotStart, Children

PATIENCE = 240
PORTS = range(20700, 32000)
SLEEPER = "import time\ntime.sleep(600)\n"
STUBBORN = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)\n"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder for the demo's data. Pytest shuts its own folders to the user of the embedded server."""
    with tempfile.TemporaryDirectory(prefix="thuiswerk-demo-") as name:
        yield Path(name)


@pytest.fixture
def port() -> int:
    """A port that nothing listens on."""
    for number in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)):
                return number
    raise AssertionError("No port is free.")


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs for `Children` to run."""
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def children(modules: Path) -> Iterator[Children]:
    made = Children(modules / "log")
    yield made
    made.stop()


def start_demo(data_dir: Path, *words: str) -> subprocess.Popen[str]:
    """The demo beside the tests: its data in `data_dir`, nothing of the tests' environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "thuiswerk.demo", *words],
        cwd=settings.BASE_DIR,
        env=kept | {"DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(demo: subprocess.Popen[str], words: str) -> list[str]:
    """The lines up to the one with `words` in it."""
    lines = []
    for line in demo.stdout:
        lines.append(line.strip())
        if words in line:
            return lines
    raise AssertionError(f"The demo ended: {demo.communicate()}")


def fetch(port: int, path: str, *, host: str) -> str:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().read().decode()


def test_demo_shows_where_to_go_and_leaves_nothing_running(data_dir: Path, port: int):
    demo = start_demo(data_dir, "--port", str(port))
    try:
        lines = wait_for(demo, "Ctrl-C")
        page = fetch(port, "/account/login/", host=f"acme.localhost:{port}")
        family = psutil.Process(demo.pid).children(recursive=True)
        names = " ".join(word for process in family for word in process.cmdline())
        second = start_demo(data_dir, "--port", str(port + 1))
        refused = second.communicate(timeout=60)
    finally:
        demo.send_signal(signal.SIGINT)
        _, errors = demo.communicate(timeout=PATIENCE)

    assert any(f"http://acme.localhost:{port}/" in line and "bob@acme.example" in line for line in lines)
    assert any(f"http://localhost:{port}/demo/mail/" in line for line in lines)
    assert "Acme Thuiswerkwinkel" in page
    assert "mailto:service@thuiswerk.example" in page
    assert all(program in names for program in ("granian", "worker", "beat"))
    assert refused == ("", f"A demo runs already with the data in {data_dir}. Stop it first.\n")
    assert (demo.returncode, errors) == (0, "")
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert not (data_dir / "postgres" / "postmaster.pid").exists()
    assert (data_dir / "postgres" / "PG_VERSION").exists()


def test_taken_port_is_told_in_one_line(data_dir: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = start_demo(data_dir, "--port", str(port))
        _, errors = demo.communicate(timeout=60)

    other = port + 1 if port < 65535 else 8001
    told = f"Port {port} cannot be used. Stop what runs there, or choose another: bin/demo --port {other}\n"
    assert (demo.returncode, errors) == (1, told)
    assert not (data_dir / "postgres").exists()


def test_child_that_dies_is_named(children: Children):
    children.start("worker", "sleeper")
    children.check()

    children.processes["worker"].kill()
    children.processes["worker"].wait()

    with pytest.raises(CannotStart, match=r"worker ended with code -9\. See .*worker\.log"):
        children.check()


def test_child_that_does_not_end_is_ended(children: Children, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("thuiswerk.demo.STOP_SECONDS", 1)
    children.start("web", "stubborn")
    time.sleep(0.5)

    children.stop()

    assert children.processes["web"].returncode == -signal.SIGKILL


def test_web_that_never_answers_is_told(children: Children, port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("thuiswerk.demo.READY_SECONDS", 0.5)
    children.start("web", "sleeper")

    with pytest.raises(CannotStart, match=f"does not answer at http://127.0.0.1:{port}/readyz"):
        children.wait_until_ready(f"http://127.0.0.1:{port}/readyz")
