"""The ways in which the API says no: problem details after RFC 9457. Each has its place on the page of the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import JsonResponse


@dataclass(frozen=True)
class Problem:
    """A kind of refusal: `slug` names it in its `type`, `title` says it to people."""

    slug: str
    status: HTTPStatus
    title: str

    @property
    def type(self) -> str:
        return f"{settings.URL_SCHEME}://{settings.BASE_DOMAIN}/api/#{self.slug}"


NO_KEY = Problem("no-key", HTTPStatus.BAD_REQUEST, "A write needs one Idempotency-Key of 1 to 255 visible characters")
NO_TOKEN = Problem("no-token", HTTPStatus.UNAUTHORIZED, "A valid bearer token is needed")
OUT_OF_SCOPE = Problem("out-of-scope", HTTPStatus.FORBIDDEN, "The token is not for this")
UNKNOWN_ADDRESS = Problem("unknown-address", HTTPStatus.NOT_FOUND, "There is nothing at this address")
UNKNOWN_ORDER = Problem("unknown-order", HTTPStatus.NOT_FOUND, "No confirmed order has this number")
WRONG_METHOD = Problem("wrong-method", HTTPStatus.METHOD_NOT_ALLOWED, "The address does not take this method")
IN_FLIGHT = Problem("in-flight", HTTPStatus.CONFLICT, "The request with this Idempotency-Key is still being handled")
NOT_CONFIRMED = Problem("not-confirmed", HTTPStatus.CONFLICT, "The order is cancelled, so nothing of it is sent")
TOO_LARGE = Problem("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than the API takes")
NO_JSON = Problem("no-json", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body has to be application/json, not compressed")
INVALID = Problem("invalid", HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not what the address takes")
KEY_REUSED = Problem("key-reused", HTTPStatus.UNPROCESSABLE_ENTITY, "The Idempotency-Key was used for another request")
TOO_MANY = Problem("too-many", HTTPStatus.TOO_MANY_REQUESTS, "Too many requests in this minute")
FAILED = Problem("failed", HTTPStatus.INTERNAL_SERVER_ERROR, "It went wrong here, and nothing was written: try again")
# What no operation is answered with.
OF_NO_OPERATION = (UNKNOWN_ADDRESS, WRONG_METHOD)


class Refused(Exception):
    """The request is refused and nothing was written. `errors` names the parts of the body that are wrong."""

    def __init__(
        self,
        problem: Problem,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(problem.title)
        self.problem, self.errors, self.headers = problem, errors, headers or {}

    @property
    def response(self) -> JsonResponse:
        content: dict[str, Any] = {
            "type": self.problem.type,
            "title": self.problem.title,
            "status": int(self.problem.status),
        }
        if self.errors:
            content["errors"] = self.errors
        return JsonResponse(
            content, status=self.problem.status, headers=self.headers, content_type="application/problem+json"
        )
