"""Account pages that are our own: login, codes by mail, and the choice of a password. The others are allauth's."""

import uuid
from typing import cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.account.views import LoginView as AllauthLoginView
from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import codes
from accounts.forms import ChoosePasswordForm, ConfirmCodeForm, LoginForm, RequestCodeForm
from accounts.identity import may_enter
from accounts.models import LoginCode
from accounts.passwords import choose_password
from accounts.stages import ChoosePasswordStage
from thuiswerk.lib.links import absolute_url

PENDING = "accounts_code"


class LoginView(AllauthLoginView):
    """One page for both ways in: a password, or a code by mail."""

    form_class = LoginForm

    def form_valid(self, form: LoginForm) -> HttpResponse:
        if form.wants_code:
            return _mail_code(self.request, form.cleaned_data["email"], chooses_password=False)
        response: HttpResponse = super().form_valid(form)
        return response


@never_cache
@rate_limit(action="login")  # type: ignore[untyped-decorator]
def code_request(request: HttpRequest, *, chooses_password: bool = False) -> HttpResponse:
    """Mail a code: to log in with, or (`chooses_password`) to choose a new password after."""
    if request.user.is_authenticated:
        return redirect("account_login")
    form = RequestCodeForm(request.POST or None, request=request)
    if form.is_valid():
        return _mail_code(request, form.cleaned_data["email"], chooses_password=chooses_password)
    return render(request, "account/code_request.html", {"form": form, "chooses_password": chooses_password})


@never_cache
@rate_limit(action="login")  # type: ignore[untyped-decorator]
def code_confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was mailed; the right one begins the login."""
    pending = request.session.get(PENDING)
    if pending is None or request.user.is_authenticated:
        return redirect("account_login")
    form = ConfirmCodeForm(request.POST or None)
    if form.is_valid():
        try:
            code = codes.redeem_code(uuid.UUID(pending["id"]), form.cleaned_data["code"], now=timezone.now())
        except codes.WrongCode:
            form.add_error("code", _("This code is not right. Type the one from the newest mail."))
        except codes.CodeIsDead:
            del request.session[PENDING]
            messages.error(request, _("This code is no longer valid. Have a new one mailed to you."))
            again = "account_reset_password" if pending["chooses_password"] else "account_request_login_code"
            return redirect(passthrough_next_redirect_url(request, reverse(again), "next"))
        else:
            return _log_in(request, code)
    context = {"form": form, "pending": pending, "demo_mail_url": absolute_url(None, "demo_mail_list")}
    return render(request, "account/code_confirm.html", context)


@never_cache
@sensitive_post_parameters("password1", "password2")
@login_stage_required(stage=ChoosePasswordStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
def password_choose(request: HttpRequest) -> HttpResponse:
    """The forced choice of a new password, the last stage of a login; there is no session before it is made."""
    stage: ChoosePasswordStage = request._login_stage  # type: ignore[attr-defined]
    user, portal = stage.login.user, request.portal  # type: ignore[attr-defined]
    if not may_enter(user, portal):
        return cast("HttpResponse", stage.abort())
    form = ChoosePasswordForm(data=request.POST or None, user=user)
    if form.is_valid():
        choose_password(user, form.cleaned_data["password1"], portal=portal, now=timezone.now())
        return cast("HttpResponse", stage.exit())
    return render(request, "account/password_choose.html", {"form": form, "person": user})


def _mail_code(request: HttpRequest, email: str, *, chooses_password: bool) -> HttpResponse:
    portal = request.portal  # type: ignore[attr-defined]
    language = get_language() or "nl"
    row = codes.send_code(
        email, portal=portal, language=language, now=timezone.now(), chooses_password=chooses_password
    )
    clear_login(request)
    request.session[PENDING] = {"id": str(row.id), "email": email, "chooses_password": chooses_password}
    return redirect(passthrough_next_redirect_url(request, reverse("account_confirm_login_code"), "next"))


def _log_in(request: HttpRequest, code: LoginCode) -> HttpResponse:
    del request.session[PENDING]
    user = code.user
    record_authentication(request, user, method="code")
    login = Login(user=user, redirect_url=get_next_redirect_url(request))
    login.state["chooses_password"] = code.chooses_password
    return cast("HttpResponse", perform_login(request, login))
