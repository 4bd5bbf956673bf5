"""Mails: which server takes them, and how one is written from a template in the reader's language."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string
from django.utils import translation


@dataclass(frozen=True)
class Message:
    """A mail as it will be read: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def mailer_from_url(url: str) -> dict[str, Any]:
    """Django's mailer of an address such as `smtp://user:password@host:587?tls`; without one, mail goes to the log."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    options: dict[str, Any] = {"host": parts.hostname or "localhost", "port": parts.port or 25, "timeout": 20}
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    if "tls" in parts.query:
        options["use_tls"] = True
    if parts.scheme == "smtps":
        options["use_ssl"] = True
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def compose(template: str, context: dict[str, Any], *, language: str) -> Message:
    """Write the mail of `templates/<template>.subject.txt`, `.txt` and `.html` in `language`."""
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        text = render_to_string(f"{template}.txt", context).strip() + "\n"
        html = render_to_string(f"{template}.html", context)
    return Message(subject, text, html)
