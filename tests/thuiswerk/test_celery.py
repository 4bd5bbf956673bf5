"""Jobs: what beat starts, how a worker takes a task, and a shop that goes on while the broker is away."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from orders.models import Order
from portals.models import Membership, PortalState
from tests.accounts.conftest import Browser
from tests.orders.conftest import ACME, put, today  # noqa: F401
from tests.orders.test_views import checkout_form
from tests.processes import broker
from tests.world import World
from thuiswerk.celery import app

SCHEDULE = settings.CELERY_BEAT_SCHEDULE
# Tasks that are no use without arguments: other tasks and workflows ask for them.
ASKED_FOR = {
    "billing.tasks.invoice_month",
    "billing.tasks.issue_draft",
    "billing.tasks.render_invoice",
    "orders.tasks.settle_told_payment",  # by a webhook; `finish_payments` finds what was missed
}
# Beat starts what starts these.
STARTED_BY_ANOTHER = {"billing.tasks.invoice_open_months", "billing.tasks.issue_drafts"}


def silent_address() -> Iterator[str]:
    """A Redis that takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def refused_address() -> Iterator[str]:
    """A Redis that has stopped: nobody listens at its port."""
    yield "redis://127.0.0.1:1/0"


@pytest.fixture(params=[refused_address, silent_address])
def broken_broker(request: pytest.FixtureRequest) -> Iterator[None]:
    addresses = request.param()
    with broker(next(addresses)):
        yield
    next(addresses, None)


@pytest.fixture
def no_waiting() -> Iterator[None]:
    """The test fails where it keeps a person waiting."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 8


def test_beat_names_tasks_that_exist():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_beat_starts_every_task_that_is_not_asked_for():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}

    assert ours - ASKED_FOR - STARTED_BY_ANOTHER == {entry["task"] for entry in SCHEDULE.values()}


def test_tasks_are_taken_one_at_a_time_and_acknowledged_when_done():
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]

    assert {(task.acks_late, task.reject_on_worker_lost) for task in ours} == {(True, True)}
    assert app.conf.worker_prefetch_multiplier == 1


def test_tasks_end_before_redis_gives_them_to_another_worker():
    visibility = settings.REDIS_TRANSPORT["visibility_timeout"]

    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit < visibility


def test_tasks_carry_only_json():
    assert (app.conf.task_serializer, app.conf.accept_content) == ("json", ["json"])


@pytest.mark.usefixtures("transactional_db", "broken_broker", "no_waiting")
def test_login_code_without_a_broker_is_queued_and_found_by_beat(world: World, mailoutbox):
    browser = Browser(ACME)

    with capture_logs() as lines:
        asked = browser.ask_code("bob@acme.example")
    run_beat("send-waiting-mail")

    assert asked.redirect_chain == [("/account/login/code/confirm/", 302)]
    assert "broker_away" in [line["event"] for line in lines]
    assert [mail.to for mail in mailoutbox] == [["bob@acme.example"]]


@pytest.mark.usefixtures("transactional_db", "broken_broker", "no_waiting", "today")
def test_order_without_a_broker_is_placed_and_confirmed_by_beat(world: World, mailoutbox):
    bob = Client(headers={"host": ACME})
    bob.force_login(world.bob.user)
    put(world.bob, world.chair)

    thanks = bob.post("/checkout/", checkout_form(bob), follow=True)
    run_beat("send-waiting-mail")

    order = Order.objects.get()
    assert (thanks.status_code, thanks.request["PATH_INFO"]) == (200, f"/orders/{order.number}/")
    assert [(mail.to, order.number in mail.body) for mail in mailoutbox] == [(["bob@acme.example"], True)]


@pytest.mark.usefixtures("transactional_db")
def test_beat_finds_invitations_whose_nudge_was_lost(world: World, mailoutbox):
    world.acme.state = PortalState.READY
    world.acme.save()
    Membership.objects.filter(pk=world.bob.pk).update(invite_requested_at=timezone.now())

    run_beat("send-invitations")
    run_beat("send-waiting-mail")

    assert [mail.to for mail in mailoutbox] == [["bob@acme.example"]]


def run_beat(entry: str) -> None:
    """Do what beat starts under this name, in this process."""
    app.loader.import_default_modules()
    app.tasks[SCHEDULE[entry]["task"]]()
