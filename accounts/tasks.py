"""What the accounts do in the background, and what is written down of every scheduled job."""

from typing import Any

from celery import Task, shared_task
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import bounces, codes, jobs, mailbox
from accounts.outbox import send_due


@task_prerun.connect
def note_begin(task: "Task[Any, Any]", **_: Any) -> None:
    """Write that a scheduled job begins."""
    if run := jobs.run_of(task.request.headers, now=timezone.now()):
        task.request.update(run_under_way=run)
        jobs.begin(run)


@task_postrun.connect
def note_end(task: "Task[Any, Any]", state: str, retval: object, **_: Any) -> None:
    """Write what came of a scheduled job."""
    if run := task.request.get("run_under_way"):
        jobs.finish(run, jobs.outcome_of(state, retval), now=timezone.now())


@shared_task
def send_waiting_mail() -> int:
    """Send every mail of the outbox that is due."""
    return send_due(now=timezone.now())


@shared_task
def read_bounces() -> int:
    """Note what mail servers report of our mails, where there is a mailbox for it."""
    noted = 0
    for content in mailbox.unread(settings.BOUNCES_URL) if settings.BOUNCES_URL else ():
        report = bounces.read_report(content)
        noted += bool(report and bounces.note_report(report, now=timezone.now()))
    return noted


@shared_task
def forget_what_is_over() -> None:
    """Delete codes, sessions and runs of jobs that are of no use any more."""
    now = timezone.now()
    codes.delete_old_codes(now=now)
    Session.objects.filter(expire_date__lt=now).delete()
    jobs.forget_old(now=now)
