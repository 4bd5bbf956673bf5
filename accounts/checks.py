"""System checks of the accounts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LOG = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@register(Tags.security)
def check_demo_mail(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuses a demo, which shows every mail and code to everybody, on an installation that mails real people."""
    if settings.DEMO and not settings.DEBUG and settings.MAILERS["default"]["BACKEND"] == SMTP:
        hint = "Set DEMO=0, or take EMAIL_URL away."
        return [Error("A demo may not have a real mail server.", hint=hint, id="accounts.E001")]
    return []


@register(Tags.security, deploy=True)
def check_mail_server(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuses to go live without a mail server: mails would go to the log, with the codes that are in them."""
    if settings.MAILERS["default"]["BACKEND"] == LOG:
        hint = "Set EMAIL_URL; see .env.example."
        return [Error("Mails, and the login codes in them, are written to the log.", hint=hint, id="accounts.E002")]
    return []
