"""The Celery application. The broker is only a nudge: what is due stands in the database, and beat finds it again."""

import os
from typing import Any

import structlog
from celery import Celery, Task
from celery.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thuiswerk.settings")

log = structlog.get_logger(__name__)


class Nudge(Task):  # type: ignore[type-arg]
    """A task that may be asked for while the broker is away: the request goes on, and beat asks again."""

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Put the task on the queue; None, with a line in the log, where the broker does not take it."""
        try:
            return super().apply_async(*args, **options)
        except (OperationalError, OSError):
            log.warning("broker_away", task=self.name)
            return None


app = Celery("thuiswerk", task_cls=Nudge)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
