"""The API at its addresses, and the page that explains it. On the main host only: a portal's host does not know it."""

import json
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from orders.api import problems
from orders.api.description import MOST_BYTES, Call, Operation
from orders.api.idempotency import fingerprint, once, read_key
from orders.api.openapi import document
from orders.api.page import shown
from orders.api.problems import Refused
from orders.api.reading import read_body
from orders.api.tokens import token_of

log = structlog.get_logger(__name__)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The API for readers."""
    return render(request, "orders/api.html", shown(document()))


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The API for programs."""
    return JsonResponse(document())


@csrf_exempt
@never_cache
def answer(request: HttpRequest, operations: dict[str, Operation], **arguments: str) -> HttpResponse:
    """Do what is asked at an address; `operations` are what can be done there, by method."""
    try:
        return _answer(request, operations, arguments)
    except Refused as refusal:
        return refusal.response
    except Exception:  # A program reads the answer: it gets no page.
        log.exception("api_failed", path=request.path)
        return Refused(problems.FAILED).response


def _answer(request: HttpRequest, operations: dict[str, Operation], arguments: dict[str, str]) -> HttpResponse:
    operation = operations.get("GET" if request.method == "HEAD" else str(request.method))
    if operation is None:
        refusal = problems.WRONG_METHOD if operations else problems.UNKNOWN_ADDRESS
        raise Refused(refusal, headers={"Allow": ", ".join(operations)} if operations else {})
    now = timezone.now()
    token = token_of(request.headers.get("Authorization", ""), now=now)
    if not token.allows(operation.scope):
        raise Refused(problems.OUT_OF_SCOPE)
    if operation.body is None:
        return JsonResponse(operation.act(Call(token, None, now), **arguments))
    content = _body(request)
    key = read_key(request.headers.get("Idempotency-Key", ""))
    call = Call(token, read_body(content, operation.body), now)

    def work() -> dict[str, Any]:
        return operation.act(call, **arguments)

    told, is_replay = once(token, key, fingerprint(operation.method, request.path, content), work, now=now)
    return HttpResponse(told, content_type="application/json", headers={"Idempotency-Replayed": json.dumps(is_replay)})


def _body(request: HttpRequest) -> bytes:
    if request.content_type != "application/json" or request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(problems.NO_JSON)
    try:
        body = request.body
    except RequestDataTooBig:
        raise Refused(problems.TOO_LARGE) from None
    if len(body) > MOST_BYTES:
        raise Refused(problems.TOO_LARGE)
    return body
