"""What happens in the background."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import codes, outbox, tasks
from accounts.models import Job, JobRun, LoginCode, Mail, MailState
from thuiswerk.lib.mail import Message

pytestmark = pytest.mark.django_db


def test_send_waiting_mail_sends_what_is_due(mailoutbox):
    outbox.queue(Message("Welkom", "Hallo", ""), to="bob@acme.example", key="a", now=timezone.now())

    tasks.send_waiting_mail()

    assert [mail.to for mail in mailoutbox] == [["bob@acme.example"]]
    assert Mail.objects.get().state == MailState.SENT


def test_forget_what_is_over_keeps_what_still_counts(world):
    now = timezone.now()
    for days in (3, 0):
        codes.send_code("bob@acme.example", portal=world.acme, language="nl", now=now - dt.timedelta(days=days))
        Session.objects.create(
            session_key=f"s{days}", session_data="", expire_date=now + dt.timedelta(hours=1 - 24 * days)
        )
        JobRun.objects.create(name=f"{days}", created_at=now - dt.timedelta(days=89 + days), result="failed")
    Job.objects.create(name="not-there-any-more")
    Job.objects.create(name="expire-credit")

    tasks.forget_what_is_over()

    assert LoginCode.objects.get().created_at == now
    assert list(Session.objects.values_list("pk", flat=True)) == ["s0"]
    assert list(JobRun.objects.values_list("name", flat=True)) == ["0"]
    assert list(Job.objects.values_list("pk", flat=True)) == ["expire-credit"]
