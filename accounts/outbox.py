"""The outbox: a mail is a row in the transaction that causes it, and is sent by a task after the commit.

The same key is queued once; a mail that cannot be sent is tried again, later each time.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Mail, MailAttachment
from thuiswerk.lib.mail import Message


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    mime_type: str
    content: bytes


@transaction.atomic
def queue(message: Message, *, to: str, key: str, now: dt.datetime, attachments: Sequence[Attachment] = ()) -> Mail:
    """Put `message` to the address `to` in the outbox, once per `key`. Returns the row, or the earlier one."""
    from accounts.tasks import send_waiting_mail

    mail, is_new = Mail.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "created_at": now,
            "due_at": now,
        },
    )
    if is_new:
        MailAttachment.objects.bulk_create(
            MailAttachment(mail=mail, name=file.name, mime_type=file.mime_type, content=file.content)
            for file in attachments
        )
        transaction.on_commit(send_waiting_mail.delay)
    return mail
