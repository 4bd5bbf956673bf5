"""The outbox: a mail is a row in the transaction that causes it, and is sent by a task after the commit.

Invariants: the same key is queued once. A mail is sent and marked as sent under one row lock, so two workers never send
it both; its Message-ID follows from its key, so that the one that a crash may repeat is recognised by the receiver. A
mail that cannot be sent is tried again, later each time, and given up after `RETRY_AFTER` has run out, or at once where
the server refuses it for good.
"""

import datetime as dt
import hashlib
import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.http import parse_header_parameters

from accounts.models import Mail, MailAttachment, MailState
from thuiswerk.lib.mail import Message
from thuiswerk.lib.nudge import nudge

BATCH = 100
NOBODY = ""  # a mail to nobody is a decoy: as much work as another mail, and thrown away instead of sent
NO_DOMAIN = ".invalid"  # never anybody's, says RFC 2606: whoever has an address there is a visitor of an example
ABOUT_US = re.compile(r"5\.7\.\d")
RETRY_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))

log = structlog.get_logger(__name__)


class StillWaiting(Exception):
    """The mail was not sent yet, so there is nothing to send again."""


class TextIsGone(Exception):
    """The mail held a one-time code, and its text is not kept."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    mime_type: str
    content: bytes


@transaction.atomic(savepoint=False)
def queue(
    message: Message,
    *,
    to: str,
    key: str,
    now: dt.datetime,
    attachments: Sequence[Attachment] = (),
    is_secret: bool = False,
) -> None:
    """Put `message` to the address `to` in the outbox, once per `key`: what is queued already stays as it is.

    `to` NOBODY, or an address of no domain: the mail is never sent. `is_secret`: it holds a one-time code; its text is
    wiped when it is sent, and the back office never shows it.
    """
    mail = Mail(
        key=key,
        to=NOBODY if to.lower().endswith(NO_DOMAIN) else to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        is_secret=is_secret,
        created_at=now,
        due_at=now,
    )
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if attachments:
        _attach(Mail.objects.get(key=key), attachments)
    _nudge_workers()


def _attach(mail: Mail, attachments: Sequence[Attachment]) -> None:
    """Put the files with a mail that has none. Whoever queues the same key waits at its row until this is done."""
    if not mail.files.exists():
        MailAttachment.objects.bulk_create(
            MailAttachment(mail=mail, name=file.name, mime_type=file.mime_type, content=file.content)
            for file in attachments
        )


def send_again(mail: Mail, *, now: dt.datetime) -> None:
    """Queue a copy of a mail that was sent or given up. Refuses: StillWaiting, TextIsGone (it held a one-time code)."""
    if mail.state == MailState.WAITING:
        raise StillWaiting
    if mail.is_secret:
        raise TextIsGone
    queue(
        Message(mail.subject, mail.text, mail.html),
        to=mail.to,
        key=f"again:{mail.pk}:{now.isoformat()}",
        now=now,
        attachments=[Attachment(file.name, file.mime_type, bytes(file.content)) for file in mail.files.all()],
    )


def send_due(*, now: dt.datetime) -> int:
    """Send what is due at `now`, at most `BATCH` mails. Returns how many were tried."""
    mailer = mailers.default
    try:
        tried = 0
        while tried < BATCH and _send_next(mailer, now):
            tried += 1
        return tried
    finally:
        mailer.close()


@transaction.atomic
def _send_next(mailer: BaseEmailBackend, now: dt.datetime) -> bool:
    """Send the next mail that no other worker holds. False when there is none."""
    mail = Mail.objects.due(now).select_for_update(skip_locked=True).first()
    if mail is None:
        return False
    if mail.to == NOBODY:
        mail.delete()
        return True
    mail.attempts += 1
    mail.message_id = message_id(mail)
    try:
        mailer.open()
        mailer.send_messages([_as_email(mail)])
    except (OSError, ValueError, MessageError) as error:
        mailer.close()
        _mark_failed(mail, error, now)
    else:
        _mark_sent(mail, now)
    if mail.is_secret and mail.state != MailState.WAITING and not settings.DEMO:
        mail.text = mail.html = ""
    mail.save()
    return True


def _mark_sent(mail: Mail, now: dt.datetime) -> None:
    mail.sent_at, mail.error = now, ""


def _mark_failed(mail: Mail, error: Exception, now: dt.datetime) -> None:
    mail.error = f"{type(error).__name__}: {error}"
    if is_permanent(error) or mail.attempts > len(RETRY_AFTER):
        mail.failed_at = now
    else:
        mail.due_at = now + RETRY_AFTER[mail.attempts - 1]
    log.warning("mail_not_sent", mail=mail.pk, attempts=mail.attempts, given_up=mail.failed_at is not None)


def is_permanent(error: Exception) -> bool:
    """Whether the server refused this mail or its reader for good, so that another attempt is no use.

    RFC 5321, 4.2.1: 4yz may go well later, 5yz will not. Only the answers to the reader and the text count: those to
    the login, the greeting and the sender are about us. So is the class of security and policy, X.7.X of RFC 3463: a
    relay that does not know us yet is set right, and the mails that wait then go.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers: list[tuple[int, bytes | str]] = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPDataError):
        answers = [(error.smtp_code, error.smtp_error)]
    else:
        return False
    return bool(answers) and all(500 <= code < 600 and not ABOUT_US.match(_text(said)) for code, said in answers)


def mark_opened(message_id: str, *, now: dt.datetime) -> bool:
    """Note that a mail was opened, for a mail service that tells. False: it is not one of ours.

    Our mails carry nothing that would tell it: no pixel, no link that counts.
    """
    mails = Mail.objects.filter(message_id=message_id).exclude(message_id="")
    return bool(mails.update(opened_at=Coalesce("opened_at", now)))


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _as_email(mail: Mail) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers={"Message-ID": mail.message_id})
    if mail.html:
        email.attach_alternative(mail.html, "text/html")
    for file in mail.files.all():
        _attach_file(email, file)
    return email


def _attach_file(email: EmailMultiAlternatives, file: MailAttachment) -> None:
    """Put the file with the mail. A type with parameters, such as the method of a calendar file, keeps them."""
    kind, parameters = parse_header_parameters(file.mime_type)
    if not parameters:
        email.attach(file.name, bytes(file.content), file.mime_type)
        return
    part = MIMEPart(policy=SMTP)
    text = bytes(file.content).decode()
    subtype = kind.partition("/")[2]
    part.set_content(text, subtype=subtype, disposition="attachment", filename=file.name, params=parameters)
    email.attach(part)


def message_id(mail: Mail) -> str:
    """The same for every attempt to send this mail, and told by nothing in it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(f'{settings.SECRET_KEY}:{mail.key}'.encode()).hexdigest()[:40]}@{domain}>"


def _nudge_workers() -> None:
    from accounts.tasks import send_waiting_mail

    nudge(send_waiting_mail)
