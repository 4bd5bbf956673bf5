"""The document is OpenAPI 3.1, says all that the code does, and the page shows all that the document says."""

import json
import re
from html import unescape

import jsonschema
import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from orders.api import problems
from orders.api.description import OPERATIONS
from orders.api.openapi import document
from orders.api.problems import Problem
from tests.orders.api.conftest import make_api_token

EVERY_PROBLEM = [value for value in vars(problems).values() if isinstance(value, Problem)]


def test_document_is_valid_openapi():
    OpenAPIV31SpecValidator(document()).validate()


def test_validator_sees_a_mistake():
    wrong = document()
    del wrong["info"]["title"]

    assert not OpenAPIV31SpecValidator(wrong).is_valid()


def addresses_of_the_code() -> set[tuple[str, str]]:
    """Every address below /api/v1/ with each method that it takes."""
    (api,) = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "api/"]
    return {
        (f"/api/{re.sub(r'<slug:([a-z]+)>', r'{\1}', str(pattern.pattern))}", method.lower())
        for pattern in api.url_patterns
        if isinstance(pattern, URLPattern) and str(pattern.pattern).startswith("v1/")
        for method in pattern.default_args["operations"]
    }


def test_every_address_and_method_of_the_code_stands_in_the_document():
    documented = {(path, method) for path, methods in document()["paths"].items() for method in methods}

    assert len(documented) == 3
    assert documented == addresses_of_the_code()


def test_every_refusal_of_the_code_stands_in_the_document():
    documented = {
        example["value"]["type"]
        for methods in document()["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        if status != "200"
        for example in response["content"]["application/problem+json"]["examples"].values()
    }

    assert documented == {problem.type for problem in EVERY_PROBLEM if problem not in problems.OF_NO_OPERATION}


def test_every_write_asks_for_a_key_and_a_body():
    for methods in document()["paths"].values():
        for method, operation in methods.items():
            keys = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"]
            assert (keys == ["Idempotency-Key"]) == ("requestBody" in operation) == (method != "get")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_examples_fit_their_schemas(operation):
    jsonschema.Draft202012Validator(operation.answer).validate(operation.told)
    if operation.body:
        jsonschema.Draft202012Validator(operation.body).validate(operation.sent)


def test_document_is_served_to_everybody_without_a_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client(HTTP_HOST="localhost").get("/api/openapi.json")

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(document()))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_page_shows_every_operation_member_and_refusal(db, language):
    client = Client(HTTP_HOST="localhost")
    client.cookies["django_language"] = language
    page = unescape(client.get("/api/").text)

    for operation in OPERATIONS:
        assert operation.summary in page
        assert json.dumps(operation.told, indent=2) in page
    for name in ("lines[].stock_change", "address.postal_code", "lines[].vat_rate", "steps[].tracking_url"):
        assert f"<code>{name}</code>" in page
    assert set(re.findall(r'<div id="([a-z-]+)"><dt>', page)) == {p.slug for p in EVERY_PROBLEM}
    assert ("De tekst is in het Engels." in page) == (language == "nl")


def test_page_tells_nothing_of_tokens(world):
    token, secret = make_api_token(world)

    page = Client(HTTP_HOST="localhost").get("/api/").text

    assert (token.prefix in page, secret in page, token.name in page) == (False, False, False)
