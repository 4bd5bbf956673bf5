"""Tasks and page fragments through a real Redis, and everything that goes on without it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import Mail
from orders.models import Order
from tests.orders.test_views import checkout_form
from tests.processes import environment
from tests.services.servers import PATIENCE, Redis
from tests.world import PASSWORD, World, build_world
from thuiswerk.lib.mail import Message
from thuiswerk.portal_urls import __name__ as PORTAL_URLS

QUICK = 2.0


@pytest.fixture
def lived(transactional_db: None) -> World:
    """The world as others see it: committed."""
    return build_world()


def queue_mail(key: str) -> None:
    outbox.queue(Message("Hallo", "Dag.\n", ""), to="bob@acme.example", key=key, now=timezone.now())


def is_sent(key: str) -> bool:
    return Mail.objects.get(key=key).sent_at is not None


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2 * PATIENCE
    while not done():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)


def start_worker(folder: Path) -> subprocess.Popen[bytes]:
    """A worker on the database of the test."""
    words = [sys.executable, "-m", "celery", "-A", "thuiswerk", "worker", "--concurrency", "1"]
    return subprocess.Popen(words, env=environment(folder, DEMO="1"))


def portal_url(name: str) -> str:
    return reverse(name, urlconf=PORTAL_URLS)


def test_task_goes_through_redis_to_a_worker_that_outlives_its_restart(lived: World, redis: Redis, tmp_path: Path):
    worker = start_worker(tmp_path)
    try:
        queue_mail("first")
        wait_until(lambda: is_sent("first"))
        redis.stop()
        queue_mail("while Redis is away")
        redis.start()
        queue_mail("afterwards")
        wait_until(lambda: is_sent("afterwards"))
    finally:
        worker.terminate()
        worker.wait(PATIENCE)

    assert is_sent("while Redis is away")


def test_fragments_come_back_with_redis(redis: Redis):
    fragments = caches["fragments"]

    fragments.set("shelf", "chairs")
    while_up = fragments.get("shelf")
    redis.stop()
    while_down = fragments.get("shelf", "nothing"), fragments.get_many(["shelf"]), fragments.add("other", 1)
    fragments.set("shelf", "desks")
    redis.start()
    fragments.set("shelf", "lamps")

    assert (while_up, while_down) == ("chairs", ("nothing", {}, False))
    assert fragments.get("shelf") == "lamps"


def test_login_cart_and_checkout_go_on_without_redis(lived: World, redis: Redis, settings):
    redis.stop()
    visitor = Client(HTTP_HOST="acme.localhost")
    now = timezone.localdate()
    type(lived.acme).objects.update(live_from=now, live_until=now)
    lived.bob.grants.update(valid_from=now, valid_until=now)
    began = time.monotonic()

    visitor.post(portal_url("account_login"), {"email": "bob@acme.example", "password": PASSWORD})
    visitor.post(portal_url("orders:cart_add"), {"product": lived.chair.pk, "quantity": 1})
    pages = [visitor.get(portal_url(name)) for name in ("portals:home", "orders:cart_show", "orders:checkout")]
    visitor.post(portal_url("orders:checkout"), checkout_form(visitor))
    took = time.monotonic() - began

    assert [page.status_code for page in pages] == [200, 200, 200]
    order = Order.objects.get()
    assert (order.membership, order.state) == (lived.bob, "confirmed")
    assert Mail.objects.filter(to="bob@acme.example", sent_at=None).count() == 1
    assert took < 5 * QUICK
