"""Which hosts the web server in front may get a certificate for: the `ask` endpoint of Caddy's on-demand TLS."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portals.hosts import host_name, is_main, portal_at


@require_safe
def tls_ask(request: HttpRequest) -> HttpResponse:
    """200 where `?domain=` is the main host or a portal's, else 404: nobody makes us collect certificates."""
    host = host_name(request.GET.get("domain", ""))
    known = is_main(host) or portal_at(host) is not None
    return HttpResponse("yes" if known else "no", status=200 if known else 404, content_type="text/plain")
