"""The queue of files between processes of one machine."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection

from thuiswerk import filequeue
from thuiswerk.celery import app

MESSAGE = {"body": "kijk nu", "properties": {}}


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[filequeue.Channel]:
    """A channel on a queue that nobody else uses."""
    folders = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), str(tmp_path))
    with Connection("files://localhost", transport_options=settings.FILE_TRANSPORT | folders) as connection:
        yield connection.channel()


def test_worker_that_looks_while_a_message_is_written_finds_none(channel: filequeue.Channel, monkeypatch):
    found = []
    write = Path.write_text

    def write_with_a_pause(path: Path, text: str) -> None:
        write(path, text[:10])
        found.append(channel._size("celery"))
        write(path, text)

    monkeypatch.setattr(Path, "write_text", write_with_a_pause)

    channel._put("celery", MESSAGE)

    assert found == [0]
    assert channel._get("celery") == MESSAGE


def test_messages_come_in_their_order_and_once(channel: filequeue.Channel):
    for number in range(3):
        channel._put("celery", MESSAGE | {"number": number})

    assert sorted(channel._get("celery")["number"] for _ in range(3)) == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("celery")


def test_installation_without_redis_uses_this_queue():
    with app.connection_for_write() as connection:
        assert isinstance(connection.channel(), filequeue.Channel)
