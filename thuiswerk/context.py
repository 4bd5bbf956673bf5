"""What every template may use of the installation."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from portals.http import PortalRequest, grace_until, shop_is_open
from thuiswerk.shell import shell


def installation(request: HttpRequest) -> dict[str, Any]:
    """The portal and membership of the request, whether its shop is open and until when for who got credit back, the
    operator, if this is a demo, and what surrounds the content."""
    portal = getattr(request, "portal", None)
    tenant = cast("PortalRequest", request)
    is_open = portal is not None and shop_is_open(tenant)
    return {
        "portal": portal,
        "membership": getattr(request, "membership", None),
        "shop_is_open": is_open,
        "grace_until": grace_until(tenant) if is_open else None,
        "operator": settings.OPERATOR,
        "demo": settings.DEMO,
        "shell": shell(request, with_shop=is_open),
    }
