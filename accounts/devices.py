"""Devices that somebody logged in with before have their own limits, so that nobody else can use those up.

OWASP calls this a device cookie. It proves nothing but "the limits of this user apply here": it is no login, and a copy
of it only helps to be slowed down as that user.
"""

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User

COOKIE = "device"
SALT = "accounts.devices"
YEAR = 365 * 24 * 3600


def remember(response: HttpResponse, user: User) -> None:
    """Mark the browser as one that `user` logged in with."""
    response.set_signed_cookie(
        COOKIE,
        str(user.pk),
        salt=SALT,
        max_age=YEAR,
        path="/account/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known(request: HttpRequest) -> str | None:
    """Whose device this is, in the form that limits count by; None for a device that is not known."""
    pk = request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=YEAR)
    return f"device-{pk}" if pk else None


def limit_key(request: HttpRequest, email: str) -> str:
    """What limits on an e-mail address count by: the client as well as the address."""
    return f"{known(request) or get_client_ip(request)}:{email.lower()}"
