"""Characters on paper: what the bundled fonts have stays, and nothing else comes from the machine."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from billing.documents import pdf_of
from billing.glyphs import UNKNOWN, printable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Łucja Ærøskøbing Ñandú Иван Ωmega €", "Łucja Ærøskøbing Ñandú Иван Ωmega €"),
        ("Zoe\u0308", "Zoë"),
        ("Bob 🦊", "Bob ?"),
        ("❤\ufe0f", "?"),
        ("田中", "??"),
        ("\u202eBob\u200b\u2066 de\u00ad Vries\ufeff", "Bob de Vries"),
        ("a\x00\x1b\x7fb\ud800", "ab"),
        ("twee\n\tregels", "twee\n\tregels"),
        ("", ""),
    ],
)
def test_text_is_printed_as_far_as_the_fonts_go(text: str, printed: str):
    assert printable(text) == printed


@given(st.text())
def test_what_is_printed_stays_so_and_hides_nothing(text: str):
    printed = printable(text)

    assert printable(printed) == printed
    assert not [character for character in printed if unicodedata.category(character) in {"Cf", "Cs", "Cn"}]
    assert len(printed) <= len(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_no_character_that_can_be_seen_is_lost_without_a_trace(text: str):
    composed = unicodedata.normalize("NFC", text)
    selectors = sum(
        unicodedata.category(c) == "Mn" and unicodedata.name(c, "").startswith("VARIATION") for c in composed
    )

    assert len(printable(text)) == len(composed) - selectors


def test_document_never_uses_a_font_of_the_machine():
    page = f"<!doctype html><html lang='nl'><title>🦊</title><p>田中 🦊 {UNKNOWN} <b>ทดสอบ</b></p></html>"

    fonts = PdfReader(io.BytesIO(pdf_of(page, stylesheet="invoice"))).pages[0]["/Resources"]["/Font"].values()

    assert {font["/BaseFont"].partition("+")[2] for font in fonts} == {"Inter", "Inter-Semi-Bold"}
