"""Every write happens once for its key, as draft-ietf-httpapi-idempotency-key-header asks.

- The answer is written in the transaction of the work, so it is there exactly when the work is; a request that broke
  off left nothing behind and can be sent again.
- While a key is being worked on, a lock in the database that ends with the transaction makes others wait outside: they
  are refused, not queued. Where it failed, the unique constraint would still undo the second.
- What was refused wrote nothing and is not kept: the same key may try again.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from orders.api.models import ApiAnswer, ApiChange, ApiToken
from orders.api.problems import IN_FLIGHT, KEY_REUSED, NO_KEY, Refused

ANSWERS_KEPT = dt.timedelta(hours=48)
CHANGES_KEPT = dt.timedelta(days=366)
# A string of structured fields (RFC 9651) or the same characters without quotes.
_KEY = re.compile(r'"(?P<quoted>[!#-\[\]-~]{1,255})"|(?P<bare>[!#-\[\]-~]{1,255})')


def read_key(header: str) -> str:
    """The key of an Idempotency-Key header. Refuses NO_KEY."""
    given = _KEY.fullmatch(header.strip())
    if given is None:
        raise Refused(NO_KEY)
    return given["quoted"] or given["bare"]


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes a request the same as another."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


@transaction.atomic
def once(
    token: ApiToken, key: str, request: str, work: Callable[[], dict[str, Any]], *, now: dt.datetime
) -> tuple[str, bool]:
    """The body of the answer, and whether it was given before; `request` is a fingerprint.

    Refuses IN_FLIGHT, KEY_REUSED, and what `work` refuses.
    """
    _hold(token, key)
    kept = _kept(token, key)
    if kept is not None and kept.fingerprint != request:
        raise Refused(KEY_REUSED)
    if kept is not None:
        return kept.body, True
    body = json.dumps(work())
    ApiAnswer.objects.create(token=token, key=key, fingerprint=request, body=body, made_at=now)
    return body, False


def forget_old(*, now: dt.datetime) -> None:
    """Delete the answers and changes whose time is over."""
    ApiAnswer.objects.filter(made_at__lt=now - ANSWERS_KEPT).delete()
    ApiChange.objects.filter(at__lt=now - CHANGES_KEPT).delete()


def _hold(token: ApiToken, key: str) -> None:
    name = hashlib.blake2b(f"api:{token.pk}:{key}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
        if not cursor.fetchone()[0]:
            raise Refused(IN_FLIGHT, headers={"Retry-After": "1"})


def _kept(token: ApiToken, key: str) -> ApiAnswer | None:
    return ApiAnswer.objects.filter(token=token, key=key).first()
