"""How django-allauth behaves here."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import devices
from accounts.identity import may_enter
from accounts.models import User
from accounts.passwords import choose_password

YEAR = 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    """Accounts exist only through the roster; who may enter depends on the host; limits never lock a colleague out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This e-mail and password do not belong together. You can also have a code mailed."
        ),
        "too_many_login_attempts": _("Too many tries. Have a code mailed to you, or try again in a few minutes."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right."),
        "rate_limited": _("Too many tries. Try again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage", "accounts.stages.ChoosePasswordStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("portals:home" if request.portal else "admin:index")  # type: ignore[attr-defined]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def login(self, request: HttpRequest, user: User) -> None:
        """The last door: a membership may have been disabled since the first stage."""
        if not may_enter(user, request.portal):  # type: ignore[attr-defined]
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Remember the device, and the user's language where this browser has not chosen one.

        A portal speaks Dutch to who chose nothing, so that Dutch is a choice only there: see `thuiswerk.languages`.
        """
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(response, user)
        speaks_already = request.portal and user.language == settings.LANGUAGE_CODE  # type: ignore[attr-defined]
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not speaks_already:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, user.language, max_age=YEAR, secure=secure, samesite="Lax"
            )
        return response

    def set_password(self, user: User, password: str) -> None:
        choose_password(user, password, portal=self.request.portal, now=timezone.now())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who logged in a moment ago is not asked for the password once more."""
        records = get_authentication_records(self.request, self.request.user)
        is_fresh = any(time.time() - record["at"] < REAUTHENTICATION_TIMEOUT for record in records)
        return not is_fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        """What the limits count by: the device that its user logged in with before, else the address of the client."""
        return devices.known(request) or super().get_client_ip(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed logins count per client *and* e-mail, so that a stranger's tries never close a colleague's account."""
        return devices.limit_key(request, credentials.get("email", ""))
