"""One-time codes by mail: the way in for who has no password yet, forgot it, or would rather have a code.

allauth has such codes too, but counts the tries in the session, where guesses sent at the same moment all pass, and
does less work for an unknown address than for a known one. Here a code is a row: tried under its lock, `MAX_ATTEMPTS`
times, used once, dead after `LIFETIME`. An unknown address gets a row, a code and a mail like any other; only the mail
goes to nobody.
"""

import datetime as dt
import uuid

from allauth.core.internal.cryptokit import generate_user_code, normalize_user_code
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import outbox
from accounts.identity import Tenant, find_user
from accounts.models import LoginCode, User
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose

LIFETIME = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 5


class WrongCode(Exception):
    """Not the code that was mailed; another try is left."""


class CodeIsDead(Exception):
    """The code was used, has expired, or was tried too often."""


@transaction.atomic
def send_code(
    email: str, *, portal: Tenant | None, language: str, now: dt.datetime, chooses_password: bool = False
) -> LoginCode:
    """Mail a code to `email`, in the reader's language, else in `language`. Returns the row, whoever it is for.

    `chooses_password`: the person forgot the password, and chooses a new one after the code.
    """
    user = find_user(email, portal)
    code = generate_user_code()
    row = LoginCode(user=user, chooses_password=chooses_password, created_at=now, expires_at=now + LIFETIME)
    row.digest = _digest(row.id, code)
    row.save(force_insert=True)
    context = {
        "portal": portal,
        "code": code,
        "minutes": LIFETIME.seconds // 60,
        "url": absolute_url(portal, "account_login"),
        "chooses_password": chooses_password or (user is not None and user.must_choose_password),
    }
    message = compose("account/mail/code", context, language=user.language if user else language)
    outbox.queue(message, to=user.email if user else outbox.NOBODY, key=f"code:{row.id}", now=now, is_secret=True)
    return row


def redeem_code(code_id: uuid.UUID, typed: str, *, now: dt.datetime) -> LoginCode:
    """Use the code `code_id` with what was typed. Returns its row, with the user. Refuses: WrongCode, CodeIsDead."""
    with transaction.atomic():
        rows = LoginCode.objects.select_for_update(of=("self",)).select_related("user")
        row = rows.filter(pk=code_id).first()
        if row is None or row.used_at or row.expires_at <= now or row.attempts >= MAX_ATTEMPTS:
            raise CodeIsDead
        is_right = constant_time_compare(row.digest, _digest(row.id, typed)) and row.user is not None
        row.attempts += 1
        row.used_at = now if is_right else None
        row.save(update_fields=["attempts", "used_at"])
    if not is_right:
        raise WrongCode if row.attempts < MAX_ATTEMPTS else CodeIsDead
    return row


def forget_codes(user: User) -> None:
    """Make every code that was mailed to `user` worthless."""
    user.login_codes.update(attempts=F("attempts") + MAX_ATTEMPTS)


def delete_old_codes(*, now: dt.datetime) -> None:
    """Delete the codes that died a day ago or earlier."""
    LoginCode.objects.filter(expires_at__lt=now - dt.timedelta(days=1)).delete()


def _digest(code_id: uuid.UUID, code: str) -> str:
    value = f"{code_id}:{normalize_user_code(code)}"
    return salted_hmac("accounts.codes", value, algorithm="sha256").hexdigest()
