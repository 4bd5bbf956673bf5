"""Style, pictures and language of a portal."""

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import NOW, make_grant

ACME = {"host": "acme.localhost", "accept-language": "nl"}


def test_stylesheet_may_be_kept_for_ever_under_its_hash_only(world, client):
    known = client.get(f"/brand/{world.acme.brand_hash}.css", headers=ACME)
    other = client.get("/brand/0123456789ab.css", headers=ACME)

    assert (known.status_code, known["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert known["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--brand: #1f5f8b;" in known.content.decode()
    assert other.status_code == 404


def test_every_page_links_the_stylesheet_of_its_portal(world, client):
    world.acme.brand_color = "#ffd400"
    world.acme.save()

    page = client.get("/account/login/", headers=ACME).content.decode()

    assert f'href="/brand/{world.acme.brand_hash}.css"' in page


def test_logo_is_served_to_visitors_by_its_own_name(world, client):
    world.acme.logo.save("abc.webp", ContentFile(b"RIFF-a-logo"))

    response = client.get("/brand/files/abc.webp", headers=ACME)

    assert b"".join(response) == b"RIFF-a-logo"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["other.webp", "..%2fabc.webp", "branding%2fabc.webp", ""])
def test_nothing_else_is_served_as_a_picture_of_the_brand(world, client, name):
    world.acme.logo.save("abc.webp", ContentFile(b"RIFF-a-logo"))

    assert client.get(f"/brand/files/{name}", headers=ACME).status_code == 404


@pytest.mark.parametrize(
    ("back", "goes_to"),
    [
        ("/cart/", "/cart/"),
        ("http://acme.localhost/orders/", "http://acme.localhost/orders/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("http://globex.localhost/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_language_is_kept_and_the_way_back_stays_in_the_portal(world, client, back, goes_to):
    client.force_login(world.bob.user)

    response = client.post("/language/", {"language": "en", "next": back}, headers=ACME)

    world.bob.user.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, goes_to)
    assert (response.cookies["django_language"].value, world.bob.user.language) == ("en", "en")


def test_unknown_language_changes_nothing(world, client):
    response = client.post("/language/", {"language": "xx"}, headers=ACME)

    assert "django_language" not in response.cookies


@pytest.mark.parametrize(
    ("grants", "sentence"),
    [
        ([("250.00", {})], "Je hebt <strong>€\u00a0250,00</strong> tegoed, te besteden tot en met 31 januari 2027."),
        (
            [("250.00", {}), ("10.00", {"valid_until": NOW.date()})],
            "Daarvan kun je €\u00a010,00 besteden tot en met 16 november 2026.",
        ),
        ([("5.00", {"valid_from": NOW.date().replace(day=20)})], "gaat in op <strong>20 november 2026</strong>"),
        ([("5.00", {"valid_until": NOW.date().replace(day=2)})], "Je tegoed is op 2 november 2026 verlopen."),
        ([], "Je hebt nog geen tegoed in deze winkel. Je kunt wel met eigen geld bestellen."),
    ],
)
def test_front_page_says_how_the_credit_stands(world, client, grants, sentence):
    for amount, fields in grants:
        make_grant(world.alice, amount, **fields)
    client.force_login(world.alice.user)

    with time_machine.travel(NOW, tick=False):
        page = client.get("/", headers=ACME).content.decode()

    assert sentence in page
    assert "Welkom, Alice" in page


def test_front_page_takes_six_questions(world, client):
    client.force_login(world.bob.user)
    with time_machine.travel(NOW, tick=False):
        client.get("/", headers=ACME)
        with CaptureQueriesContext(connection) as captured:
            client.get("/", headers=ACME)

    assert len(captured) == 6
