"""Odd bodies are met with a clear line, and what is checked is what the published schema says."""

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.models import Product
from orders.api.description import OPERATIONS
from orders.api.problems import INVALID, Refused
from orders.api.reading import MOST_ERRORS, read_body
from orders.api.schema import KEYWORDS, errors_of
from orders.api.schemas import STEP, UPDATES
from tests.orders.api.conftest import UPDATES as ADDRESS
from tests.orders.api.conftest import Api, slug_of
from tests.orders.conftest import stock_of
from tests.world import World

LINE = UPDATES["properties"]["lines"]["items"]


def errors_in(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        read_body(body, UPDATES)
    assert refused.value.problem == INVALID
    return [(error["pointer"], error["detail"]) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is no JSON: Expecting value"),
        (b"{", "is no JSON: Expecting property name"),
        (b'{"lines": [{"sku": "A", "stock": NaN}]}', "is no JSON: NaN is no number"),
        (b'{"lines": [{"sku": "A", "stock": -Infinity}]}', "is no JSON: -Infinity is no number"),
        (b'{"lines": [], "lines": []}', "is no JSON: a name stands twice in one object"),
        (b'{"lines": [{"sku": "A\\u0000", "stock": 1}]}', "is no JSON: a text holds the character NUL"),
        (b'{"lines": [], "a\\u0000": 1}', "is no JSON: a text holds the character NUL"),
        (b'{"lines": [{"sku": "\\ud800", "stock": 1}]}', "is no JSON: 'utf-8' codec can't encode"),
        ('{"lines": [{"sku": "é", "stock": 1}]}'.encode("latin-1"), "is no JSON: 'utf-8' codec can't decode"),
        ('{"lines": []}'.encode("utf-16"), "is no JSON: 'utf-8' codec can't decode"),
        (b'\xef\xbb\xbf{"lines": []}', "is no JSON: "),
        (b'{"lines": [{"sku": "A", "stock": %s}]}' % (b"9" * 5000), "is no JSON: Exceeds the limit"),
        (b"[" * 60_000, "is nested too deeply"),
        (b'{"lines": ' + b"[" * 800 + b"]" * 800 + b"}", "must be an object"),
        (b"null", "must be an object"),
        (b'"lines"', "must be an object"),
    ],
)
def test_body_that_is_no_json_is_refused_with_a_reason(body: bytes, told: str):
    ((_pointer, detail),) = errors_in(body)

    assert detail.startswith(told)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"stock": 1, "price": "1.00"}, ("", "needs sku")),
        ({"sku": "A"}, ("", "must have 2 members or more")),
        ({"sku": "", "stock": 1}, ("/sku", "may not be empty")),
        ({"sku": "A" * 41, "stock": 1}, ("/sku", "may have 40 characters at most")),
        ({"sku": 5, "stock": 1}, ("/sku", "must be a text")),
        ({"sku": "A", "stock": None}, ("/stock", "must be a whole number")),
        ({"sku": "A", "stock": True}, ("/stock", "must be a whole number")),
        ({"sku": "A", "stock": "5"}, ("/stock", "must be a whole number")),
        ({"sku": "A", "stock": 5.5}, ("/stock", "must be a whole number")),
        ({"sku": "A", "stock": 1e400}, ("/stock", "must be a whole number")),
        ({"sku": "A", "stock": -1}, ("/stock", "must be 0 or more")),
        ({"sku": "A", "stock": 10**30}, ("/stock", "must be 9999999 or less")),
        ({"sku": "A", "stock": 1, "stock_change": 1}, ("", "may not have stock and stock_change together")),
        ({"sku": "A", "price": 49.99}, ("/price", "must be a text")),
        ({"sku": "A", "stock": 1, "colour": "red"}, ("", "has a member that is not known: colour")),
        *(
            ({"sku": "A", "price": price}, ("/price", "must be written like 49.99"))
            for price in ("0.00", "-1.00", "49,99", "49.9", "49.999", "049.99", "1e3", "NaN", "٤٩.٩٩", "49.99\n", "")
        ),
        ({"sku": "A", "price": "10000000000.00"}, ("/price", "must be written like 49.99")),
    ],
)
def test_line_that_is_not_written_right_is_named_with_its_place(line: dict[str, Any], error: tuple[str, str]):
    body = json.dumps({"lines": [{"sku": "B", "stock": 1}, line]}).replace("Infinity", "1e400").encode()

    assert errors_in(body) == [(f"/lines/1{error[0]}", error[1])]


def test_one_wrong_line_holds_the_whole_batch_and_writes_nothing(api: Api, world: World):
    answer = api.post(ADDRESS, {"lines": [{"sku": world.chair.sku, "stock": 1}, {"sku": world.desk.sku, "stock": -1}]})

    assert slug_of(answer) == (422, "invalid")
    assert answer.json()["errors"] == [{"pointer": "/lines/1/stock", "detail": "must be 0 or more"}]
    assert stock_of(world.chair) == 100


def test_only_the_first_errors_are_told():
    body = json.dumps({"lines": [{}] * 100}).encode()

    assert len(errors_in(body)) == MOST_ERRORS


def test_accents_and_emoji_are_welcome():
    assert read_body('{"lines": [{"sku": "É🪑", "stock": 1}]}'.encode(), UPDATES)["lines"][0]["sku"] == "É🪑"


def schemas_within(schema: Any):
    if isinstance(schema, dict) and "type" in schema:
        yield schema
        for part in [*schema.get("properties", {}).values(), schema.get("items")]:
            yield from schemas_within(part)


def test_every_keyword_of_a_published_body_is_checked():
    used = {key for operation in OPERATIONS for schema in schemas_within(operation.body) for key in schema}

    assert {"pattern", "format", "not"} < used
    assert used <= KEYWORDS


names = st.sampled_from(["sku", "stock", "stock_change", "price", "step", "tracking_url", "x"])
numbers = st.integers() | st.integers(-3, 3) | st.floats(allow_nan=False).filter(lambda number: number % 1)
texts = st.text(max_size=45) | st.sampled_from(["1.00", "0.00", "packed", "shipped", "https://a.example/1"])
values = st.none() | st.booleans() | numbers | texts
members = st.dictionaries(names, values) | st.fixed_dictionaries(
    {"sku": texts}, optional={"stock": numbers, "stock_change": numbers, "price": texts}
)


@given(members | values | st.lists(values, max_size=2))
@example({"step": "packed", "tracking_url": "0"})
def test_the_check_agrees_with_json_schema(value: Any):
    for schema in (LINE, STEP):
        expected = jsonschema.Draft202012Validator(schema).is_valid(value)
        ours = [error for error in errors_of(value, schema) if "https://" not in error["detail"]]

        assert (not ours) == (expected and not ends_with_newline(value))


def ends_with_newline(value: Any) -> bool:
    """Where Python's `$` is more patient than that of ECMA-262, by which JSON Schema goes."""
    return isinstance(value, dict) and str(value.get("price", "")).endswith("\n")


@given(st.decimals(0, 10**10, places=2).map(str) | st.from_regex(r"[0-9]{1,11}\.[0-9]{2}", fullmatch=True))
def test_price_that_fits_the_schema_fits_a_product_and_the_other_way_round(price: str):
    fits = not list(errors_of({"sku": "A", "price": price}, LINE))
    try:
        Product._meta.get_field("price").clean(Decimal(price), None)
    except ValidationError:
        allowed = False
    else:
        allowed = str(Decimal(price)) == price  # no zeros in front

    assert fits == allowed
