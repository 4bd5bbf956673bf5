"""Forms of the account pages. They say no more about an address than that it is one."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import devices
from accounts.models import User


class EmailForm(forms.Form):
    """Asks for the work e-mail, to mail a code to."""

    email = forms.EmailField(
        label=_("Work e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def check_code_limit(self) -> None:
        """Refuse (as an error at the e-mail) more codes than one person needs."""
        key = devices.limit_key(self.request, self.cleaned_data["email"])
        if not ratelimit.consume(self.request, action="request_login_code", key=key):
            self.add_error("email", _("Too many codes were asked for. Try again in a few minutes."))


class RequestCodeForm(EmailForm):
    """Has a code mailed."""

    def clean(self) -> dict[str, Any]:
        if "email" in self.cleaned_data:
            self.check_code_limit()
        return self.cleaned_data


class LoginForm(EmailForm):
    """E-mail and password; without a password, a code is mailed."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("First time here, or rather a code? Leave this empty."),
    )

    def clean(self) -> dict[str, Any]:
        if "email" not in self.cleaned_data:
            return self.cleaned_data
        if self.wants_code:
            self.check_code_limit()
            return self.cleaned_data
        adapter = get_adapter()
        self.user = adapter.authenticate(self.request, **self._credentials())
        if self.user is None:
            raise adapter.validation_error("email_password_mismatch")
        return self.cleaned_data

    @property
    def wants_code(self) -> bool:
        return "code" in self.data or not self.cleaned_data.get("password")

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Go on to the stages of a login by password."""
        login = Login(user=self.user, email=self.cleaned_data["email"], redirect_url=redirect_url)
        response: HttpResponse = perform_password_login(request, self._credentials(), login)
        return response

    def _credentials(self) -> dict[str, str]:
        return {"email": self.cleaned_data["email"], "password": self.cleaned_data["password"]}


def code_field(label: Any) -> forms.CharField:
    """A one-time code, which browsers and phones may fill in."""
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "class": "code"})
    return forms.CharField(label=label, max_length=20, widget=widget)


class ConfirmCodeForm(forms.Form):
    """The code that was mailed."""

    code = code_field(_("Code from the mail"))


class _NewPassword(forms.Form):
    """A new password, twice, with what is asked of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["password1"], self.fields["password2"]
        first.label, second.label = _("New password"), _("New password, again")
        first.help_text = _("At least 10 characters. Three or four words that nobody would guess work well.")
        without_placeholders(self)


def without_placeholders(form: forms.Form) -> None:
    """allauth repeats each label as a placeholder, which looks like a value."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class ChoosePasswordForm(_NewPassword, allauth_forms.SetPasswordForm):
    """The first password, or the one after a reset."""


class ChangePasswordForm(_NewPassword, allauth_forms.ChangePasswordForm):
    """A new password in place of the current one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "password1" in self.cleaned_data and self.cleaned_data["password1"] == self.cleaned_data.get("oldpassword"):
            self.add_error("password1", _("This is your current password. Choose another one."))
        return self.cleaned_data


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password once more, before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        without_placeholders(self)


class AuthenticateForm(mfa_forms.AuthenticateForm):
    """The code of the second factor, at the login."""

    code = code_field(_("Code from your app, or a recovery code"))


class ReauthenticateCodeForm(mfa_forms.ReauthenticateForm):
    """The code of the second factor, before something delicate."""

    code = code_field(_("Code from your app, or a recovery code"))


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of a newly added app."""

    code = code_field(_("Code from your app"))
