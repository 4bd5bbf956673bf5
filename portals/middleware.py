"""Turns the host into the tenant, before anything else runs."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from portals.models import Portal

HEALTH_PATHS = frozenset({"/healthz", "/readyz"})


class HostMiddleware:
    """Sets `request.portal`: None on the main host, the portal on its own. Any other host is answered with 404.

    The host is compared as it came, port included or not, so that no forged header reaches a view.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.main = settings.BASE_DOMAIN.partition(":")[0]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "").lower().partition(":")[0].rstrip(".")
        if host == self.main or request.path in HEALTH_PATHS:
            request.portal = None  # type: ignore[attr-defined]
            return self.get_response(request)
        portal = self._portal(host)
        if portal is None:
            return HttpResponseNotFound("Not found.", content_type="text/plain")
        request.portal = portal  # type: ignore[attr-defined]
        request.urlconf = settings.PORTAL_URLCONF  # type: ignore[attr-defined]
        return self.get_response(request)

    def _portal(self, host: str) -> Portal | None:
        slug, _, rest = host.partition(".")
        known = {"slug": slug} if rest == self.main else {"custom_domain": host}
        return Portal.objects.select_related("company").filter(**known).first()
