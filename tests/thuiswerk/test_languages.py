"""In which language a page is, and who is offered English: asked, never switched, and asked once."""

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client

from portals.models import Membership
from tests.world import NOW, PASSWORD, World

OFFER = "This page is also available in English."
HOSTS = pytest.mark.parametrize("host", ["localhost", "acme.localhost"])
PATHS = {"localhost": "/", "acme.localhost": "/account/login/"}
COOKIE = django_settings.LANGUAGE_COOKIE_NAME


@pytest.fixture(autouse=True)
def _today(world: World):
    with time_machine.travel(NOW, tick=False):
        yield


def visit(host: str, wanted: str | None, cookie: str = "") -> tuple[str, bool]:
    """The language of a page, and whether English is offered on it."""
    client = Client(HTTP_HOST=host, **({} if wanted is None else {"HTTP_ACCEPT_LANGUAGE": wanted}))
    if cookie:
        client.cookies[COOKIE] = cookie
    response = client.get(PATHS[host])
    language = "en" if '<html lang="en">' in response.text else "nl"
    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]
    return language, OFFER in response.text


@HOSTS
@pytest.mark.parametrize(
    ("wanted", "is_offered"),
    [
        (None, False),
        ("", False),
        ("*", False),
        ("no language;;", False),
        ("nl", False),
        ("nl-BE,nl;q=0.9,en;q=0.8", False),
        ("fr;q=0.9,nl;q=0.8,en;q=0.7", False),
        ("en", True),
        ("en-GB,en;q=0.9,nl;q=0.8", True),
        ("nl;q=0.4,en;q=0.5", True),
        ("nl;q=0,pl", True),
        ("de-DE,de", True),
    ],
)
def test_who_would_rather_read_something_else_is_offered_english(host: str, wanted: str | None, is_offered: bool):
    assert visit(host, wanted) == ("nl", is_offered)


@HOSTS
@pytest.mark.parametrize(("cookie", "language"), [("nl", "nl"), ("en", "en"), ("xx", "nl")])
def test_choice_is_kept_and_not_asked_for_again(host: str, cookie: str, language: str):
    assert visit(host, "en", cookie) == (language, cookie == "xx")


@HOSTS
@pytest.mark.parametrize("language", ["en", "nl"])
def test_either_button_is_remembered_and_leads_back(host: str, language: str):
    client = Client(HTTP_HOST=host, HTTP_ACCEPT_LANGUAGE="en", enforce_csrf_checks=True)
    page = client.get(f"{PATHS[host]}?a=b&c=d")
    form = page.text.partition('class="container english__bar"')[2].partition("</form>")[0]
    token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]

    answer = client.post(
        "/language/", {"csrfmiddlewaretoken": token, "language": language, "next": f"{PATHS[host]}?a=b&c=d"}
    )

    assert f'name="language" value="{language}"' in form
    assert f'name="next" value="{PATHS[host]}?a=b&amp;c=d"' in form
    assert (answer.status_code, answer["Location"]) == (302, f"{PATHS[host]}?a=b&c=d")
    after = client.get(answer["Location"]).text
    assert (f'<html lang="{language}">' in after, OFFER in after) == (True, False)


def test_offer_of_one_reader_is_not_shown_to_the_next(world: World):
    asked = [visit("acme.localhost", wanted)[1] for wanted in ("nl", "en", "nl", "en")]

    assert asked == [False, True, False, True]


@pytest.mark.parametrize(("language", "kept"), [("nl", None), ("en", "en")])
def test_logging_in_to_a_portal_chooses_only_what_differs(world: World, language: str, kept: str | None):
    world.bob.user.language = language
    world.bob.user.save()
    client = Client(HTTP_HOST="acme.localhost", HTTP_ACCEPT_LANGUAGE="en")

    client.post("/account/login/", {"email": "bob@acme.example", "password": PASSWORD})

    told = client.cookies.get(COOKIE)
    assert (told.value if told else None) == kept
    assert (OFFER in client.get("/").text) == (kept is None)


def test_member_is_offered_english_inside_too(world: World):
    client = Client(HTTP_HOST="acme.localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(world.bob.user)

    client.post("/language/", {"language": "en"})

    assert Membership.objects.get(pk=world.bob.pk).user.language == "en"
    assert OFFER not in client.get("/").text


@pytest.mark.parametrize("wanted", ["en", "nl"])
def test_back_office_follows_the_browser(world: World, settings, wanted: str):
    settings.DEMO = True
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE=wanted)
    client.force_login(world.coordinator)

    page = client.get("/admin/").text

    assert f'<html lang="{wanted}"' in page
    assert OFFER not in page
