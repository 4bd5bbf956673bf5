"""A nudge comes after the commit, and a broker that is away stops nothing."""

import pytest
from celery.exceptions import OperationalError
from django.db import transaction
from structlog.testing import capture_logs

from accounts.tasks import send_waiting_mail
from thuiswerk.lib.nudge import nudge


@pytest.fixture
def asked(monkeypatch):
    """The arguments with which the task was put on the queue."""
    calls = []
    monkeypatch.setattr(send_waiting_mail, "delay", lambda *args: calls.append(args))
    return calls


@pytest.mark.django_db
def test_nudge_waits_for_the_commit(asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        nudge(send_waiting_mail, 7)
        assert asked == []

    assert asked == [(7,)]


@pytest.mark.django_db(transaction=True)
def test_nudge_outside_a_transaction_asks_at_once(asked):
    nudge(send_waiting_mail)

    assert asked == [()]


@pytest.mark.parametrize("error", [OperationalError("redis://:secret@queue"), ConnectionRefusedError(111)])
@pytest.mark.django_db(transaction=True)
def test_nudge_without_a_broker_is_a_line_in_the_log(monkeypatch, error):
    def away(*args):
        raise error

    monkeypatch.setattr(send_waiting_mail, "delay", away)

    with capture_logs() as lines:
        nudge(send_waiting_mail)

    assert lines == [
        {
            "event": "broker_away",
            "log_level": "warning",
            "task": "accounts.tasks.send_waiting_mail",
            "error": type(error).__name__,
        }
    ]


@pytest.mark.django_db(transaction=True)
def test_nudge_that_fails_otherwise_holds_up_nothing_after_the_commit(monkeypatch):
    monkeypatch.setattr(send_waiting_mail, "delay", lambda *args: 1 / 0)
    ran = []

    with transaction.atomic():
        nudge(send_waiting_mail)
        transaction.on_commit(lambda: ran.append("next"))

    assert ran == ["next"]
