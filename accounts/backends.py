"""Passwords are checked for who may enter the host of the request, in the same time for everybody else."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import BigIntegerField
from django.http import HttpRequest

from accounts.identity import find_user
from accounts.models import User
from thuiswerk.lib.prepared import Given, Prepared


class EmailBackend(ModelBackend):
    """E-mail and password; a password that the person did not choose, or that was taken away, opens nothing."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not email or not password:
            return None
        user = find_user(email, getattr(request, "portal", None))
        if user is None or user.must_choose_password:
            User().set_password(password)  # the work of a check, as ModelBackend does for an unknown name
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, unless switched off."""
        user: User | None = _user.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


_user = Prepared(lambda: User.objects.filter(pk=Given("pk", BigIntegerField())))
