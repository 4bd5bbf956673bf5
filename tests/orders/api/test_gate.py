"""Who comes in, how often, and what is turned away before anything is done."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from catalog.models import Product
from orders.api import products
from orders.api.description import MOST_BYTES
from orders.api.models import ApiAnswer, ApiToken
from orders.api.tokens import REQUESTS_A_MINUTE, revoke_tokens
from tests.orders.api.conftest import UPDATES, Api, described, hold_against, make_api_token, slug_of
from tests.orders.conftest import order_of, stock_of
from tests.world import NOW, World


def update(world: World) -> dict:
    return {"lines": [{"sku": world.chair.sku, "stock": 5}]}


def test_only_a_hash_of_the_token_is_stored(api: Api):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(orders_apitoken)::text FROM orders_apitoken")
        row = cursor.fetchone()[0]

    secret = api.secret.rpartition("_")[2]
    assert len(secret) == 64
    assert secret not in row
    assert api.secret.startswith(json.loads(row)["prefix"])


@pytest.mark.parametrize("scheme", ["Bearer {}0", "Basic {}", "{}", "", "Bearer", "Bearer tw_00000000_" + "0" * 64])
def test_without_its_token_nobody_comes_in(api: Api, world: World, scheme: str):
    answer = api.post(UPDATES, update(world), authorization=scheme.format(api.secret))

    assert slug_of(answer) == (401, "no-token")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert stock_of(world.chair) == 100


def test_token_with_another_ending_is_refused(api: Api, world: World):
    last = "1" if api.secret[-1] == "0" else "0"

    assert slug_of(api.post(UPDATES, update(world), authorization=f"Bearer {api.secret[:-1]}{last}"))[0] == 401


def test_revoked_token_is_refused_at_once(api: Api, world: World):
    revoke_tokens(ApiToken.objects.all(), now=NOW)

    assert slug_of(api.post(UPDATES, update(world))) == (401, "no-token")


def test_session_of_an_administrator_is_no_token(world: World, today):
    client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    client.force_login(world.coordinator)

    answer = client.post(UPDATES, update(world), content_type="application/json", headers={"idempotency-key": "k"})

    assert slug_of(answer) == (401, "no-token")


def test_token_needs_no_csrf_cookie(api: Api, world: World):
    api.client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)

    assert api.update({"sku": world.chair.sku, "stock": 5})[0]["result"] == "changed"


def test_token_does_what_it_is_for_and_nothing_else(world: World, today):
    order = order_of(world.bob, world.chair)
    stock = Api(make_api_token(world, "Stock", catalogue=True)[1])
    orders = Api(make_api_token(world, "Orders", orders=True)[1])

    assert stock.post(UPDATES, update(world)).status_code == 200
    assert orders.get(f"/api/v1/orders/{order.number}/").status_code == 200
    assert slug_of(stock.get(f"/api/v1/orders/{order.number}/")) == (403, "out-of-scope")
    step = stock.post(f"/api/v1/orders/{order.number}/steps/", {"step": "packed"})
    assert slug_of(step) == (403, "out-of-scope")
    assert slug_of(orders.post(UPDATES, update(world))) == (403, "out-of-scope")


def test_requests_of_a_minute_are_limited_for_each_token(world: World, today):
    token, secret = make_api_token(world)
    busy, other = Api(secret), Api(make_api_token(world, "Other")[1])
    ApiToken.objects.filter(pk=token.pk).update(minute=NOW.replace(second=0), requests=REQUESTS_A_MINUTE - 1)

    last, over = busy.post(UPDATES, update(world)), busy.post(UPDATES, update(world))

    assert last.status_code == 200
    assert slug_of(over) == (429, "too-many")
    assert over["Retry-After"] == "60"
    assert other.post(UPDATES, update(world)).status_code == 200
    with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
        assert busy.post(UPDATES, update(world)).status_code == 200


def test_last_use_is_noted_and_costs_two_statements(api: Api):
    with CaptureQueriesContext(connection) as captured:
        api.get("/api/v1/orders/TW26-1/")

    token = ApiToken.objects.get()
    assert (token.last_used_at, token.requests) == (NOW, 1)
    assert len(captured) == 3  # and the one that looks for the order


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({"content-type": "text/plain"}, (415, "no-json")),
        ({"content-type": "application/x-www-form-urlencoded"}, (415, "no-json")),
        ({"content-encoding": "gzip"}, (415, "no-json")),
        ({"idempotency-key": ""}, (400, "no-key")),
        ({"idempotency-key": "two words"}, (400, "no-key")),
        ({"idempotency-key": "k" * 256}, (400, "no-key")),
        ({"idempotency-key": '"half'}, (400, "no-key")),
    ],
)
def test_request_that_is_not_written_right_is_refused(api: Api, world: World, headers, refusal):
    assert slug_of(api.post(UPDATES, update(world), **headers)) == refusal
    assert (stock_of(world.chair), ApiAnswer.objects.count()) == (100, 0)


def test_body_has_a_limit(api: Api, world: World, settings):
    body = json.dumps(update(world)).encode()

    most = api.post(UPDATES, body.ljust(MOST_BYTES))
    more = [api.post(UPDATES, body.ljust(size)) for size in (MOST_BYTES + 1, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)]

    assert most.status_code == 200
    assert [slug_of(answer) for answer in more] == [(413, "too-large")] * 2


def test_charset_of_the_type_does_not_matter(api: Api, world: World):
    answer = api.client.post(
        UPDATES,
        update(world),
        content_type="application/json; charset=utf-8",
        headers=api.headers | {"idempotency-key": "k"},
    )

    hold_against(described("POST", UPDATES), answer)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/products/", "/api/v1/product-updates", "/api/v1/orders/a%00b/", "/api/v2/"])
def test_address_that_is_not_there_is_a_problem_too(db, path: str):
    answer = Client(HTTP_HOST="localhost").post(path)

    assert slug_of(answer) == (404, "unknown-address")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_other_methods_are_refused_with_the_ones_that_are_taken(db, method: str):
    answer = getattr(Client(HTTP_HOST="localhost"), method)(UPDATES)

    assert slug_of(answer) == (405, "wrong-method")
    assert answer["Allow"] == "POST"


def test_answers_are_kept_by_no_proxy(api: Api, world: World):
    order = order_of(world.bob, world.chair)

    assert "no-store" in api.get(f"/api/v1/orders/{order.number}/")["Cache-Control"]


@pytest.mark.parametrize("path", ["/api/", "/api/openapi.json", UPDATES, "/api/v1/orders/TW26-100001/"])
def test_host_of_a_portal_does_not_know_the_api(api: Api, world: World, path: str):
    client = Client(HTTP_HOST="acme.localhost")

    answers = [client.get(path, headers=api.headers), client.post(path, headers=api.headers)]

    assert resolve(path).route.startswith("api/")
    assert [answer.status_code for answer in answers] == [404, 404]
    assert [answer["Content-Type"] for answer in answers] == ["text/html; charset=utf-8"] * 2


def test_what_breaks_here_is_a_problem_document_and_undone(
    api: Api, world: World, today, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def breaks(*_given: object, **_named: object) -> None:
        Product.objects.update(stock=1)
        raise ZeroDivisionError("secret detail")

    key = "key-of-one-that-breaks"
    with monkeypatch.context() as broken:
        broken.setattr(products, "_write", breaks)
        answer = api.post(UPDATES, update(world), key=key)

    assert slug_of(answer) == (500, "failed")
    assert b"secret detail" not in answer.content
    assert (stock_of(world.chair), "api_failed" in caplog.text) == (100, True)
    assert api.post(UPDATES, update(world), key=key).status_code == 200
    assert stock_of(world.chair) == 5
