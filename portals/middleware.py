"""Turns the host into the tenant, before anything else runs."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from portals.models import Portal

HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
# A name with at most one trailing dot and at most one port; an address in brackets is nobody's host here.
HOST = re.compile(r"(?P<name>[a-z0-9-]+(?:\.[a-z0-9-]+)*)\.?(?::\d{1,5})?", re.ASCII)


class HostMiddleware:
    """Sets `request.portal`: None on the main host, the portal on its own. Any other host is answered with 404.

    Names are compared whole, so neither a longer name nor a forged one reaches a view. The port plays no part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.main = settings.BASE_DOMAIN.partition(":")[0].lower()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = _host_name(request)
        if host == self.main or request.path in HEALTH_PATHS:
            request.portal = None  # type: ignore[attr-defined]
            return self.get_response(request)
        portal = self._portal(host) if host else None
        if portal is None:
            return HttpResponseNotFound("Not found.", content_type="text/plain")
        request.portal = portal  # type: ignore[attr-defined]
        request.urlconf = settings.PORTAL_URLCONF
        return self.get_response(request)

    def _portal(self, host: str) -> Portal | None:
        slug, _, rest = host.partition(".")
        known = {"slug": slug} if rest == self.main else {"custom_domain": host}
        return Portal.objects.select_related("company").filter(**known).first()


def _host_name(request: HttpRequest) -> str:
    """The host of the request in lower case, without port or trailing dot; empty where it is no host name."""
    matched = HOST.fullmatch(request.META.get("HTTP_HOST", "").lower())
    return matched["name"] if matched else ""
