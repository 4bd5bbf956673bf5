"""Reports of mail servers: what each kind does to a mail, and that a crooked one does nothing."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts import bounces, outbox
from accounts.models import Mail, MailState
from tests.world import NOW
from thuiswerk.lib.mail import Message

REPORTS = Path(__file__).parent / "reports"
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def mail(db):
    """A mail to Bob that was sent."""
    for key in ("welcome:1", "welcome:2"):
        outbox.queue(Message("Welkom", "Hallo Bob", ""), to="bob@acme.example", key=key, now=NOW)
    outbox.send_due(now=NOW)
    return Mail.objects.get(key="welcome:1")


def report(name, message_id):
    return (REPORTS / f"{name}.eml").read_bytes().replace(b"MESSAGE-ID", message_id.encode())


def note(content, now=LATER):
    found = bounces.read_report(content)
    return bounces.note_report(found, now=now) if found else None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "postfix-failed",
            "5.1.1 550 5.1.1 <bob@acme.example>: Recipient address rejected: User unknown in virtual mailbox table",
        ),
        ("exim-failed-headers-only", "5.0.0 552 mailbox full"),
    ],
)
def test_mail_that_could_not_be_delivered_has_bounced(mail, name, reason):
    note(report(name, mail.message_id))

    mail.refresh_from_db()
    assert (mail.state, mail.bounced_at, mail.error) == (MailState.BOUNCED, LATER, reason)
    assert list(Mail.objects.state("sent").values_list("key", flat=True)) == ["welcome:2"]


def test_mail_that_is_still_being_tried_is_delayed_until_it_bounces(mail):
    for hours in range(2):
        note(report("postfix-delayed", mail.message_id), now=LATER + dt.timedelta(hours=hours))
    mail.refresh_from_db()
    delayed = mail.state, mail.error

    note(report("postfix-failed", mail.message_id))
    note(report("postfix-delayed", mail.message_id), now=LATER + dt.timedelta(hours=1))

    mail.refresh_from_db()
    assert delayed == (
        MailState.DELAYED,
        "4.4.1 connect to mail.acme.example[192.0.2.7]:25: Connection timed out",
    )
    assert (mail.state, mail.delayed_at, mail.bounced_at) == (MailState.BOUNCED, LATER, LATER)
    assert mail.error.startswith("5.1.1 550")


def test_same_report_again_changes_nothing(mail):
    for hours in range(2):
        note(report("postfix-failed", mail.message_id), now=LATER + dt.timedelta(hours=hours))

    mail.refresh_from_db()
    assert mail.bounced_at == LATER


def test_report_that_a_mail_arrived_changes_nothing(mail):
    assert note(report("postfix-delivered", mail.message_id)) is None


def test_report_of_somebody_elses_mail_is_ignored(mail):
    assert note(report("postfix-failed", "<somebody@else.example>")) is None
    assert set(Mail.objects.values_list("bounced_at", flat=True)) == {None}


def test_report_of_a_mail_without_id_is_ignored(mail):
    Mail.objects.update(message_id="")

    assert note(report("postfix-failed", "<>")) is None
    assert note(report("postfix-failed", "")) is None


def test_report_inside_a_returned_mail_is_no_report(mail):
    inner = report("postfix-failed", mail.message_id)
    quoted = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/rfc822\n\n" + inner + b"\n--x--\n"
    )

    assert note(quoted) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"report-type=delivery-status", b"report-type=disposition-notification"),
        (b"report-type=delivery-status", b"report-type*=utf-8''%ff"),
        (b"multipart/report", b"multipart/mixed"),
        (b"message/delivery-status", b"text/plain"),
        (b"Action: failed", b"Action: =?utf-8?b?/////w==?="),
        (b"Content-Type: message/rfc822", b"Content-Type: application/octet-stream"),
    ],
)
def test_mail_that_only_looks_like_a_report_is_ignored(mail, before, after):
    content = report("postfix-failed", mail.message_id)
    assert before in content

    assert note(content.replace(before, after)) is None


@pytest.mark.parametrize("said", [b"\x00\xff\xfe <script>", b"=?x-unknown?q?=FF?=", b"x" * 100_000])
def test_whatever_a_server_says_can_be_stored(mail, said):
    content = report("postfix-failed", mail.message_id).replace(b"550 5.1.1 <bob@acme.example>", b"550 " + said)

    note(content)

    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED
    assert len(mail.error) <= 500


def test_mail_of_a_thousand_layers_is_ignored():
    layers = b"".join(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(3000)
    )

    assert bounces.read_report(layers) is None


@given(st.binary(max_size=400), st.integers(0, 60))
def test_damaged_report_never_raises(noise, line):
    lines = report("postfix-failed", "<a@b.example>").split(b"\n")
    lines[line] = noise

    found = bounces.read_report(b"\n".join(lines))

    assert found is None or found.message_ids == ("<a@b.example>",)


def test_command_reads_a_report_from_standard_input(mail, monkeypatch, capsys):
    content = report("postfix-failed", mail.message_id)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    call_command("read_bounces")

    assert capsys.readouterr().out == "bob@acme.example: bounced\n"


def test_command_reads_a_file_and_leaves_other_mails_alone(mail, tmp_path, capsys):
    (tmp_path / "mail.eml").write_bytes(b"Subject: Hello\n\nIs anybody there?\n")

    call_command("read_bounces", str(tmp_path / "mail.eml"))

    assert capsys.readouterr().out == "No report of a mail of ours.\n"


def test_command_names_a_file_that_is_not_there(db, tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.eml"):
        call_command("read_bounces", str(tmp_path / "nothing.eml"))
