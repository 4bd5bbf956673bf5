"""Documents: the same bytes each time, and nothing from outside."""

import io
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from billing import documents
from portals.images import clean_image

PAGE = "<!doctype html><html lang='nl'><title>T</title><p>€ 1.234,50 <b>Łucja Ωmega Иван</b></p></html>"
IN_ANOTHER_PROCESS = """
import django; django.setup()
import hashlib, sys
from billing.documents import pdf_of
print(hashlib.sha256(pdf_of(sys.argv[1], stylesheet="invoice")).hexdigest())
"""


def test_pdf_of_the_same_page_is_the_same_in_every_process_and_after_other_documents():
    first = sha256(documents.pdf_of(PAGE, stylesheet="invoice")).hexdigest()
    documents.pdf_of("<p>Iets anders <b>€ 1</b></p>", stylesheet="invoice")
    again = sha256(documents.pdf_of(PAGE, stylesheet="invoice")).hexdigest()
    elsewhere = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, PAGE],
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
    )

    assert first == again == elsewhere.stdout.strip()


def test_pdf_embeds_the_bundled_fonts_only():
    page = PdfReader(io.BytesIO(documents.pdf_of(PAGE, stylesheet="invoice"))).pages[0]

    fonts = {font["/BaseFont"].partition("+")[2] for font in page["/Resources"]["/Font"].values()}
    assert fonts == {"Inter", "Inter-Semi-Bold"}


def widths_of(element: str, *, font: str = "Inter") -> Counter[int]:
    """How wide the glyphs of `font` are in a document with `element`, and how many are so."""
    html = f"<!doctype html><html lang='nl'><title>T</title>{element}</html>"
    page = PdfReader(io.BytesIO(documents.pdf_of(html, stylesheet="invoice"))).pages[0]
    (of_font,) = (of for of in page["/Resources"]["/Font"].values() if of["/BaseFont"].endswith(f"+{font}"))
    groups = of_font["/DescendantFonts"][0].get_object()["/W"]
    return Counter(width for group in groups if isinstance(group, list) for width in group)


def test_digits_have_one_width_in_columns_of_figures():
    widths = widths_of("<table><tr><td class='amount'>0123456789</td></tr></table>", font="Inter-figures")

    assert max(widths.values()) == 10


def test_hyphen_of_a_name_is_narrower_than_a_digit():
    (hyphen,) = widths_of("<p>0-</p>") - widths_of("<p>0</p>")
    (digit,) = widths_of("<p>0-</p>") - widths_of("<p>-</p>")

    assert hyphen < digit


def test_features_are_asked_of_the_font_and_not_of_every_line():
    """WeasyPrint 70 never gives back what it sets up for a line that asks for some: a quarter of a MB a document."""
    documents.pdf_of(PAGE, stylesheet="invoice")

    assert documents._fonts().font_features == {}


def test_pdf_is_the_same_from_many_threads():
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: documents.pdf_of(PAGE, stylesheet="invoice"), range(8)))

    assert len(made) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/logo.png",
        "http://127.0.0.1:1/logo.png",
        "file:///etc/passwd",
        "ftp://example.com/logo.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "../../manage.py",
        "../fonts/../../manage.py",
        "%2e%2e/%2e%2e/manage.py",
        "file://elsewhere/static/pdf/invoice.css",
        "../fonts/Inter-LICENSE.txt",
    ],
)
@pytest.mark.parametrize(
    "html", ["<img src='{}'>", "<link rel='stylesheet' href='{}'>", "<p style='background: url({})'>x</p>"]
)
def test_document_that_asks_for_another_file_is_refused(address: str, html: str):
    with pytest.raises(documents.DocumentRefused, match="is not a bundled file"):
        documents.pdf_of(html.format(address), stylesheet="invoice")


@pytest.mark.parametrize("address", ["picture:2", "picture:", "picture://1", "file:1", "picture:../1"])
def test_picture_that_was_not_handed_over_is_refused(address: str):
    with pytest.raises(documents.DocumentRefused, match="is not a bundled file"):
        documents.pdf_of(f"<img src='{address}'>", stylesheet="invoice", pictures={"1": b"jpeg"})


def test_file_outside_the_bundle_is_refused_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bundle = tmp_path / "pdf"
    bundle.mkdir()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (bundle / "logo.png").symlink_to(tmp_path / "secret.png")
    monkeypatch.setattr(documents, "BUNDLED", (bundle,))

    with pytest.raises(documents.DocumentRefused):
        documents.BundledFiles().fetch((bundle / "logo.png").as_uri())


def test_warm_up_reads_the_fonts_once():
    documents.warm_up()
    fonts = documents._fonts()
    documents.warm_up()

    assert documents._fonts() is fonts


def test_half_a_picture_is_refused_in_a_process_that_makes_documents():
    whole = io.BytesIO()
    Image.effect_noise((400, 400), 90).save(whole, "PNG")

    with pytest.raises(ValidationError):
        clean_image(SimpleUploadedFile("logo.png", whole.getvalue()[:5000]))
