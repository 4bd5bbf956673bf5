"""The part of JSON Schema 2020-12 that the API uses: a body is checked by the very schema that is published."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

Schema = dict[str, Any]
Error = dict[str, str]

_TYPES: dict[str, tuple[type, str]] = {
    "string": (str, "a text"),
    "integer": (int, "a whole number"),
    "array": (list, "a list"),
    "object": (dict, "an object"),
}
_IS_ADDRESS = URLValidator(["https"])


def errors_of(value: Any, schema: Schema, pointer: str = "") -> Iterator[Error]:
    """What of `value` does not fit, each with a JSON pointer (RFC 6901) to it."""
    kind, name = _TYPES[schema["type"]]
    if type(value) is not kind:  # True is no number here
        yield _error(pointer, f"must be {name}")
        return
    for keyword, rule in _RULES.items():
        if keyword in schema and (told := rule(value, schema)):
            yield _error(pointer, told)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from errors_of(item, schema["items"], f"{pointer}/{number}")
    if isinstance(value, dict):
        yield from _errors_of_members(value, schema, pointer)


def _errors_of_members(value: dict[str, Any], schema: Schema, pointer: str) -> Iterator[Error]:
    for name in schema["required"]:
        if name not in value:
            yield _error(pointer, f"needs {name}")
    for name, member in value.items():
        if name in schema["properties"]:
            yield from errors_of(member, schema["properties"][name], f"{pointer}/{name}")
        else:
            yield _error(pointer, f"has a member that is not known: {name[:40]}")


def _error(pointer: str, detail: str) -> Error:
    return {"pointer": pointer, "detail": detail}


def _not_an_address(value: str, schema: Schema) -> str:
    try:
        _IS_ADDRESS(value)
    except ValidationError:
        return "must be an address that begins with https://"
    return ""


def _not_together(value: dict[str, Any], schema: Schema) -> str:
    names = schema["not"]["required"]
    return f"may not have {' and '.join(names)} together" if all(name in value for name in names) else ""


# Each tells what is wrong, or nothing.
_RULES: dict[str, Callable[[Any, Schema], str]] = {
    "enum": lambda value, schema: "" if value in schema["enum"] else f"must be one of {', '.join(schema['enum'])}",
    "minLength": lambda value, schema: "may not be empty" if len(value) < schema["minLength"] else "",
    "maxLength": lambda value, schema: (
        f"may have {schema['maxLength']} characters at most" if len(value) > schema["maxLength"] else ""
    ),
    "pattern": lambda value, schema: (
        "" if re.fullmatch(schema["pattern"], value) else f"must be written like {schema['examples'][0]}"
    ),
    "format": _not_an_address,
    "minimum": lambda value, schema: f"must be {schema['minimum']} or more" if value < schema["minimum"] else "",
    "maximum": lambda value, schema: f"must be {schema['maximum']} or less" if value > schema["maximum"] else "",
    "minItems": lambda value, schema: "may not be empty" if len(value) < schema["minItems"] else "",
    "maxItems": lambda value, schema: (
        f"may have {schema['maxItems']} items at most" if len(value) > schema["maxItems"] else ""
    ),
    "minProperties": lambda value, schema: (
        f"must have {schema['minProperties']} members or more" if len(value) < schema["minProperties"] else ""
    ),
    "not": _not_together,
}
# What says nothing of a value that fits, or is read above.
OTHER_KEYWORDS = {"type", "items", "properties", "required", "additionalProperties", "description", "examples"}
KEYWORDS = OTHER_KEYWORDS | set(_RULES)
