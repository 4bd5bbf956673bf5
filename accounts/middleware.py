"""The door of the back office."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class BackOfficeMiddleware:
    """Lets only staff into the admin, and outside the demo only staff with a second factor.

    Who is no longer staff is logged out on the way; who has no second factor yet is sent to set one up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names:
            return None
        if not (request.user.is_authenticated and request.user.is_staff):
            logout(request)
            is_login = match.url_name in {"login", "logout"}
            wanted = reverse("admin:index") if is_login else request.get_full_path()
            return redirect_to_login(wanted, reverse("account_login"))
        if not settings.DEMO and not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect("mfa_activate_totp")
        return None
