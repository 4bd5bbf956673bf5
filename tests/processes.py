"""What a test needs that talks to other processes: the environment of one, and which broker this one talks to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from kombu import pools

from thuiswerk.celery import app


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """The environment of a process on the database of this test, with files of its own."""
    with connection.cursor() as cursor:
        info = cursor.connection.info
    address = f"postgresql://{info.user}:{info.password}@/{info.dbname}"
    address += f"?host={quote(info.host, safe='')}&port={info.port}"
    ours = {"DATABASE_URL": address, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "thuiswerk.settings"}
    return os.environ | ours | variables


@contextmanager
def broker(url: str) -> Iterator[None]:
    """This process puts its tasks on the queue of the Redis at `url`, with the settings of production."""
    before = {name: app.conf[name] for name in ("broker_url", "broker_transport_options")}
    _connect({"broker_url": url, "broker_transport_options": settings.REDIS_TRANSPORT})
    try:
        yield
    finally:
        _connect(before)


def _connect(configuration: dict[str, object]) -> None:
    app.conf.update(configuration)
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
