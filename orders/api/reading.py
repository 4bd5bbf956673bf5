"""Reading a body: strict JSON, then the schema that the page of the API shows."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from orders.api.problems import INVALID, Refused
from orders.api.schema import errors_of

MOST_ERRORS = 20


def read_body(body: bytes, schema: dict[str, Any]) -> Any:
    """What the body says. Refuses INVALID with what is wrong, and where."""
    try:
        value = json.loads(body.decode(), parse_constant=_no_number, object_pairs_hook=_once_each)
        _refuse_unkept(value)
    except RecursionError:
        raise Refused(INVALID, errors=[{"pointer": "", "detail": "is nested too deeply"}]) from None
    except ValueError as error:  # no UTF-8, no JSON, or a number of thousands of digits
        raise Refused(INVALID, errors=[{"pointer": "", "detail": f"is no JSON: {error}"[:200]}]) from None
    if errors := [error for error, _number in zip(errors_of(value, schema), range(MOST_ERRORS), strict=False)]:
        raise Refused(INVALID, errors=errors)
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return members


def _refuse_unkept(value: Any) -> None:
    """Refuses (ValueError) texts that the database cannot hold."""
    for text in _texts(value):
        if "\0" in text:
            raise ValueError("a text holds the character NUL")
        text.encode()  # half of a surrogate pair


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(part)
