"""The Celery application. The broker is only a nudge: what is due stands in the database, and beat finds it again."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thuiswerk.settings")

app = Celery("thuiswerk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
