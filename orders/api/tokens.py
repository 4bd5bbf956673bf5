"""Tokens: made once, known again by their hash, counted, revoked.

- A token is 256 random bits, so a plain SHA-256 is enough to keep it by, and guessing needs no limit of its own.
- Its beginning finds the row; the hashes are then compared in constant time.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets

from django.db.models import Case, F, QuerySet, When

from accounts.models import User
from orders.api.models import ApiToken
from orders.api.problems import NO_TOKEN, TOO_MANY, Refused

REQUESTS_A_MINUTE = 120
_BEARER = re.compile(r"[Bb]earer +(?P<token>(?P<prefix>tw_[0-9a-f]{8})_[0-9a-f]{64})")


def make_token(token: ApiToken, *, actor: User, now: dt.datetime) -> str:
    """Save a new token with the name and scopes that it has. Returns what its user sends: it is not known later."""
    token.prefix = f"tw_{secrets.token_hex(4)}"
    secret = f"{token.prefix}_{secrets.token_hex(32)}"
    token.digest = _digest(secret)
    token.made_by, token.made_at = actor, now
    token.save(force_insert=True)
    return secret


def revoke_tokens(tokens: QuerySet[ApiToken], *, now: dt.datetime) -> int:
    """End `tokens` at once. Returns how many had not ended before."""
    return tokens.filter(revoked_at=None).update(revoked_at=now)


def token_of(authorization: str, *, now: dt.datetime) -> ApiToken:
    """The token of an Authorization header, with this request counted. Refuses NO_TOKEN, TOO_MANY."""
    given = _BEARER.fullmatch(authorization)
    token = ApiToken.objects.filter(prefix=given["prefix"], revoked_at=None).first() if given else None
    if given is None or token is None or not hmac.compare_digest(token.digest, _digest(given["token"])):
        raise Refused(NO_TOKEN, headers={"WWW-Authenticate": "Bearer"})
    _count(token, now)
    return token


def _count(token: ApiToken, now: dt.datetime) -> None:
    """Note the use, in one statement that leaves no gap between reading and writing the number."""
    minute = now.replace(second=0, microsecond=0)
    token.requests = Case(When(minute=minute, then=F("requests") + 1), default=1)
    token.minute, token.last_used_at = minute, now
    token.save(update_fields=["requests", "minute", "last_used_at"])
    if token.requests > REQUESTS_A_MINUTE:
        raise Refused(TOO_MANY, headers={"Retry-After": str(60 - now.second)})


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
