"""Passwords: chosen by the person, or taken away so that the person chooses a new one.

A changed password ends every session of the user: the session holds a hash of it (Django's session auth hash).
"""

import datetime as dt

from django.db import transaction

from accounts import codes, outbox
from accounts.identity import Tenant
from accounts.models import User
from thuiswerk.lib.mail import compose


@transaction.atomic
def choose_password(user: User, password: str, *, portal: Tenant | None, now: dt.datetime) -> None:
    """Give `user` the password that the person chose, and tell so by mail. The password was validated by the form."""
    had_one = user.password_chosen_at is not None
    user.set_password(password)
    user.password_chosen_at = now
    user.save(update_fields=["password", "password_chosen_at"])
    if had_one:
        message = compose("account/mail/password_changed", {"portal": portal, "user": user}, language=user.language)
        outbox.queue(message, to=user.email, key=f"password:{user.pk}:{now.isoformat()}", now=now)


@transaction.atomic
def require_new_password(user: User, *, now: dt.datetime) -> None:
    """Take the password of `user` away: every session ends, codes on their way die, and the next login asks for a new
    password after a code by mail."""
    user.set_unusable_password()
    user.password_chosen_at = None
    user.save(update_fields=["password", "password_chosen_at"])
    codes.forget_codes(user)
