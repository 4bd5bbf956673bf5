"""Whole addresses, for mails: always on the host that the reader knows, never on the host of the request."""

from typing import Any, Protocol

from django.conf import settings
from django.urls import reverse


class HasHost(Protocol):
    """A portal, as far as an address needs it."""

    @property
    def host(self) -> str: ...


def absolute_url(portal: HasHost | None, name: str, **kwargs: Any) -> str:
    """The whole address of the page `name` on the portal's host, or on the main host when `portal` is None."""
    urlconf = settings.PORTAL_URLCONF if portal else settings.ROOT_URLCONF
    host = portal.host if portal else settings.BASE_DOMAIN
    return f"{settings.URL_SCHEME}://{host}{reverse(name, urlconf=urlconf, kwargs=kwargs)}"
