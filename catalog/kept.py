"""HTML that is written once and kept until anything in it changes."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portals.models import Portal

KEPT_SECONDS = 3600


def kept_html(portal: Portal, name: str, shown: Any, write: Callable[[], str]) -> SafeString:
    """What `write` makes, or made before for the same `shown`, by the name of what it is.

    `shown` holds all that the HTML shows and does not follow from the revision of the portal or the language: its
    `repr` is the key, so that what is kept can never be out of date.
    """
    digest = blake2b(repr(shown).encode(), digest_size=16).hexdigest()
    version = getattr(staticfiles_storage, "manifest_hash", "")
    key = f"{name}:{portal.pk}.{portal.revision}:{portal.own_money_buys}:{get_language()}:{version}:{digest}"
    html: str | None = caches["fragments"].get(key)
    if html is None:
        html = str(write())
        caches["fragments"].set(key, html, KEPT_SECONDS)
    return mark_safe(html)  # noqa: S308
