"""The announcement kit: texts in two languages, a poster in every colour, and all of it in one file."""

import io
import zipfile

import pikepdf
import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pypdf import PdfReader

from billing.documents import pdf_of
from onboarding import announcement
from onboarding.deletion_report import report_pdf
from onboarding.models import DeletionReport
from portals.models import Portal
from tests import verapdf
from tests.world import NOW
from thuiswerk.lib.colour import contrast, text_on

COLOURS = ["#1f5f8b", "#ffe600", "#000000", "#ffffff", "#c8102e", "#7f7f7f"]
NAMES = ["Acme", "Thuiswerkwinkel van de Koninklijke Nederlandse Vereniging voor Volkssterrenwachten", "W" * 80]


def with_logo(portal, size=(800, 200)):
    target = io.BytesIO()
    Image.new("RGBA", size, (200, 30, 60, 128)).save(target, "PNG")
    portal.logo.save("logo.png", ContentFile(target.getvalue()))
    return portal


def words(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", announcement.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("colour", COLOURS)
def test_poster_is_one_page_whatever_it_is_called_and_coloured(world, colour, name, language):
    portal = with_logo(world.acme)
    portal.name, portal.brand_color, portal.slug = name, colour, "thuiswerken-bij-een-heel-lange-naam-bv"

    pdf = announcement.poster_pdf(portal, language=language)

    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "thuiswerken-bij-een-heel-lange-naam-bv.localhost" in words(pdf).replace(" ", "")
    assert "2027" in words(pdf)


@pytest.mark.parametrize("colour", COLOURS)
def test_text_on_the_colour_can_be_read(colour):
    assert contrast(text_on(colour), colour) >= 4.5


def test_poster_keeps_the_standards(world, tmp_path):
    paths = []
    for number, colour in enumerate(COLOURS):
        portal = with_logo(world.acme) if number % 2 else world.globex
        portal.brand_color = colour
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(announcement.poster_pdf(portal, language=announcement.LANGUAGES[number % 2]))
        paths.append(path)

    paths.append(tmp_path / "deletion.pdf")
    kept = {"ordered": 12, "contacts": 1, "elsewhere": 1}
    report = DeletionReport(portal=world.acme, made_at=NOW, people=3, kinds={"account": 3, "mails": 14}, kept=kept)
    paths[-1].write_bytes(report_pdf(report, language="nl"))

    assert verapdf.findings(paths) == {path: [] for path in paths}


def test_poster_says_what_its_pictures_are(world):
    pdf = announcement.poster_pdf(with_logo(world.acme), language="nl")

    with pikepdf.open(io.BytesIO(pdf)) as document:
        alts = {str(thing["/Alt"]) for thing in document.objects if _has_alt(thing)}
    assert alts == {"Logo van Acme", "QR-code van acme.localhost"}


def _has_alt(thing):
    return isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing


def test_poster_leaves_out_what_is_not_wanted_or_not_there(world):
    full = words(announcement.poster_pdf(world.acme, language="nl"))
    bare = words(announcement.poster_pdf(world.acme, language="nl", with_period=False, with_credit=False))

    assert ("250,00" in full, "Open van 1 oktober tot en met 31 januari 2027" in full) == (True, True)
    assert ("250,00" in bare, "Open van" in bare) == (False, False)


def test_poster_of_a_portal_whose_logo_is_lost_names_the_company(world):
    portal = with_logo(world.acme)
    portal.logo.storage.delete(portal.logo.name)

    assert " Acme Acme Thuiswerkwinkel " in words(announcement.poster_pdf(portal, language="nl"))


@pytest.mark.parametrize("colour", ["red} * {display: none", "#12345", "#1234567", "url(x)"])
def test_colour_that_is_none_does_not_reach_the_stylesheet(colour):
    html = "<!doctype html><html lang='nl'><title>x</title><p>words</p>"

    assert words(pdf_of(html, stylesheet="poster", tokens={"brand": colour})) == "words"


def test_texts_say_where_when_and_how_much(world):
    for language, credit, first in (
        ("nl", "€ 250,00 tegoed", "1 oktober 2026"),
        ("en", "€ 250,00 of credit", "1 October 2026"),
    ):
        for text in (
            announcement.intranet_text(world.acme, language=language),
            announcement.mail_text(world.acme, language=language),
        ):
            for body in (plain(text.text), plain(text.html)):
                assert "acme.localhost" in body
                assert credit in body
                assert first in body


def test_html_of_a_company_with_markup_in_its_name_is_harmless(world):
    world.acme.company.name = "Zij & <b>Zoon</b>"

    text = announcement.intranet_text(world.acme, language="nl")

    assert "Zij &amp; &lt;b&gt;Zoon&lt;/b&gt; geeft" in text.html
    assert "Zij & <b>Zoon</b> geeft" in text.text


def test_kit_holds_poster_and_texts_and_is_the_same_file_each_time(world):
    kit = announcement.kit_zip(world.acme, "en")

    with zipfile.ZipFile(io.BytesIO(kit)) as archive:
        names = archive.namelist()
        poster = archive.read("poster-acme-en.pdf")
    assert names == ["poster-acme-en.pdf", "intranet-en.txt", "intranet-en.html", "mail-en.txt", "mail-en.html"]
    assert poster.startswith(b"%PDF")
    assert announcement.kit_zip(world.acme, "en") == kit


def address(portal, path=""):
    return f"/admin/portals/portal/{portal.pk}/announcement/{path}"


def test_coordinator_finds_texts_poster_and_kit(world, office):
    page = office.get(address(world.acme)).content.decode()
    poster, kit = office.get(address(world.acme, "poster/en/")), office.get(address(world.acme, "kit/nl/"))

    assert page.count("<textarea") == 8
    assert (poster["Content-Type"], kit["Content-Type"]) == ("application/pdf", "application/zip")
    assert office.get(address(world.acme, "kit/fr/")).status_code == 404
    assert "250" not in words(office.get(address(world.acme, "poster/nl/?credit=no")).content)
    assert Portal.objects.get(pk=world.acme.pk).state == "ready"
