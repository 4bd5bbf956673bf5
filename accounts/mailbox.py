"""The mailbox to which mail servers send their reports: the one of EMAIL_FROM, read by IMAP over TLS."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from accounts.bounces import MOST_BYTES

BATCH = 200
TIMEOUT = 20  # seconds


class BadMailbox(Exception):
    """BOUNCES_URL cannot be read, or the server does not give the mailbox."""


def unread(url: str) -> Iterator[bytes]:
    """The mails in the mailbox that nobody has read, at most `BATCH`; each counts as read once the next is asked for.

    `url`: imaps://user:password@host:993/INBOX. Refuses BadMailbox, and OSError where the server is away.
    """
    with _opened(url) as server:
        _kind, [numbers] = server.uid("SEARCH", "UNSEEN")
        for number in (numbers or b"").decode().split()[:BATCH]:
            _kind, answer = server.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            yield from (part[1] for part in answer if isinstance(part, tuple))
            server.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def _opened(url: str) -> Iterator[imaplib.IMAP4_SSL]:
    parts = urlsplit(url)
    if parts.scheme != "imaps" or not parts.hostname:
        raise BadMailbox("BOUNCES_URL must begin with imaps:// and name a host.")
    context = ssl.create_default_context()
    try:
        with imaplib.IMAP4_SSL(parts.hostname, parts.port or 993, ssl_context=context, timeout=TIMEOUT) as server:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            folder = unquote(parts.path.strip("/")) or "INBOX"
            if server.select(f'"{folder}"')[0] != "OK":
                raise BadMailbox(f"There is no folder {folder}.")
            yield server
    except imaplib.IMAP4.error as error:
        raise BadMailbox(str(error)) from error
