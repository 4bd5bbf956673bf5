"""The pages that help and inform: what the law asks stands on them, for everybody, also when the shop has closed."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from accounts.models import Mail
from orders.checks import check_guarantee_notice
from portals.models import Portal, PortalState
from tests.orders.conftest import ACME, order_of, put
from tests.world import World
from thuiswerk.lib.guarantee import official_notice

PAGES = ("/help/", "/help/terms/", "/help/accessibility/", "/help/employer/")
OPEN_TO_ALL = PAGES[:3]
# Annex I of Regulation (EU) 2025/1960.
NOTICE = {
    "nl": (
        "Minimaal twee jaar bescherming dankzij de wettelijke garantie voor goederen die in de Europese Unie worden "
        "verkocht. Consumenten kunnen hun rechten doen gelden op grond van de wettelijke conformiteitsgarantie, "
        "bijvoorbeeld als goederen: niet met de beschrijving overeenstemmen; niet naar behoren functioneren. Verkopers "
        "zijn aansprakelijk voor elk conformiteitsgebrek dat bestond bij de levering van de goederen en dat binnen de "
        "wettelijke garantieperiode aan het licht komt."
    ),
    "en": (
        "Minimum two-year legal guarantee protection for goods sold in the European Union. Consumers can claim their "
        "rights under the legal guarantee of conformity, for example if goods: do not match the description; do not "
        "function as intended. Sellers are liable for any lack of conformity which existed when the goods were "
        "delivered, and which becomes apparent within the legal guarantee period."
    ),
}


def words_of(page: str) -> str:
    """The text of a page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split()).replace(" ;", ";").replace(" .", ".")


def read(client: Client, path: str, language: str = "nl") -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(path)
    assert response.status_code == 200, path
    return words_of(response.content.decode())


@pytest.mark.parametrize("state", [PortalState.READY, PortalState.PAUSED, PortalState.CLOSED])
def test_pages_outlive_the_shop(world: World, today, bob: Client, state):
    Portal.objects.filter(pk=world.acme.pk).update(state=state)

    for path in PAGES:
        page = bob.get(path).content.decode()
        assert page.count("<h1") == 1
        for linked in PAGES:  # the footer, at the same place everywhere
            assert f'href="{linked}"' in page.partition("<footer")[2], (path, linked)
        assert 'href="/help/"' in page.partition("<main")[0]


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_who_cannot_log_in_reads_whom_to_ask(world: World, path):
    assert settings.OPERATOR["email"] in read(Client(HTTP_HOST=ACME), path)


def test_what_the_employer_sees_is_for_members(world: World):
    response = Client(HTTP_HOST=ACME).get("/help/employer/")

    assert response["Location"] == "/account/login/?next=/help/employer/"


def test_employer_page_has_the_row_of_the_invoice_and_no_product(world: World, today, bob: Client):
    order = order_of(world.bob, world.chair)

    page = read(bob, "/help/employer/")

    assert f"16 november 2026 {order.number}, 1002 € 249,00 nog niet gemaakt" in page.replace("\xa0", " ")
    assert world.chair.name not in page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_notice_of_the_guarantee_stands_at_the_product_and_before_ordering(world: World, today, bob, language):
    put(world.bob, world.chair)

    for path in (f"/products/{world.chair.pk}/{world.chair.slug}/", "/checkout/", "/help/terms/"):
        assert NOTICE[language] in read(bob, path, language), path


def test_checkout_names_seller_terms_and_what_the_employer_sees(world: World, today, bob: Client):
    put(world.bob, world.chair)

    page = bob.get("/checkout/").content.decode()

    form = page.partition("<form method")[2]
    assert f"Je koopt van {settings.OPERATOR['name']}." in form
    assert "Je werkgever ziet bedragen, geen producten." in form
    assert 'href="/help/terms/"' in form
    assert "Bestelling met betalingsverplichting" in form


def test_notice_takes_no_colour_of_the_brand():
    used = re.findall(r"var\(--([\w-]+)", (settings.BASE_DIR / "static/css/guarantee.css").read_text())

    assert {name for name in used if not name.startswith("notice-")} == {"text-s", "text-l"}


FREE = "Terugsturen is gratis: wij betalen de verzendkosten."


@pytest.mark.parametrize("days", [14, 30])
def test_every_page_and_mail_says_how_long_one_can_withdraw(world: World, today, bob: Client, settings, days):
    settings.RETURN_DAYS = days
    order = order_of(world.bob, world.chair)

    for path in ("/help/", "/help/terms/"):
        assert f"Binnen {days} dagen na" in " ".join(bob.get(path).text.split())
    assert FREE in bob.get("/help/terms/").text
    assert 'href="/orders/">Mijn bestellingen</a>' in bob.get("/help/terms/").text
    mail = Mail.objects.get(key=f"order-confirmed:{order.number}")
    assert f"Binnen {days} dagen na levering" in mail.text
    assert f"Binnen {days} dagen na levering" in mail.html
    assert [FREE in text for text in (mail.text, mail.html)] == [True, True]


@pytest.fixture
def official(settings, tmp_path: Path) -> Iterator[Path]:
    """A folder for the pictures of the Commission, in place of the words alone."""
    settings.GUARANTEE_DIR = tmp_path
    official_notice.cache_clear()
    yield tmp_path
    official_notice.cache_clear()


def test_official_notice_is_shown_as_it_is_with_its_words(world: World, today, bob: Client, official: Path):
    Image.new("RGB", (1240, 1754)).save(official / "nl.png")

    page = bob.get("/help/terms/").text

    picture = re.search(r'<img src="([^"]+)" width="(\d+)" height="(\d+)"', page)
    assert picture.groups() == ("/static/guarantee/nl.png", "1240", "1754")
    assert "<summary>Lees de kennisgeving als tekst</summary>" in page
    assert NOTICE["nl"] in read(bob, "/help/terms/")


def test_without_an_official_notice_the_words_stand_alone(world: World, today, bob: Client, official: Path):
    page = bob.get("/help/terms/").text

    assert ("guarantee-official" in page, "guarantee-words" in page) == (False, False)
    assert NOTICE["nl"] in read(bob, "/help/terms/")


def test_check_tells_of_official_notices_that_are_missing_or_no_picture(official: Path):
    Image.new("RGB", (10, 10)).save(official / "en.png")
    (missing,) = check_guarantee_notice(None)
    (official / "nl.png").write_text("no picture")
    official_notice.cache_clear()
    (unreadable,) = check_guarantee_notice(None)

    assert (missing.id, f"{official}/nl.png" in missing.msg, "en.png" in missing.msg) == ("orders.I001", True, False)
    assert (unreadable.id, unreadable.msg) == ("orders.E010", f"{official}/nl.png is no picture.")

    Image.new("RGB", (10, 10)).save(official / "nl.png")
    official_notice.cache_clear()
    assert check_guarantee_notice(None) == []


def test_employer_page_tells_what_payroll_gets(world: World, bob: Client):
    page = read(bob, "/help/employer/")

    assert "vrije ruimte of loon. Producten staan er niet in." in page
    assert "of je daar zelf aan meebetaalde, nooit hoeveel." in page
