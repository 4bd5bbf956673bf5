"""The OpenAPI 3.1 document of the API, written from its description."""

import datetime as dt
import re
from itertools import groupby
from typing import Any

from django.conf import settings

from orders.api.description import BASE, INTRODUCTION, MOST_BYTES, OPERATIONS, TITLE, VERSION, Operation
from orders.api.idempotency import ANSWERS_KEPT
from orders.api.problems import OF_NO_OPERATION, Problem
from orders.api.tokens import REQUESTS_A_MINUTE

_PROBLEM = {
    "type": "object",
    "description": "Problem details after RFC 9457. errors: what of the body is wrong, by JSON pointer (RFC 6901).",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status"],
    "additionalProperties": False,
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
    "description": (
        "A name of your own for this request, as a UUID. Sent again with the same body, it is answered as before, with "
        f"the header Idempotency-Replayed, for {ANSWERS_KEPT // dt.timedelta(hours=1)} hours."
    ),
}


def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(address(operation), {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": f"{settings.URL_SCHEME}://{settings.BASE_DOMAIN}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"Made in the back office, and good for {REQUESTS_A_MINUTE} requests a minute.",
                }
            },
            "schemas": {"Problem": _PROBLEM},
            "responses": {refusal.slug: _refusal([refusal]) for refusal in OF_NO_OPERATION},
        },
    }


def address(operation: Operation) -> str:
    """The path of an operation as OpenAPI writes it."""
    return BASE + re.sub(r"<slug:(\w+)>", r"{\1}", operation.path)


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"{operation.text} The token needs the scope {operation.scope}.",
        "parameters": _parameters(operation),
        "responses": {"200": _answer(operation), **_refusals(operation)},
    }
    if operation.body is not None:
        told["requestBody"] = {
            "required": True,
            "description": f"At most {MOST_BYTES // 1024} kB.",
            "content": {"application/json": {"schema": operation.body, "example": operation.sent}},
        }
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"<slug:(\w+)>", operation.path)
    in_path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    return [*in_path, *([_KEY] if operation.body is not None else [])]


def _answer(operation: Operation) -> dict[str, Any]:
    content = {"application/json": {"schema": operation.answer, "example": operation.told}}
    answer: dict[str, Any] = {"description": "Done.", "content": content}
    if operation.body is not None:
        replayed = {"description": "true where this was answered before.", "schema": {"type": "string"}}
        answer["headers"] = {"Idempotency-Replayed": replayed}
    return answer


def _refusals(operation: Operation) -> dict[str, Any]:
    return {
        str(int(status)): _refusal(list(refusals))
        for status, refusals in groupby(operation.refusals, key=lambda refusal: refusal.status)
    }


def _refusal(refusals: list[Problem]) -> dict[str, Any]:
    examples = {
        refusal.slug: {"value": {"type": refusal.type, "title": refusal.title, "status": int(refusal.status)}}
        for refusal in refusals
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}
    return {
        "description": " Or: ".join(f"{refusal.title}." for refusal in refusals),
        "content": {"application/problem+json": content},
    }
