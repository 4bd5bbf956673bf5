"""What the page of the API shows, taken from the OpenAPI document itself, so that the two cannot differ."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orders.api.schema import Schema

_WORDS = {
    "minimum": "from {}",
    "maximum": "to {}",
    "minLength": "not empty",
    "maxLength": "{} characters at most",
    "minItems": "{} or more",
    "maxItems": "{} at most",
}


@dataclass(frozen=True)
class Row:
    """One member of a body: `name` with the names of what it stands in."""

    name: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Body:
    """A body that is sent or told: its members and an example."""

    rows: list[Row]
    example: str


@dataclass(frozen=True)
class Refusal:
    """A way of saying no."""

    slug: str
    status: int
    title: str


@dataclass(frozen=True)
class Shown:
    """One operation as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    text: str
    sent: Body | None
    told: Body
    refusals: list[Refusal]


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """The context of the page."""
    operations = [
        _shown(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    of_operations = [refusal for operation in operations for refusal in operation.refusals]
    of_none = [refusal for response in document["components"]["responses"].values() for refusal in _refusals(response)]
    return {
        "info": document["info"],
        "server": document["servers"][0]["url"],
        "token_text": document["components"]["securitySchemes"]["token"]["description"],
        "key_text": next(
            parameter["description"]
            for operation in document["paths"].values()
            for parameter in operation.get("post", {}).get("parameters", [])
            if parameter["in"] == "header"
        ),
        "operations": operations,
        "refusals": sorted({*of_operations, *of_none}, key=lambda refusal: (refusal.status, refusal.slug)),
    }


def _shown(method: str, path: str, operation: dict[str, Any]) -> Shown:
    responses = operation["responses"]
    return Shown(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation["description"],
        sent=_body(operation["requestBody"]) if "requestBody" in operation else None,
        told=_body(responses["200"]),
        refusals=[
            refusal for status, response in responses.items() if status != "200" for refusal in _refusals(response)
        ],
    )


def _refusals(response: dict[str, Any]) -> list[Refusal]:
    examples = response["content"]["application/problem+json"]["examples"]
    return [Refusal(slug, shown["value"]["status"], shown["value"]["title"]) for slug, shown in examples.items()]


def _body(described: dict[str, Any]) -> Body:
    content = described["content"]["application/json"]
    return Body(list(_rows(content["schema"])), json.dumps(content["example"], indent=2))


def _rows(schema: Schema, inside: str = "") -> Iterator[Row]:
    for name, member in schema["properties"].items():
        full = f"{inside}{name}"
        yield Row(full, member["type"], name in schema["required"], _text(member))
        item = member.get("items", member)
        if item["type"] == "object":
            yield from _rows(item, f"{full}[]." if member["type"] == "array" else f"{full}.")


def _text(member: Schema) -> str:
    """What is said of a member, and the bounds that it has."""
    said = [part["description"] for part in (member, member.get("items", {})) if "description" in part]
    bounds = [words.format(member[keyword]) for keyword, words in _WORDS.items() if keyword in member]
    bounds += ["one of " + ", ".join(member["enum"])] if "enum" in member else []
    bounds += [f"as {member['examples'][0]}"] if "examples" in member else []
    return " ".join([*said, *([f"({', '.join(bounds)})"] if bounds else [])])
