"""The Celery application. The broker is only a nudge: what is due stands in the database, and beat finds it again."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thuiswerk.settings")

TRANSPORT_ALIASES["files"] = "thuiswerk.filequeue:Transport"
app = Celery("thuiswerk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
