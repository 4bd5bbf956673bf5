"""What the accounts do in the background."""

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import codes
from accounts.outbox import send_due


@shared_task
def send_waiting_mail() -> None:
    """Send every mail of the outbox that is due."""
    send_due(now=timezone.now())


@shared_task
def forget_what_is_over() -> None:
    """Delete codes and sessions that are of no use any more."""
    codes.delete_old_codes(now=timezone.now())
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
