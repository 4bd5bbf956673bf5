"""A worker with two processes killed with -9 in the invoice run, and its Redis emptied under it, twice."""

import time
from pathlib import Path

import pytest

from billing.models import Invoice, InvoiceDocument
from tests.billing import killing
from tests.services.servers import Redis


@pytest.mark.django_db(transaction=True)
def test_invoice_run_survives_kills_and_a_redis_that_forgets(redis: Redis, tmp_path: Path):
    url = f"redis://127.0.0.1:{redis.port}/0"
    killing.consume_two_months()
    with killing.postbox() as postbox, killing.slow_documents():

        def work():
            return killing.worker(tmp_path, "--concurrency", "2", EMAIL_URL=postbox.url, REDIS_URL=url)

        with work():
            killing.wait_until(killing.is_drafting)
        redis.stop()
        issued = Invoice.objects.issued().count()
        redis.start()
        with work():
            killing.wait_until(killing.is_rendering)
            redis.stop()
            time.sleep(1)
            rendered = InvoiceDocument.objects.count()
            redis.start()
        postbox.is_silent.set()
        with work():
            killing.wait_until(postbox.has_been_silent.is_set)
        postbox.is_silent.clear()
        with work():
            killing.wait_until(killing.is_done)

    assert issued < killing.DOCUMENTS
    assert rendered < killing.DOCUMENTS
    killing.assert_all_is_done_once(postbox, kills=3 * 2)
