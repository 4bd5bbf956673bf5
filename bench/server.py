"""Starts granian as in production, and tells what processor time it and PostgreSQL have used."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from thuiswerk.demo import ADDRESS, WEB

TICK = os.sysconf("SC_CLK_TCK")


class NoAnswer(Exception):
    """A server that does not answer as it should."""


class Server:
    """One granian with two processes; `port` on the loopback address. Its output goes to `log`."""

    def __init__(self, application: str, port: int, log: Path) -> None:
        self.address, self.log = f"http://{ADDRESS}:{port}", log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "granian", *WEB, "--host", ADDRESS, "--port", str(port), application],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, path: str, host: str, cookie: str) -> None:
        """Until `path` is answered with 200, at most 30 seconds. Refuses NoAnswer."""
        request = urllib.request.Request(f"{self.address}{path}", headers={"Host": host, "Cookie": cookie})
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(request, timeout=10):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise NoAnswer(f"granian at {self.address} does not answer {path}; see {self.log}.")

    def stop(self) -> None:
        """End it and its workers, and wait until they are gone."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def processor_seconds(self) -> float:
        """What the processes have used since they started, in seconds of one core."""
        return _family_seconds(self.process.pid)


def postgres_seconds(folder: Path) -> float:
    """What PostgreSQL's processes have used, ended backends included, in seconds of one core."""
    return _family_seconds(int((folder / "postmaster.pid").read_text().split()[0]))


def _family_seconds(parent: int) -> float:
    """Of a process, its children that live, and its children that ended."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == parent:
            ticks += sum(int(value) for value in fields[11:15])  # utime, stime, cutime, cstime
        elif int(fields[1]) == parent:
            ticks += sum(int(value) for value in fields[11:13])
    return ticks / TICK
