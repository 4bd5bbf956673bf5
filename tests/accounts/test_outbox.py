"""The outbox: once, later when it fails, and never by two workers."""

import datetime as dt
import hashlib
import smtplib
import threading

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from accounts import outbox
from accounts.models import Mail, MailState
from tests.world import NOW
from thuiswerk.lib.mail import Message

pytestmark = pytest.mark.django_db
MESSAGE = Message("Welkom", "Hallo Bob", "<p>Hallo Bob</p>")


class BrokenServer(EmailBackend):
    """Refuses every mail to broken.example."""

    def send_messages(self, messages):
        if messages[0].to[0].endswith("@broken.example"):
            raise smtplib.SMTPServerDisconnected("gone")
        return super().send_messages(messages)


@pytest.fixture
def broken_server(settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.BrokenServer"}}


def queue(key="welcome:1", to="bob@acme.example", **kwargs):
    outbox.queue(MESSAGE, to=to, key=key, now=NOW, **kwargs)
    return Mail.objects.get(key=key)


def test_queue_same_key_keeps_the_first_mail():
    first = queue()

    second = queue(to="charlie@globex.example")

    assert second == first
    assert list(Mail.objects.values_list("to", flat=True)) == ["bob@acme.example"]


def test_queue_rolled_back_leaves_no_mail():
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)

    assert not Mail.objects.exists()


def test_queue_same_key_keeps_the_files_of_the_first_mail():
    first = queue(attachments=[outbox.Attachment("oud.pdf", "application/pdf", b"%PDF-1.7")])

    queue(attachments=[outbox.Attachment("nieuw.pdf", "application/pdf", b"%PDF-1.7")])

    assert [file.name for file in first.files.all()] == ["oud.pdf"]


def test_send_due_sends_text_html_and_files_once():
    queue(attachments=[outbox.Attachment("factuur.pdf", "application/pdf", b"%PDF-1.7")])

    tried = [outbox.send_due(now=NOW), outbox.send_due(now=NOW)]

    [sent] = django_mail.outbox
    assert tried == [1, 0]
    assert (sent.subject, sent.body, sent.to) == ("Welkom", "Hallo Bob", ["bob@acme.example"])
    assert sent.alternatives == [("<p>Hallo Bob</p>", "text/html")]
    assert sent.attachments == [("factuur.pdf", b"%PDF-1.7", "application/pdf")]
    assert Mail.objects.get().sent_at == NOW


def test_send_due_leaves_what_is_not_due_yet():
    queue()

    assert outbox.send_due(now=NOW - dt.timedelta(seconds=1)) == 0
    assert django_mail.outbox == []


def test_message_id_is_the_same_for_every_attempt_and_differs_between_mails():
    first, second = queue("a"), queue("b")

    assert outbox.message_id(first) == outbox.message_id(Mail.objects.get(key="a"))
    assert outbox.message_id(first) != outbox.message_id(second)
    assert hashlib.sha256(b"a").hexdigest()[:40] not in outbox.message_id(first)
    outbox.send_due(now=NOW)
    assert [sent.message()["Message-ID"] for sent in django_mail.outbox] == [
        outbox.message_id(first),
        outbox.message_id(second),
    ]


def test_send_due_failure_waits_longer_each_time_and_gives_up(broken_server):
    mail = queue(to="eve@broken.example")
    waits, now = [], NOW

    for _ in range(len(outbox.RETRY_AFTER) + 1):
        assert outbox.send_due(now=now) == 1
        mail.refresh_from_db()
        waits.append(mail.due_at - now)
        now = mail.due_at

    assert waits[:-1] == list(outbox.RETRY_AFTER)
    assert mail.state == MailState.FAILED
    assert mail.error == "SMTPServerDisconnected: gone"
    assert outbox.send_due(now=now + dt.timedelta(days=30)) == 0


def test_send_due_failure_of_one_mail_does_not_hold_up_the_next(broken_server):
    queue("first", to="eve@broken.example")
    queue("second")

    outbox.send_due(now=NOW)

    assert [sent.to for sent in django_mail.outbox] == [["bob@acme.example"]]


def test_send_due_mail_that_cannot_be_written_does_not_hold_up_the_next():
    outbox.queue(Message("Two\nlines", "text", ""), to="eve@acme.example", key="first", now=NOW)
    queue("second")

    outbox.send_due(now=NOW)

    assert [sent.to for sent in django_mail.outbox] == [["bob@acme.example"]]
    assert Mail.objects.get(key="first").state == MailState.WAITING


def test_send_due_secret_mail_forgets_its_text(settings):
    queue(is_secret=True)

    outbox.send_due(now=NOW)

    assert django_mail.outbox[0].body == "Hallo Bob"
    assert (Mail.objects.get().text, Mail.objects.get().html) == ("", "")


def test_send_due_secret_mail_that_was_not_sent_keeps_its_text_for_the_next_attempt(broken_server):
    queue(to="eve@broken.example", is_secret=True)

    outbox.send_due(now=NOW)

    assert (Mail.objects.get().text, Mail.objects.get().html) == ("Hallo Bob", "<p>Hallo Bob</p>")


def test_send_due_mail_to_nobody_is_thrown_away():
    queue(to=outbox.NOBODY)

    assert outbox.send_due(now=NOW) == 1
    assert (django_mail.outbox, Mail.objects.exists()) == ([], False)


def test_send_due_leaves_the_rest_of_a_long_queue_to_the_next_run(monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 2)
    for number in range(3):
        queue(f"mail:{number}")

    assert [outbox.send_due(now=NOW), outbox.send_due(now=NOW)] == [2, 1]


def test_send_due_secret_mail_of_a_demo_keeps_its_text(settings):
    settings.DEMO = True
    queue(is_secret=True)

    outbox.send_due(now=NOW)

    assert Mail.objects.get().text == "Hallo Bob"


def test_send_again_queues_a_copy_with_its_files():
    mail = queue(attachments=[outbox.Attachment("factuur.pdf", "application/pdf", b"%PDF-1.7")])
    outbox.send_due(now=NOW)
    mail.refresh_from_db()

    outbox.send_again(mail, now=NOW)

    copy = Mail.objects.exclude(pk=mail.pk).get()
    assert copy.state == MailState.WAITING
    assert (copy.to, copy.text, [file.name for file in copy.files.all()]) == (mail.to, mail.text, ["factuur.pdf"])


def test_send_again_refuses_a_waiting_mail_and_a_secret_one():
    waiting, secret = queue("a"), queue("b", is_secret=True)
    Mail.objects.filter(pk=secret.pk).update(sent_at=NOW)
    secret.refresh_from_db()

    with pytest.raises(outbox.StillWaiting):
        outbox.send_again(waiting, now=NOW)
    with pytest.raises(outbox.TextIsGone):
        outbox.send_again(secret, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_send_due_by_eight_workers_sends_each_mail_once(monkeypatch):
    monkeypatch.setattr(outbox, "nudge", lambda task: None)
    for number in range(20):
        queue(f"mail:{number}")
    barrier = threading.Barrier(8)

    def work():
        barrier.wait()
        outbox.send_due(now=NOW)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(django_mail.outbox) == 20
    assert len({sent.message()["Message-ID"] for sent in django_mail.outbox}) == 20


@pytest.mark.django_db(transaction=True)
def test_send_due_goes_past_a_mail_that_another_worker_holds(monkeypatch):
    monkeypatch.setattr(outbox, "nudge", lambda task: None)
    queue("held")
    queue("next")
    is_held, is_done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Mail.objects.select_for_update().get(key="held")
            is_held.set()
            is_done.wait(3)
        connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    is_held.wait(3)
    outbox.send_due(now=NOW)
    is_done.set()
    worker.join()

    assert list(Mail.objects.waiting().values_list("key", flat=True)) == ["held"]
