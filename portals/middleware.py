"""Turns the host into the tenant, before anything else runs."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from portals.hosts import host_name, is_main, portal_at

# Asked by machines inside the network, by a name that is nobody's host.
INTERNAL_PATHS = frozenset({"/healthz", "/readyz", "/tls-ask"})


class HostMiddleware:
    """Sets `request.portal`: None on the main host, the portal on its own. Any other host is answered with 404.

    Neither a longer name nor a forged one reaches a view. The port plays no part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = host_name(request.META.get("HTTP_HOST", ""))
        if is_main(host) or request.path in INTERNAL_PATHS:
            request.portal = None  # type: ignore[attr-defined]
            return self.get_response(request)
        portal = portal_at(host)
        if portal is None:
            return HttpResponseNotFound("Not found.", content_type="text/plain")
        request.portal = portal  # type: ignore[attr-defined]
        request.urlconf = settings.PORTAL_URLCONF
        return self.get_response(request)
