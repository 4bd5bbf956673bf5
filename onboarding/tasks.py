"""What onboarding does in the background."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from onboarding import example
from onboarding.roster import RosterRefusal, invite
from portals.models import Membership


@shared_task
def send_invitations() -> int:
    """Send every invitation that was asked for; who cannot be invited any more is passed over."""
    waiting = Membership.objects.active().filter(invite_requested_at__isnull=False, invited_at__isnull=True)
    invited = 0
    for membership in waiting.order_by("pk").iterator():
        with suppress(RosterRefusal):
            invite(membership, now=timezone.now())
            invited += 1
    return invited


@shared_task
def reset_example() -> int:
    """Begin the example portal anew."""
    return example.reset_example(now=timezone.now())
