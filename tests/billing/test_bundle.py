"""The documents of a month as files: all of them, byte for byte, with an index, in a ZIP and in a directory."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from billing import bundle, delivery, ledger
from billing.models import Invoice
from tests.billing.conftest import invoice_of
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER = Month.of(NOW)
RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)
NAMES = [
    "creditfactuur-C2026-0001.pdf",
    "creditfactuur-C2026-0001.xml",
    "factuur-F2026-0002.pdf",
    "factuur-F2026-0002.xml",
    "factuur-F2026-0003.pdf",
    "factuur-F2026-0003.xml",
    "index-2026-11.csv",
]


@pytest.fixture
def month(world: World) -> list[Invoice]:
    """Of November: invoice and credit note of acme, and globex's invoice; acme's invoice of October lies outside."""
    make_grant(world.bob, "500.00")
    early = dt.datetime(2026, 10, 20, tzinfo=AMSTERDAM)
    (spent,) = ledger.spend(world.bob, amount=Decimal("30.00"), order_number="TW26-0", now=early)
    delivery.finish(invoice_of(world.acme, NOVEMBER.previous, now=NOW), now=NOW)
    ledger.refund(spent, amount=Decimal("12.50"), source="back", now=NOW)
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    ledger.spend(world.charlie, amount=Decimal("70.00"), order_number="TW26-2", now=NOW)
    for portal in (world.acme, world.globex):
        invoice_of(portal, NOVEMBER, now=RUN)
    documents = list(Invoice.objects.filter(period=NOVEMBER.first_day))
    for document in documents:
        delivery.finish(document, now=RUN)
    return documents


def of_november() -> bytes:
    with bundle.zip_of(Invoice.objects.filter(period=NOVEMBER.first_day)) as file:
        return file.read()


def export(to: Path) -> str:
    said = io.StringIO()
    call_command("export_month", "2026-11", to=to, stdout=said)
    return said.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_command_and_zip_hold_the_same_bytes(month: list[Invoice], tmp_path: Path):
    said = export(tmp_path / "new" / "folder")

    with zipfile.ZipFile(io.BytesIO(of_november())) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(zipped) == NAMES
    assert contents(tmp_path / "new" / "folder") == zipped
    assert "7 files" in said


def test_files_are_those_that_were_issued(month: list[Invoice], tmp_path: Path):
    export(tmp_path)

    for document in month:
        word = "creditfactuur" if document.is_credit_note else "factuur"
        pdf, xml = (tmp_path / f"{word}-{document.number}.{ending}" for ending in ("pdf", "xml"))
        assert pdf.read_bytes() == bytes(document.document.content)
        assert xml.read_bytes() == bytes(document.e_invoice.content)


def test_index_says_what_each_is_and_its_hash(month: list[Invoice], tmp_path: Path):
    export(tmp_path)

    rows = list(csv.DictReader((tmp_path / "index-2026-11.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))

    assert [(row["Nummer"], row["Winkel"], row["Maand"], row["Totaal"]) for row in rows] == [
        ("C2026-0001", "acme", "2026-11", "-12,50"),
        ("F2026-0002", "acme", "2026-11", "40,00"),
        ("F2026-0003", "globex", "2026-11", "70,00"),
    ]
    for row in rows:
        for kind in ("PDF", "XML"):
            assert sha256((tmp_path / row[kind]).read_bytes()).hexdigest() == row[f"SHA-256 {kind}"]


def test_same_month_makes_the_same_bytes_whoever_asks(month: list[Invoice]):
    first = of_november()
    with translation.override("en"):
        second = of_november()

    assert first == second


def test_command_again_changes_nothing(month: list[Invoice], tmp_path: Path):
    export(tmp_path)
    first = contents(tmp_path)

    export(tmp_path)

    assert contents(tmp_path) == first


def test_months_side_by_side_keep_their_index(month: list[Invoice], tmp_path: Path):
    export(tmp_path)
    of_november = contents(tmp_path)

    call_command("export_month", "2026-10", to=tmp_path, stdout=io.StringIO())

    assert of_november.items() < contents(tmp_path).items()
    assert "index-2026-10.csv" in contents(tmp_path)


def test_other_content_under_the_same_name_is_not_written_over(month: list[Invoice], tmp_path: Path):
    (tmp_path / NAMES[0]).write_bytes(b"mine")

    with pytest.raises(CommandError, match=f"other content: {NAMES[0]}"):
        export(tmp_path)

    assert contents(tmp_path) == {NAMES[0]: b"mine"}


def test_pdf_that_is_still_being_made_stops_it_before_the_first_file(world: World, tmp_path: Path):
    make_grant(world.bob, "500.00")
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
    invoice_of(world.acme, NOVEMBER, now=RUN)

    with pytest.raises(CommandError, match="PDF of F2026-0001 is still being made"):
        export(tmp_path / "folder")

    assert not (tmp_path / "folder").exists()


def test_damaged_file_is_never_handed_out(month: list[Invoice], tmp_path: Path):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_einvoice SET content = 'x'::bytea")
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(CommandError, match="not the one that was issued"):
        export(tmp_path)
    with pytest.raises(delivery.DocumentDamaged):
        of_november()

    assert contents(tmp_path) == {}


def test_month_in_which_something_waits_says_so(month: list[Invoice], world: World, tmp_path: Path):
    late = dt.datetime(2026, 11, 30, 23, tzinfo=AMSTERDAM)
    ledger.spend(world.charlie, amount=Decimal("5.00"), order_number="TW26-9", now=late)

    with pytest.raises(CommandError, match="not complete: something waits of globex"):
        export(tmp_path)

    assert sorted(contents(tmp_path)) == NAMES


@pytest.mark.parametrize("month_text", ["2026-13", "november", "", "2199-01"])
def test_month_that_is_none_is_refused(db: None, month_text: str, tmp_path: Path):
    with pytest.raises(CommandError):
        call_command("export_month", month_text, to=tmp_path)

    assert contents(tmp_path) == {}


def test_content_is_read_one_document_at_a_time(month: list[Invoice], django_assert_num_queries):
    files = bundle.files_of(Invoice.objects.filter(period=NOVEMBER.first_day))

    with django_assert_num_queries(2):
        next(files)
    with django_assert_num_queries(1):
        next(files)
