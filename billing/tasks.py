"""What billing does in the background. Every task may be run twice or killed: what is due is a query, not a message."""

from typing import Any

from celery.signals import worker_process_init


@worker_process_init.connect
def warm_up_documents(**_: Any) -> None:
    """Read fonts and stylesheets when a worker process starts, not in its first document."""
    from billing import documents

    documents.warm_up()
