"""What the accounts do in the background."""

from celery import shared_task
from django.utils import timezone

from accounts.outbox import send_due


@shared_task
def send_waiting_mail() -> None:
    """Send every mail of the outbox that is due."""
    send_due(now=timezone.now())
