"""What mail servers report of our mails afterwards: delivery status notifications (RFC 3464), as mails of their own.

A report counts where it names the Message-ID of a mail that we sent. That follows from a secret, so only servers on the
way and the reader know it: nobody can report somebody else's mail. Everything else is ignored, however it looks.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

import structlog
from django.db import transaction

from accounts.models import Mail

MOST_BYTES = 512 * 1024
MOST_PARTS = 50
MOST_IDS = 5
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,300}>")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Report:
    """What a mail server says of one mail: it could not be delivered, or not yet."""

    message_ids: tuple[str, ...]
    is_final: bool
    reason: str


def read_report(content: bytes) -> Report | None:
    """The report that the mail `content` is; None where it is another mail, or a report of something else."""
    try:
        return _report_of(message_from_bytes(content[:MOST_BYTES]))
    except (ValueError, LookupError, RecursionError):  # A mail that nobody can read may not stop the next one.
        return None


@transaction.atomic
def note_report(report: Report, *, now: dt.datetime) -> Mail | None:
    """Mark the mail that `report` is about as bounced or delayed, once. None: it is not one of ours."""
    sent = Mail.objects.filter(message_id__in=report.message_ids, sent_at__isnull=False)
    mail = sent.select_for_update().first()
    if mail is None or mail.bounced_at:
        return mail
    if report.is_final:
        mail.bounced_at = now
    else:
        mail.delayed_at = mail.delayed_at or now
    mail.error = report.reason
    mail.save(update_fields=["bounced_at", "delayed_at", "error"])
    log.warning("mail_bounced" if report.is_final else "mail_delayed", mail=mail.pk)
    return mail


def _report_of(mail: Message) -> Report | None:
    if mail.get_content_type() != "multipart/report" or _word(mail.get_param("report-type")) != "delivery-status":
        return None
    parts = list(_parts(mail))
    recipients = [block for part in parts for block in _status_blocks(part) if _word(block.get("Action"))]
    told = [block for block in recipients if _word(block.get("Action")) in {"failed", "delayed"}]
    message_ids = tuple(dict.fromkeys(found for part in parts for found in _original_ids(part)))
    if not (told and message_ids):
        return None
    failed = [block for block in told if _word(block.get("Action")) == "failed"]
    return Report(message_ids, is_final=bool(failed), reason=_reason((failed or told)[0]))


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of a report: what is inside a returned mail is no part of it."""
    payload = mail.get_payload()
    yield from (part for part in payload[:MOST_PARTS] if isinstance(part, Message)) if isinstance(payload, list) else ()


def _status_blocks(part: Message) -> Iterator[Message]:
    """The blocks of fields of a status: one about the mail, then one for each reader."""
    if part.get_content_type() == "message/delivery-status":
        yield from _parts(part)


def _original_ids(part: Message) -> Iterator[str]:
    """The Message-ID of the mail that came back, whole or its headers only."""
    headers: Message | None = None
    if part.get_content_type() == "message/rfc822":
        headers = next(_parts(part), None)
    elif part.get_content_type() == "text/rfc822-headers":
        headers = message_from_bytes(bytes(part.get_payload(decode=True) or b""))
    if headers is not None:
        yield from MESSAGE_ID.findall(str(headers.get("Message-ID", "")))[:MOST_IDS]


def _reason(block: Message) -> str:
    """Status and what the server said, as one line that can be stored."""
    status = STATUS.search(str(block.get("Status", "")))
    said = str(block.get("Diagnostic-Code", "")).partition(";")[2]
    text = " ".join(f"{status[0] if status else ''} {said}".split())
    return text.replace("\0", "").encode(errors="replace").decode()[:500]


def _word(value: object) -> str:
    return str(value or "").strip().lower()
