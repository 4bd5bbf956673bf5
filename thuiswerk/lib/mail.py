"""Mails: which server takes them, and how one is written from a template in the reader's language."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation


@dataclass(frozen=True)
class Message:
    """A mail as it will be read: subject, plain text and HTML."""

    subject: str
    text: str
    html: str


def mailer_from_url(url: str) -> dict[str, Any]:
    """Django's mailer of an address such as `smtp://user:password@host:587?tls`.

    Without one mail goes to the log; `none:` counts it as sent, for a demo that shows its mails on a page.
    """
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if url == "none:":
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
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
    """Write the mail of `templates/<template>.subject.txt`, `.txt` and `.html` in `language`.

    `context` may hold `portal`, whose name and colour the mail then wears; `operator` is always there.
    """
    context = {"operator": settings.OPERATOR, "portal": None, "language": language, **context}
    with translation.override(language):
        subject = " ".join(_render(f"{template}.subject.txt", context, escape=False).split())
        text = _render(f"{template}.txt", context, escape=False).strip() + "\n"
        html = _render(f"{template}.html", context, escape=True)
    return Message(subject, text, html)


def _render(name: str, context: dict[str, Any], *, escape: bool) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]
    return str(template.render(Context(context, autoescape=escape)))
