"""What onboarding does in the background. Every task may be run twice or killed: what is due is a query."""

from celery import shared_task
from django.utils import timezone

from onboarding import appointments, example, forgetting, golive, invitations, last_days, lead_forgetting


@shared_task
def open_portals() -> int:
    """Open the portals whose day has come, and ask for their invitations and those of who was added since."""
    now = timezone.now()
    return golive.open_planned(now=now) + invitations.open_portals(now=now)


@shared_task
def send_invitations() -> int:
    """Mail the next portion of the invitations that were asked for."""
    return invitations.send_portion(now=timezone.now())


@shared_task
def remind_before_the_end() -> int:
    """Tell who has credit left that the portal ends soon."""
    return last_days.remind(now=timezone.now())


@shared_task
def forget_people() -> int:
    """Delete the personal data of people who never ordered, where the time has come."""
    return forgetting.forget_people(now=timezone.now())


@shared_task
def forget_leads() -> int:
    """Delete what was told in requests of which nothing came, where the time has come."""
    return lead_forgetting.forget_leads(now=timezone.now())


@shared_task
def reset_example() -> int:
    """Begin the example portal anew."""
    return example.reset_example(now=timezone.now())


@shared_task
def remind_of_appointments() -> int:
    """Mail the reminders of calls that are due, and call off those of lost leads."""
    return appointments.remind(now=timezone.now())
