"""System checks of the hosts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def check_proxy(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuses HTTPS without a proxy that tells of it: every request would look like HTTP and be sent round for ever."""
    if settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXIES:
        hint = "Set TRUSTED_PROXIES to the number of proxies in front: 1 for the Caddy of docker-compose.yml."
        return [Error("USE_HTTPS is on, and no proxy is trusted.", hint=hint, id="portals.E001")]
    return []
