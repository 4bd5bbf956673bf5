"""From an issued invoice to the company's mailbox."""

import datetime as dt
import io
from decimal import Decimal
from hashlib import sha256

import pytest
from django.conf import settings
from django.db import connection
from pypdf import PdfReader

from accounts.models import Mail
from billing import delivery, ledger
from billing.models import Invoice, InvoiceDocument
from tests.billing.conftest import invoice_of
from tests.world import NOW, World, make_grant
from thuiswerk.lib.periods import AMSTERDAM, Month

RUN = dt.datetime(2026, 12, 8, 6, 0, tzinfo=AMSTERDAM)


def issue(world: World, *, orders: int = 1, language: str = "nl") -> Invoice:
    world.acme.company.language = language
    world.acme.company.save()
    make_grant(world.bob, "5000.00")
    for number in range(orders):
        ledger.spend(world.bob, amount=Decimal("40.25"), order_number=f"TW26-{number:05d}", now=NOW)
    return invoice_of(world.acme, Month.of(NOW), now=RUN)


def pages_of(document: InvoiceDocument) -> list[str]:
    pages = PdfReader(io.BytesIO(bytes(document.content))).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def text_of(document: InvoiceDocument) -> str:
    return "\n".join(pages_of(document))


def test_pdf_says_what_the_company_needs(world: World):
    issued = issue(world)

    text = text_of(delivery.store_document(issued, now=RUN)).replace("\N{NO-BREAK SPACE}", " ")

    for words in (
        "Acme Nederland B.V.",
        "Factuur",
        "F2026-0001",
        "8 december 2026",
        "7 januari 2027",
        "november 2026",
        "PO-ACME",
        "TW26-00000",
        "1002",
        "€ 40,25",
        "NL91 ABNA 0417 1643 00",
        issued.vat_sentence,
        "pagina 1 van 1",
    ):
        assert words in text


def test_pdf_specifies_no_vat(world: World):
    text = text_of(delivery.store_document(issue(world), now=RUN)).replace(settings.INVOICE_VAT_SENTENCE["nl"], "")

    assert "btw" not in text.lower()
    assert "%" not in text


def test_pdf_speaks_english_to_an_english_company(world: World):
    text = text_of(delivery.store_document(issue(world, language="en"), now=RUN))

    assert "Invoice number" in text
    assert "Factuur" not in text


def test_pdf_of_many_lines_repeats_the_header_and_counts_its_pages(world: World):
    document = delivery.store_document(issue(world, orders=60), now=RUN)

    pages = text_of(document).split("\n")
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"pagina {number} van {len(pages)}" in page
    assert sum(page.count("Personeelsnummer") for page in pages) >= len(pages) - 1
    assert sum(page.count("TW26-") for page in pages) == 60


@pytest.mark.parametrize("orders", [1, 9, 10, 11, 12, 13, 23, 25, 60])
def test_payment_stands_on_a_page_with_the_total_and_the_last_lines(world: World, orders: int):
    pages = pages_of(delivery.store_document(issue(world, orders=orders), now=RUN))

    last_lines = [f"TW26-{number:05d}" for number in range(orders)][-3:]
    assert [page for page in pages if "Zo betaal je" in page] == pages[-1:]
    assert [page for page in pages if "Te betalen" in page] == pages[-1:]
    assert [number for number in last_lines if number not in pages[-1]] == []
    assert sum(page.count("TW26-") for page in pages) == orders


def test_account_is_read_however_the_operator_wrote_it(world: World, settings):
    settings.OPERATOR = settings.OPERATOR | {"iban": "nl91 abna 0417 1643 00", "bic": "ABNA NL 2A"}

    text = text_of(delivery.store_document(issue(world), now=RUN))

    assert "IBAN NL91 ABNA 0417 1643 00" in text
    assert "BIC ABNANL2A" in text


def test_invoice_of_eleven_orders_fits_on_one_page(world: World, settings):
    settings.OPERATOR = settings.OPERATOR | {"bic": "ABNANL2A"}

    assert len(pages_of(delivery.store_document(issue(world, orders=11), now=RUN))) == 1


def test_pdf_is_stored_once_with_its_hash_and_made_the_same_again(world: World):
    issued = issue(world)
    stored = delivery.store_document(issued, now=RUN)

    again = delivery.made_from_rows(issued)

    assert delivery.store_document(issued, now=RUN) == stored
    assert stored.sha256 == sha256(bytes(stored.content)).hexdigest() == sha256(again).hexdigest()


def test_pdf_does_not_follow_the_company_after_issue(world: World):
    issued = issue(world)
    world.acme.company.legal_name = "Iets Heel Anders B.V."
    world.acme.company.save()

    assert "Acme Nederland B.V." in text_of(delivery.store_document(Invoice.objects.get(pk=issued.pk), now=RUN))


def test_finish_mails_the_pdf_once_to_the_address_of_the_company(world: World):
    issued = issue(world)

    delivery.finish(issued, now=RUN)
    delivery.finish(issued, now=RUN)

    mail = Mail.objects.get()
    attached, e_invoice = mail.files.order_by("pk")
    assert (e_invoice.name, e_invoice.mime_type) == ("factuur-F2026-0001.xml", "application/xml")
    assert bytes(e_invoice.content) == bytes(issued.e_invoice.content)
    assert (mail.to, attached.name, attached.mime_type) == (
        "facturen@acme.example",
        "factuur-F2026-0001.pdf",
        "application/pdf",
    )
    assert bytes(attached.content) == bytes(issued.document.content)
    assert "F2026-0001" in mail.subject
    assert "€\N{NO-BREAK SPACE}40,25" in mail.text


def test_unfinished_are_those_without_pdf_or_mailing(world: World):
    issued = issue(world)

    assert list(delivery.unfinished()) == [issued]
    delivery.store_document(issued, now=RUN)
    assert list(delivery.unfinished()) == [issued]
    delivery.finish(issued, now=RUN)
    assert list(delivery.unfinished()) == []


def test_damaged_pdf_is_never_mailed(world: World):
    issued = issue(world)
    delivery.store_document(issued, now=RUN)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE billing_invoicedocument SET content = 'x'::bytea")
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(delivery.DocumentDamaged):
        delivery.finish(Invoice.objects.get(pk=issued.pk), now=RUN)

    assert not Mail.objects.exists()
    assert not issued.deliveries.exists()
