"""The mailbox of reports: read over TLS, each mail once."""

import imaplib
import re
import ssl

import pytest

from accounts import mailbox, outbox, tasks
from accounts.models import Mail
from tests.accounts.test_bounces import report
from tests.world import NOW
from thuiswerk.lib.mail import Message

URL = "imaps://noreply%40thuiswerk.example:pass%2Fword@mail.example/Reports"


class Server:
    """An IMAP server with one folder, as far as it is asked."""

    def __init__(self, mails):
        self.mails, self.seen, self.asked = mails, set(), []

    def __call__(self, host, port, *, ssl_context, timeout):
        self.asked.append((host, port, ssl_context.verify_mode, ssl_context.check_hostname, timeout))
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.asked.append("logout")

    def login(self, user, password):
        self.asked.append((user, password))
        if password == "wrong":
            raise imaplib.IMAP4.error("[AUTHENTICATIONFAILED]")

    def select(self, folder):
        return ("OK" if folder == '"Reports"' else "NO"), [b""]

    def uid(self, command, *words):
        if command == "SEARCH":
            unseen = [number for number in self.mails if number not in self.seen]
            return "OK", [" ".join(map(str, unseen)).encode() or None]
        number = int(words[0])
        if command == "STORE":
            self.seen.add(number)
            return "OK", [None]
        start, most = map(int, re.search(r"<(\d+)\.(\d+)>", words[1]).groups())
        return "OK", [(b"1 (BODY[]<0> {9}", self.mails[number][start:most]), b")"]


@pytest.fixture
def server(monkeypatch):
    server = Server({})
    monkeypatch.setattr(imaplib, "IMAP4_SSL", server)
    return server


def test_mailbox_is_opened_over_tls_with_a_certificate_that_is_checked(server):
    assert list(mailbox.unread(URL)) == []

    assert server.asked == [
        ("mail.example", 993, ssl.CERT_REQUIRED, True, 20),
        ("noreply@thuiswerk.example", "pass/word"),
        "logout",
    ]


def test_each_mail_is_read_once(server):
    server.mails = {1: b"one", 2: b"two"}

    assert [list(mailbox.unread(URL)), list(mailbox.unread(URL))] == [[b"one", b"two"], []]


def test_mail_that_was_not_finished_is_read_again(server):
    server.mails = {1: b"one", 2: b"two"}
    mails = mailbox.unread(URL)

    first = next(mails)
    mails.close()

    assert (first, list(mailbox.unread(URL))) == (b"one", [b"one", b"two"])


def test_long_mailbox_is_read_in_turns(server, monkeypatch):
    monkeypatch.setattr(mailbox, "BATCH", 2)
    server.mails = {1: b"one", 2: b"two", 3: b"three"}

    assert [list(mailbox.unread(URL)), list(mailbox.unread(URL))] == [[b"one", b"two"], [b"three"]]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("imap://mail.example/Reports", "must begin with imaps://"),
        ("mail.example", "must begin with imaps://"),
        ("imaps://a:wrong@mail.example/Reports", "AUTHENTICATIONFAILED"),
        ("imaps://a:b@mail.example/", "There is no folder INBOX"),
    ],
)
def test_mailbox_that_cannot_be_opened_is_refused(server, url, told):
    with pytest.raises(mailbox.BadMailbox, match=re.escape(told)):
        list(mailbox.unread(url))


def test_task_notes_reports_and_passes_over_the_rest(db, server, settings):
    outbox.queue(Message("Welkom", "Hallo Bob", ""), to="bob@acme.example", key="a", now=NOW)
    outbox.send_due(now=NOW)
    sent = Mail.objects.get()
    server.mails = {1: b"Subject: hello\n\nhello", 2: report("postfix-failed", sent.message_id), 3: b"\xff\x00"}
    settings.BOUNCES_URL = URL

    assert [tasks.read_bounces(), tasks.read_bounces()] == [1, 0]
    assert (Mail.objects.get().state, server.seen) == ("bounced", {1, 2, 3})


def test_task_without_a_mailbox_does_nothing(db, server):
    assert (tasks.read_bounces(), server.asked) == (0, [])
