"""Telling the workers to look now. What is due is a row that beat finds again, so a nudge may be lost."""

from functools import partial
from typing import Any

import structlog
from celery import Task
from celery.exceptions import OperationalError
from django.db import transaction

log = structlog.get_logger(__name__)


def nudge(task: "Task[Any, Any]", *args: Any) -> None:
    """Put `task` on the queue once the transaction is committed, or at once where there is none.

    Never refuses: where the broker does not take it, that is a line in the log.
    """
    transaction.on_commit(partial(_ask, task, args), robust=True)


def _ask(task: "Task[Any, Any]", args: tuple[Any, ...]) -> None:
    try:
        task.delay(*args)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", task=task.name, error=type(error).__name__)
