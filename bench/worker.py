"""A worker of one process, in the environment of the bench: `python -m bench.worker FILE` makes FILE once ready."""

import sys
from pathlib import Path

import django
from celery.signals import worker_ready

from thuiswerk.celery import app

if __name__ == "__main__":
    django.setup()
    ready = Path(sys.argv[1])
    worker_ready.connect(lambda **_: ready.touch(), weak=False)
    app.worker_main(["worker", "--pool", "solo", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"])
