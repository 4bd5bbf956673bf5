"""What allauth asks between the proof of who you are and the session."""

from allauth.account.authentication import get_authentication_records
from allauth.account.stages import LoginStage
from django.http import HttpResponseBase
from django.shortcuts import redirect

PROOFS = frozenset({"code"})


class ChoosePasswordStage(LoginStage):
    """Stays until a new password is chosen; there is no session before that.

    Only who proved to read the mail gets here: a login that began with a password which was taken away meanwhile ends.
    """

    key = "choose_password"
    urlname = "account_choose_password"

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        if not (self.login.user.must_choose_password or self.login.state.get("chooses_password")):
            return None, True
        methods = {record["method"] for record in get_authentication_records(self.request, self.login.user)}
        if not methods & PROOFS:
            return redirect("account_login"), False
        return redirect(self.urlname), True
