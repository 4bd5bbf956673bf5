"""What the accounts do in the background."""

from celery import shared_task


@shared_task
def send_waiting_mail() -> None:
    """Send every mail of the outbox that is due."""
