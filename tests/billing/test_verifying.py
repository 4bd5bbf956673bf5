"""Issued documents stay what was issued, and a command that finds out where one did not."""

import datetime as dt
import io
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import weasyprint
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from billing import delivery, ledger
from billing.correcting import correct
from billing.models import Invoice
from tests.billing.conftest import invoice_of
from tests.world import NOW, World
from thuiswerk.lib.periods import AMSTERDAM, Month

RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
IN_ANOTHER_PROCESS = """
import django; django.setup()
from hashlib import sha256
from billing import einvoice, paper
from tests.billing.paperwork import make_credit_note, make_document
for invoice, lines in (make_document(60), make_credit_note("F2026-0003", "F2026-0001")):
    xml = einvoice.build(invoice, lines)
    print(sha256(xml).hexdigest(), sha256(paper.render_invoice(invoice, lines, e_invoice=xml)).hexdigest())
"""


@pytest.fixture
def issued(world: World) -> list[Invoice]:
    """An invoice of each portal, and a correction of acme's."""
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-2", now=NOW)
    first = invoice_of(world.acme, Month.of(NOW), now=RUN)
    invoice_of(world.globex, Month.of(NOW), now=RUN)
    correct(first, reason="Referentie", source="x", now=RUN, actor=world.coordinator)
    documents = list(Invoice.objects.order_by("number"))
    for document in documents:
        delivery.finish(document, now=RUN)
    return documents


def change(table: str, number: str) -> None:
    """Change a stored file behind the back of its trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"UPDATE {table} SET content = content || 'x'::bytea"  # noqa: S608 Both names are written above.
            " WHERE invoice_id = (SELECT id FROM billing_invoice WHERE number = %s)",
            [number],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def verify(**options: str) -> tuple[list[str], bool]:
    """What the command says, and whether it went well."""
    said = io.StringIO()
    try:
        call_command("verify_documents", stdout=said, **options)
    except CommandError:
        return said.getvalue().splitlines(), False
    return said.getvalue().splitlines(), True


def test_documents_are_what_was_issued(issued: list[Invoice]):
    assert verify() == (["4 documents, 0 with a finding"], True)


@pytest.mark.parametrize(("table", "ending"), [("billing_invoicedocument", "pdf"), ("billing_einvoice", "xml")])
def test_file_with_other_bytes_is_damaged(issued: list[Invoice], table: str, ending: str):
    change(table, "F2026-0002")

    (damage, *_rest), went_well = verify()

    assert damage.startswith(f"F2026-0002.{ending}  damaged: its SHA-256 is ")
    assert not went_well


def test_month_and_portal_are_looked_at_alone(issued: list[Invoice]):
    change("billing_invoicedocument", "F2026-0002")  # globex's

    assert verify(portal="acme") == (["3 documents, 0 with a finding"], True)
    assert verify(month="2026-10") == (["0 documents, 0 with a finding"], True)
    assert verify(month="2026-11", portal="globex")[1] is False


def test_what_the_code_makes_otherwise_now_is_told(issued: list[Invoice], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("billing.einvoice.line_title", lambda invoice, line: "Iets anders")
    monkeypatch.setattr("billing.paper.title_of", lambda invoice: "Iets anders")

    said, went_well = verify(portal="globex")

    assert said == [
        "F2026-0002.xml  differs: made anew it has other bytes.",
        "F2026-0002.pdf  differs: made anew it has other bytes.",
        "1 documents, 1 with a finding",
    ]
    assert not went_well


def test_other_maker_is_named(issued: list[Invoice], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("weasyprint.pdf.VERSION", "71.0")

    said, _went_well = verify(portal="globex")

    assert f"Issued by WeasyPrint {weasyprint.VERSION}, made anew by WeasyPrint 71.0." in said[0]


def test_document_without_its_pdf_is_told(world: World):
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    invoice_of(world.acme, Month.of(NOW), now=RUN)

    assert verify() == (["F2026-0001.pdf  differs: it is not made yet.", "1 documents, 1 with a finding"], False)


@pytest.mark.parametrize("options", [{"month": "2026-13"}, {"portal": "nobody"}])
def test_what_does_not_exist_is_refused(db: None, options: dict[str, str]):
    with pytest.raises(CommandError, match=r"2026-13|nobody"):
        call_command("verify_documents", **options)


def test_every_process_makes_the_same_bytes():
    def made(seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "thuiswerk.settings"}
        run = [sys.executable, "-c", IN_ANOTHER_PROCESS]
        return subprocess.run(
            run, env=environment, cwd=Path(settings.BASE_DIR), capture_output=True, text=True, check=True
        ).stdout

    first = made("1")

    assert len(first.split()) == 4
    assert made("2") == first
