"""The outbox: once, later when it fails, and never by two workers."""

import datetime as dt
import hashlib
import smtplib
import socketserver
import threading

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from accounts import outbox
from accounts.models import Mail, MailState
from tests.world import NOW
from thuiswerk.lib.mail import Message, mailer_from_url

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


class SmtpHandler(socketserver.StreamRequestHandler):
    """Speaks SMTP as far as it is asked; answers as the server was told to."""

    def handle(self):
        self.wfile.write(b"220 mail.example\r\n")
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode()
            self.wfile.write(self.server.answers.get(verb, b"250 OK") + b"\r\n")
            if verb == "DATA" and b"354" in self.server.answers["DATA"]:
                while self.rfile.readline() != b".\r\n":
                    pass
                self.wfile.write(self.server.answers["."] + b"\r\n")
            if verb == "QUIT":
                return


@pytest.fixture
def smtp(settings):
    """A mail server whose answers a test can change."""
    with socketserver.TCPServer(("127.0.0.1", 0), SmtpHandler) as server:
        server.answers = {"DATA": b"354 go on", ".": b"250 OK", "QUIT": b"221 bye"}
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.MAILERS = {"default": mailer_from_url(f"smtp://127.0.0.1:{server.server_address[1]}")}
        yield server
        server.shutdown()


def test_send_due_hands_a_mail_to_a_server(smtp):
    queue()

    outbox.send_due(now=NOW)

    assert Mail.objects.get().state == MailState.SENT


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        ("RCPT", b"550 5.1.1 no such user", MailState.FAILED),
        ("RCPT", b"551 user not local", MailState.FAILED),
        ("RCPT", b"450 4.2.0 greylisted", MailState.WAITING),
        ("RCPT", b"421 4.3.2 closing", MailState.WAITING),
        ("RCPT", b"554 5.7.1 relay access denied", MailState.WAITING),
        ("MAIL", b"550 5.1.8 sender unknown", MailState.WAITING),
        ("EHLO", b"554 no", MailState.WAITING),
        ("DATA", b"554 5.5.0 no", MailState.FAILED),
        (".", b"552 5.3.4 too large", MailState.FAILED),
        (".", b"550 5.7.26 not signed", MailState.WAITING),
        (".", b"451 4.3.0 later", MailState.WAITING),
    ],
)
def test_send_due_tries_again_what_may_still_go_well(smtp, verb, answer, state):
    smtp.answers |= {verb: answer} | ({"HELO": answer} if verb == "EHLO" else {})
    queue()

    outbox.send_due(now=NOW)

    mail = Mail.objects.get()
    assert (mail.state, mail.attempts, mail.failed_at) == (state, 1, NOW if state == MailState.FAILED else None)
    assert answer[4:].decode() in mail.error


def test_mark_opened_remembers_the_first_time():
    mail = queue()
    outbox.send_due(now=NOW)
    mail.refresh_from_db()

    told = [outbox.mark_opened(mail.message_id, now=NOW + dt.timedelta(hours=hours)) for hours in (1, 2)]

    mail.refresh_from_db()
    assert (told, mail.state, mail.opened_at) == ([True, True], MailState.OPENED, NOW + dt.timedelta(hours=1))
    assert list(Mail.objects.state("opened")) == [mail]


def test_mark_opened_knows_only_mails_that_were_sent():
    queue()

    assert [outbox.mark_opened(message_id, now=NOW) for message_id in ("", "<a@b.example>")] == [False, False]


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
