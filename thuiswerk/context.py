"""What every template may use of the installation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from thuiswerk.shell import shell


def installation(request: HttpRequest) -> dict[str, Any]:
    """The portal and membership of the request, the operator, if this is a demo, and what surrounds the content."""
    return {
        "portal": getattr(request, "portal", None),
        "membership": getattr(request, "membership", None),
        "operator": settings.OPERATOR,
        "demo": settings.DEMO,
        "shell": shell(request),
    }
