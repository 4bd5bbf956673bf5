"""One key, one write: in a row, twenty at once, with another body, and after its time."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from orders.api import idempotency
from orders.api.models import ApiAnswer, ApiChange, ApiToken
from orders.api.products import update_products
from orders.tasks import forget_old_answers
from tests.orders.api.conftest import AT_ONCE, UPDATES, Api, at_once, make_api_token, slug_of
from tests.orders.conftest import order_of, stock_of
from tests.world import NOW, World

CONSTRAINT = "api_answer_once_per_key"


def one_more(world: World) -> dict:
    return {"lines": [{"sku": world.chair.sku, "stock_change": 1}]}


@pytest.mark.parametrize("again", ["key", '"key"', ' "key" '])
def test_same_request_is_answered_as_before_and_not_done_again(api: Api, world: World, again: str):
    first = api.post(UPDATES, one_more(world), key="key")
    second = api.post(UPDATES, one_more(world), key=again)

    assert (
        second.json()
        == first.json()
        == {"lines": [{"sku": world.chair.sku, "result": "changed", "stock": 101, "price": "249.00"}]}
    )
    assert (first["Idempotency-Replayed"], second["Idempotency-Replayed"]) == ("false", "true")
    assert stock_of(world.chair) == 101


def test_key_of_another_request_is_refused(api: Api, world: World):
    api.post(UPDATES, one_more(world), key="key")

    answer = api.post(UPDATES, {"lines": [{"sku": world.chair.sku, "stock_change": 2}]}, key="key")

    assert slug_of(answer) == (422, "key-reused")
    assert stock_of(world.chair) == 101


def test_same_body_at_another_address_is_another_request(api: Api, world: World):
    first, second = order_of(world.bob, world.chair), order_of(world.charlie, world.chair)
    api.post(f"/api/v1/orders/{first.number}/steps/", {"step": "packed"}, key="key")

    answer = api.post(f"/api/v1/orders/{second.number}/steps/", {"step": "packed"}, key="key")

    assert slug_of(answer) == (422, "key-reused")
    assert not second.events.filter(kind="packed").exists()


def test_two_tokens_may_use_the_same_key(api: Api, world: World):
    other = Api(make_api_token(world, "Other")[1])

    api.post(UPDATES, one_more(world), key="key")
    other.post(UPDATES, one_more(world), key="key")

    assert stock_of(world.chair) == 102


def test_what_was_refused_may_be_tried_again_with_its_key(api: Api, world: World):
    refused = api.post(UPDATES, {"lines": []}, key="key")

    assert refused.status_code == 422
    assert api.post(UPDATES, one_more(world), key="key").status_code == 200


def test_answers_are_forgotten_after_two_days_and_changes_after_a_year(api: Api, world: World):
    api.post(UPDATES, one_more(world), key="key")

    left = []
    for later in (dt.timedelta(hours=48), dt.timedelta(hours=48, seconds=1), dt.timedelta(days=367)):
        with time_machine.travel(NOW + later, tick=False):
            forget_old_answers()
        left.append((ApiAnswer.objects.count(), ApiChange.objects.count()))

    assert left == [(1, 1), (0, 1), (0, 0)]


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every key is free, and all have looked for the answer before the first one works."""
    all_have_looked = threading.Barrier(AT_ONCE, timeout=30)
    kept = idempotency._kept

    def kept_together(token: ApiToken, key: str) -> ApiAnswer | None:
        found = kept(token, key)
        all_have_looked.wait()
        return found

    monkeypatch.setattr(idempotency, "_hold", lambda token, key: None)
    monkeypatch.setattr(idempotency, "_kept", kept_together)


@pytest.fixture
def without_constraint() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE orders_apianswer DROP CONSTRAINT {CONSTRAINT}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_apianswer")
        cursor.execute(f"ALTER TABLE orders_apianswer ADD CONSTRAINT {CONSTRAINT} UNIQUE (token_id, key)")


def write_at_once(world: World) -> Counter:
    """Twenty times the same key and body."""
    token, _secret = make_api_token(world)
    lines = one_more(world)["lines"]

    def work() -> dict:
        return {"lines": update_products(token, lines, now=NOW)}

    return Counter(
        told if isinstance(told, str) else told[1]
        for told in at_once(lambda _: idempotency.once(token, "key", "same", work, now=NOW))
    )


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_is_done(live_world: World):
    told = write_at_once(live_world)

    assert stock_of(live_world.chair) == 101
    assert told[False] == 1
    assert told[True] + told["Refused"] == AT_ONCE - 1
    assert ApiChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_lock")
def test_control_without_the_lock_the_constraint_undoes_the_others(live_world: World):
    told = write_at_once(live_world)

    assert told == {False: 1, "IntegrityError": AT_ONCE - 1}
    assert stock_of(live_world.chair) == 101
    assert ApiChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_lock", "without_constraint")
def test_control_without_lock_and_constraint_all_are_done(live_world: World):
    told = write_at_once(live_world)

    assert told == {False: AT_ONCE}
    assert stock_of(live_world.chair) == 120


@pytest.mark.django_db(transaction=True)
def test_key_that_is_being_worked_on_is_refused_meanwhile_to_the_same_token(live_world: World, today):
    token, secret = make_api_token(live_world)
    _token, other_secret = make_api_token(live_world, "Other")
    answers = []

    def work() -> dict:
        with ThreadPoolExecutor(1) as other:
            answers.append(other.submit(meanwhile).result())
        return {}

    def meanwhile() -> tuple:
        try:
            answer = Api(secret).post(UPDATES, one_more(live_world), key="key")
            of_another = Api(other_secret).post(UPDATES, one_more(live_world), key="key")
            return slug_of(answer), answer["Retry-After"], of_another.status_code
        finally:
            connection.close()

    idempotency.once(token, "key", "same", work, now=NOW)

    assert answers == [((409, "in-flight"), "1", 200)]
    assert stock_of(live_world.chair) == 101


@pytest.mark.django_db(transaction=True)
def test_work_that_breaks_off_leaves_nothing_and_its_key_free(live_world: World, today):
    token, secret = make_api_token(live_world)
    lines = one_more(live_world)["lines"]

    def work() -> dict:
        update_products(token, lines, now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        idempotency.once(token, "key", "same", work, now=NOW)

    assert (stock_of(live_world.chair), ApiAnswer.objects.count(), ApiChange.objects.count()) == (100, 0, 0)
    assert Api(secret).post(UPDATES, one_more(live_world), key="key").status_code == 200
