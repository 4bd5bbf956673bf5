"""A worker killed with -9 while it drafts, renders and mails: run again, nothing is lost and nothing is done twice."""

from pathlib import Path

import pytest

from billing.models import Invoice, InvoiceDocument
from tests.billing import killing


@pytest.mark.django_db(transaction=True)
def test_invoice_run_survives_three_kills(tmp_path: Path):
    killing.consume_two_months()
    with killing.postbox() as postbox, killing.slow_documents():

        def work():
            return killing.worker(tmp_path, "--pool", "solo", EMAIL_URL=postbox.url)

        with work():
            killing.wait_until(killing.is_drafting)
        issued = Invoice.objects.issued().count()
        with work():
            killing.wait_until(killing.is_rendering)
        rendered = InvoiceDocument.objects.count()
        postbox.is_silent.set()
        with work():
            killing.wait_until(postbox.has_been_silent.is_set)
        postbox.is_silent.clear()
        with work():
            killing.wait_until(killing.is_done)

    assert issued < killing.DOCUMENTS
    assert rendered < killing.DOCUMENTS
    killing.assert_all_is_done_once(postbox, kills=3)
