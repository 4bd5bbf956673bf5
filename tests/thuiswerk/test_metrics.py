"""What Prometheus reads: who may, what stands in it, and that all processes of a server count together."""

import datetime as dt
import subprocess
import sys

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Job, Mail
from billing import ledger
from billing.models import InvoiceDocument
from orders.models import Order
from tests.billing.conftest import invoice_of
from tests.orders.conftest import order_of
from tests.processes import environment
from tests.world import NOW, make_grant
from thuiswerk.lib.periods import Month

TOKEN = "a-token-of-the-tests"
# Two processes answer one request each; the parent tells what both have counted.
TWO_PROCESSES = """
import os, sys
import django; django.setup()
from django.test import Client
child = os.fork()
Client(headers={"host": "localhost"}).get("/healthz")
if not child: os._exit(0)
os.waitpid(child, 0)
answer = Client(headers={"host": "localhost", "authorization": "Bearer " + os.environ["METRICS_TOKEN"]}).get("/metrics")
sys.stdout.write(answer.content.decode())
"""


@pytest.fixture
def prometheus(settings):
    """Asks the main host with the token."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"host": "localhost", "authorization": f"Bearer {TOKEN}"})


def figures(text):
    """Every sample by its name and labels."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sorted(sample.labels.items())): sample.value for sample in samples}


def scraped(prometheus):
    return figures(prometheus.get("/metrics").content.decode())


@pytest.mark.parametrize("given", ["", TOKEN, f"Bearer {TOKEN}x", "Bearer ", "Bearer é"])
def test_metrics_refuse_who_lacks_the_token(db, settings, given):
    settings.METRICS_TOKEN = TOKEN

    response = Client(headers={"host": "localhost", "authorization": given}).get("/metrics")

    assert (response.status_code, response.content, response["WWW-Authenticate"]) == (401, b"Unauthorized", "Bearer")


def test_metrics_without_a_token_in_the_settings_are_not_there(db, settings):
    settings.METRICS_TOKEN = ""

    response = Client(headers={"host": "localhost", "authorization": "Bearer "}).get("/metrics")

    assert response.status_code == 404


def test_metrics_are_never_kept(db, prometheus):
    assert "no-store" in prometheus.get("/metrics")["Cache-Control"]


def test_metrics_are_not_on_a_portals_host(world, prometheus):
    assert prometheus.get("/metrics", headers={"host": "acme.localhost"}).status_code == 404


def test_metrics_count_and_time_requests_by_view(world, prometheus):
    labels = ("method", "POST"), ("status", "405"), ("view", "healthz")
    before = scraped(prometheus)

    prometheus.post("/healthz")
    prometheus.post("/healthz")

    after = scraped(prometheus)
    assert after["thuiswerk_requests_total", *labels] - before.get(("thuiswerk_requests_total", *labels), 0) == 2
    took = "thuiswerk_request_seconds_count", ("view", "healthz")
    assert after[took] - before.get(took, 0) == 2


def test_metrics_say_nothing_of_a_tenant(world, prometheus):
    for path in ("/products/71/bureaustoel-nova/", "/geheim/"):
        prometheus.get(path, headers={"host": "acme.localhost"})
        prometheus.get(path, headers={"host": "unknown.example"})
        prometheus.generic("GEHEIM", path, headers={"host": "acme.localhost"})

    labels = {value for _, *pairs in scraped(prometheus) for name, value in pairs if name != "le"}

    assert {"catalog:product_show", "none", "other"} <= labels
    assert not [label for label in labels if "acme" in label or "71" in label or "geheim" in label.lower()]


def test_metrics_say_what_waits(world, prometheus):
    make_grant(world.bob, "100.00", valid_from=dt.date(2026, 9, 1), valid_until=dt.date(2027, 9, 30))
    ledger.spend(world.bob, amount=100, order_number="TW26-1", now=NOW)
    invoice_of(world.acme, Month(2026, 11), now=NOW + dt.timedelta(days=30))
    ledger.spend(world.charlie, amount=50, order_number="TW26-2", now=NOW)
    done = invoice_of(world.globex, Month(2026, 11), now=NOW + dt.timedelta(days=30))
    InvoiceDocument.objects.create(portal=world.globex, invoice=done, content=b"", sha256="")
    overdue, in_time = order_of(world.charlie, world.desk), order_of(world.alice, world.desk)
    paid = order_of(world.bob, world.chair)
    Order.objects.filter(pk__in=[overdue.pk, paid.pk]).update(pay_before=NOW)
    Mail.objects.all().delete()
    for minutes in (10, 2):
        Mail.objects.create(key=str(minutes), to="bob@acme.example", created_at=NOW - dt.timedelta(minutes=minutes))
    Mail.objects.create(key="sent", to="bob@acme.example", created_at=NOW - dt.timedelta(days=1), sent_at=NOW)

    with time_machine.travel(NOW, tick=False):
        seen = scraped(prometheus)

    assert [order.state for order in (overdue, in_time, paid)] == ["awaiting_payment", "awaiting_payment", "confirmed"]
    assert {name: seen[name,] for name in BACKLOG} == dict(zip(BACKLOG, (2, 600, 1, 1), strict=True))


def test_metrics_say_when_each_job_last_went_well(db, prometheus):
    Job.objects.create(name="send-waiting-mail", started_at=NOW, succeeded_at=NOW)
    Job.objects.create(name="expire-credit", started_at=NOW, result="failed", failures=1)
    Job.objects.create(name="not-there-any-more", started_at=NOW, succeeded_at=NOW)

    seen = {key: value for key, value in scraped(prometheus).items() if key[0].startswith("thuiswerk_job")}

    assert seen == {("thuiswerk_job_last_success_timestamp_seconds", ("job", "send-waiting-mail")): NOW.timestamp()}


def test_metrics_of_an_idle_shop_are_zero(db, prometheus, django_assert_num_queries):
    prometheus.get("/healthz")

    with django_assert_num_queries(4):
        seen = scraped(prometheus)

    assert {seen[name,] for name in BACKLOG} == {0}


BACKLOG = (
    "thuiswerk_mails_waiting",
    "thuiswerk_mails_oldest_seconds",
    "thuiswerk_orders_overdue",
    "thuiswerk_invoices_without_document",
)


@pytest.mark.django_db(transaction=True)
def test_metrics_of_all_processes_of_a_server_are_one(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", TWO_PROCESSES],
        env=environment(tmp_path, METRICS_TOKEN=TOKEN),
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 0, run.stderr
    labels = ("method", "GET"), ("status", "200"), ("view", "healthz")
    assert figures(run.stdout)["thuiswerk_requests_total", *labels] == 2
    assert figures(run.stdout)["thuiswerk_mails_waiting",] == 0
