"""A caller of the API that holds every answer against the OpenAPI document."""

import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from orders.api.models import ApiToken
from orders.api.openapi import document
from orders.api.tokens import make_token
from tests.world import NOW, World, build_world

UPDATES = "/api/v1/product-updates/"
AT_ONCE = 20
_keys = itertools.count(1)


def make_api_token(world: World, name: str = "Warehouse", **scopes: bool) -> tuple[ApiToken, str]:
    """A token, for everything unless told otherwise, and what its user sends."""
    token = ApiToken(name=name, **(scopes or {"catalogue": True, "orders": True}))
    return token, make_token(token, actor=world.coordinator, now=NOW)


def new_key() -> str:
    return f"key-{next(_keys)}"


def described(method: str, path: str) -> dict[str, Any]:
    """What the document says of a request."""
    for template, methods in document()["paths"].items():
        fits = [
            part == given or part.startswith("{")
            for part, given in itertools.zip_longest(template.split("/"), path.split("/"), fillvalue="")
        ]
        if all(fits) and method.lower() in methods:
            return methods[method.lower()]
    raise AssertionError(f"{method} {path} is not in the document")


def hold_against(document_says: dict[str, Any], response: HttpResponse) -> None:
    """The status, the type and the body of an answer stand in the document."""
    content = document_says["responses"][str(response.status_code)]["content"]
    schema = content[response["Content-Type"]]["schema"]
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        titles = [example["value"]["type"] for example in content[response["Content-Type"]]["examples"].values()]
        assert response.json()["type"] in titles
    jsonschema.Draft202012Validator(schema).validate(response.json())


@dataclass
class Api:
    """One of the operator's systems, with its token."""

    secret: str
    client: Client = field(default_factory=lambda: Client(HTTP_HOST="localhost"))

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"}

    def get(self, path: str) -> HttpResponse:
        response = self.client.get(path, headers=self.headers)
        hold_against(described("GET", path), response)
        return response

    def post(self, path: str, body: Any, *, key: str | None = None, **headers: str) -> HttpResponse:
        """POST `body`, as JSON unless it is bytes already, with a key of its own unless one is given."""
        data = body if isinstance(body, bytes) else json.dumps(body)
        headers = self.headers | {"idempotency-key": new_key() if key is None else key} | headers
        content_type = headers.pop("content-type", "application/json")
        response = self.client.post(path, data, content_type=content_type, headers=headers)
        hold_against(described("POST", path), response)
        return response

    def update(self, *lines: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
        """What became of each line."""
        return self.post(UPDATES, {"lines": lines}, **options).json()["lines"]


@pytest.fixture
def api(world: World, today) -> Api:
    return Api(make_api_token(world)[1])


def slug_of(response: HttpResponse) -> tuple[int, str]:
    """The status of a refusal and the last part of its type."""
    return response.status_code, response.json()["type"].rpartition("#")[2]


@pytest.fixture
def live_world(transactional_db: None) -> World:
    return build_world()


def at_once(act: Callable[[int], object]) -> list[object]:
    """What `act` returned or refused in each of twenty threads that start together."""
    barrier = threading.Barrier(AT_ONCE, timeout=30)

    def one(number: int) -> object:
        barrier.wait()
        try:
            return act(number)
        except Exception as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))
