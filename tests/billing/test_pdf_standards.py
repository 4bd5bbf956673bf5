"""Every kind of document against PDF/A-3a (to be kept) and PDF/UA-1 (to be read aloud), by veraPDF."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from billing import einvoice
from billing.closing import closing_pdf, closing_statement
from billing.documents import pdf_of
from billing.interest import InterestStatement, Stretch, interest_pdf
from billing.models import Correction, DocumentKind, Invoice, InvoiceLine, Origin
from billing.paper import render_invoice
from orders.receipts import receipt_pdf
from portals.models import Specification
from tests import verapdf
from tests.billing.paperwork import BUYER, make_credit_note, make_document, make_invoice, make_line
from tests.orders.conftest import order_of
from tests.world import NOW, World

LANGUAGES = ("nl", "en")
NAMES = {
    "diacritics": "Ærøskøbing Ñandú Łódź",
    "markup": "R&D <b>Zij & Zoon</b> ]]>",
    "emoji": "Bob 🦊 \u202e 田中",
    "long word": "x" * 200,
    "long": "Zoë van den Heuvel-Ärmstrong " * 7,
    "unprintable": "\x00\x0bBob\ufffe\n de  Vries\t",
}

Paper = tuple[Invoice, list[InvoiceLine]]


def one_line(**facts: object) -> Paper:
    return make_document(1, **facts)


def many_lines(**facts: object) -> Paper:
    return make_document(60, **facts)


def credit_note(**facts: object) -> Paper:
    return make_credit_note("F2026-0001", **facts)


def credit_note_of_three(**facts: object) -> Paper:
    return make_credit_note("F2026-0003", "F2026-0001", "F2026-0002", **facts)


def specimen(**facts: object) -> Paper:
    return make_document(3, number="VOORBEELD-2026-0001", origin=Origin.SPECIMEN, **facts)


def late(**facts: object) -> Paper:
    invoice, lines = make_document(2, **facts)
    lines[0].first_day = lines[0].last_day = invoice.starts_on = dt.date(2026, 9, 28)
    return invoice, lines


def replacement(**facts: object) -> Paper:
    invoice, lines = make_document(2, origin=Origin.CORRECTION, reason="Inkoopordernummer ontbrak", **facts)
    replaced = make_invoice(number="F2026-0007", issued_on=dt.date(2026, 10, 8))
    invoice.replaces = Correction(invoice=replaced, replacement=invoice)
    return invoice, lines


def called(name: str) -> Callable[..., Paper]:
    def paper(**facts: object) -> Paper:
        invoice = make_invoice(specification=Specification.NAME, total=Decimal(40), reason=name[:200], **facts)
        invoice.buyer = {**BUYER, "name": name, "contact": name, "address": [name, name], "portal": name}
        invoice.order_number = invoice.buyer_reference = name[:60]
        return invoice, [make_line(name=name, staff_number=name[:20])]

    return paper


def specified(specification: str) -> Callable[..., Paper]:
    def paper(**facts: object) -> Paper:
        invoice, lines = make_document(3, specification=specification, **facts)
        for line in lines:
            line.name, line.cost_centre, line.order_number = "Bob de Vries", "4100 Verkoop", f"TW26-{line.position}"
            line.products = line.products_back = "2 × Bureaustoel Ergo, 1 × Monitorarm"
        return invoice, lines

    return paper


def naming(name: str) -> Callable[..., Paper]:
    def paper(**facts: object) -> Paper:
        note, lines = make_credit_note("F2026-0003", "F2026-0001", specification=Specification.PRODUCTS, **facts)
        for line in lines:
            line.order_number, line.products = f"TW26-10000{line.position}", f"2 × {name}"
        return note, lines

    return paper


PAPERS: dict[str, Callable[..., Paper]] = {
    "one line": one_line,
    "many lines": many_lines,
    "credit note": credit_note,
    "credit note of three": credit_note_of_three,
    "specimen": specimen,
    "late": late,
    "replacement": replacement,
    **{f"name {key}": called(name) for key, name in NAMES.items()},
    **{f"product {key}": naming(name) for key, name in NAMES.items()},
    **{f"specified {specification}": specified(specification) for specification in Specification},
}


def rendered(paper: Callable[..., Paper], language: str) -> bytes:
    invoice, lines = paper(language=language)
    is_real = not invoice.is_specimen
    return render_invoice(invoice, lines, e_invoice=einvoice.build(invoice, lines) if is_real else None)


def kept(folder: Path, files: dict[str, bytes]) -> dict[str, list[str]]:
    """What each of `files` breaks, by its name."""
    paths = {folder / f"{number}.pdf": name for number, name in enumerate(files)}
    for path, name in paths.items():
        path.write_bytes(files[name])
    return {paths[path]: broken for path, broken in verapdf.findings(paths).items()}


def test_every_document_keeps_both_standards_in_both_languages(tmp_path: Path):
    files = {
        f"{name}, {language}": rendered(paper, language) for name, paper in PAPERS.items() for language in LANGUAGES
    }

    assert {name: broken for name, broken in kept(tmp_path, files).items() if broken} == {}


def test_receipt_of_an_employee_keeps_both_standards(world: World, tmp_path: Path):
    for language, member in (("nl", world.bob), ("en", world.alice)):
        member.user.language = language
        member.user.save()
    files = {name: receipt_pdf(order_of(getattr(world, name), world.chair)) for name in ("bob", "alice")}

    assert kept(tmp_path, files) == {"bob": [], "alice": []}


def test_closing_statement_keeps_both_standards(world: World, tmp_path: Path):
    files = {}
    for language in LANGUAGES:
        world.acme.company.language = language
        files[language] = closing_pdf(closing_statement(world.acme), now=NOW)

    assert kept(tmp_path, files) == {"nl": [], "en": []}


def test_statement_of_interest_keeps_both_standards(tmp_path: Path):
    stretch = Stretch(dt.date(2026, 1, 1), dt.date(2026, 3, 14), Decimal(1000), Decimal("10.15"), Decimal("20.3"))
    files = {}
    for language in LANGUAGES:
        invoice = make_invoice(language=language, total=Decimal(1000))
        statement = InterestStatement(invoice, dt.date(2026, 3, 14), Decimal(1000), (stretch,), Decimal(150))
        files[language] = interest_pdf(statement)

    assert kept(tmp_path, files) == {"nl": [], "en": []}


def test_file_that_breaks_a_standard_is_found(tmp_path: Path):
    good = rendered(one_line, "nl")
    (tmp_path / "good.pdf").write_bytes(good)
    with pikepdf.open(tmp_path / "good.pdf") as pdf:
        del pdf.Root.Lang
        del pdf.Root.OutputIntents
        pdf.save(tmp_path / "bad.pdf")

    broken = verapdf.findings([tmp_path / "good.pdf", tmp_path / "bad.pdf"])

    assert broken[tmp_path / "good.pdf"] == []
    assert any(rule.startswith("ua1 7.2-") for rule in broken[tmp_path / "bad.pdf"])
    assert any(rule.startswith("3a ") for rule in broken[tmp_path / "bad.pdf"])


def test_file_that_cannot_be_read_does_not_pass(tmp_path: Path):
    (tmp_path / "none.pdf").write_bytes(b"no PDF")

    with pytest.raises(RuntimeError):
        verapdf.findings([tmp_path / "none.pdf"])


def test_page_without_a_title_is_found(tmp_path: Path):
    page = "<!doctype html><html lang='nl'><p>Zonder titel</p></html>"

    broken = kept(tmp_path, {"page": pdf_of(page, stylesheet="invoice")})["page"]

    assert any(rule.startswith("ua1 7.1-") for rule in broken)


def test_credit_note_is_among_the_papers():
    kinds = {paper(language="nl")[0].kind for paper in PAPERS.values()}

    assert kinds == {DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE}
