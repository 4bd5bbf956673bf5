"""Choosing a password: what it must be, that nothing gets around it, and what a new one ends."""

import re

import pytest
from allauth.mfa.totp.internal import auth
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Mail
from accounts.passwords import require_new_password
from tests.accounts.conftest import BOB, NEW, Browser, code_of_app, last_page, newest_code, pending
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def test_forgotten_password_is_chosen_anew_after_a_code(world, acme):
    other_device = Browser("acme.localhost")
    other_device.log_in(BOB, PASSWORD)

    acme.ask_code(BOB, url="/account/password/reset/")
    typed = acme.type_code(newest_code(BOB))
    in_between = acme.is_logged_in
    acme.choose(NEW)

    assert last_page(typed) == "/account/login/password/"
    assert not in_between
    assert acme.is_logged_in
    assert not other_device.get("/account/password/change/").context
    assert Browser("acme.localhost").log_in(BOB, PASSWORD).context["form"].errors
    told = Mail.objects.get(key__startswith="password:")
    assert (told.to, told.subject) == (BOB, "Je wachtwoord is gewijzigd")


def test_password_change_asks_the_current_password_and_keeps_the_session(world, acme):
    acme.log_in(BOB, PASSWORD)
    wrong = {"oldpassword": "something-else", "password1": NEW, "password2": NEW}

    refused = acme.post("/account/password/change/", wrong)
    changed = acme.post("/account/password/change/", wrong | {"oldpassword": PASSWORD})

    assert refused.context["form"].errors["oldpassword"] == ["Dit is niet je huidige wachtwoord."]
    assert changed["Location"] == "/"
    assert acme.get("/account/password/change/").status_code == 200


def test_password_change_wants_another_password(world, acme):
    acme.log_in(BOB, PASSWORD)
    same = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}

    refused = acme.post("/account/password/change/", same)

    assert refused.context["form"].errors["password1"] == ["Dit is je huidige wachtwoord. Kies een ander."]
    assert not Mail.objects.filter(key__startswith="password:").exists()


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("kort1234", "Kies een wachtwoord van minstens 10 tekens."),
        ("1234567890123", "Dit wachtwoord bevat alleen cijfers."),
        ("wachtwoord123", "Een bekend woord met cijfers eromheen is snel geraden. Kies liever drie of vier woorden."),
        ("dana@acme.example", "Dit lijkt te veel op je werkmail."),
    ],
)
def test_choose_password_says_what_is_wrong(dana, acme, password, message):
    pending(acme)

    response = acme.choose(password)

    assert message in response.context["form"].errors["password1"]
    assert not acme.is_logged_in


def test_choose_password_twice_the_same(dana, acme):
    pending(acme)

    response = acme.choose(NEW, again="iets-anders")

    assert response.context["form"].errors["password2"] == ["Je moet hetzelfde wachtwoord twee keer intoetsen."]
    dana.user.refresh_from_db()
    assert dana.user.must_choose_password


def all_paths(patterns, prefix=""):
    """A path for every pattern of a URL configuration, parameters filled in."""
    for pattern in patterns:
        route = prefix + re.sub(r"\(\?P<\w+>[^)]*\)", "x", str(pattern.pattern)).replace("^", "").replace("$", "")
        if isinstance(pattern, URLResolver):
            yield from all_paths(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<(?:int:)\w+>", "1", re.sub(r"<(?!int:)[^>]*>", "x", route))


OPEN = {
    "/healthz",
    "/readyz",
    "/account/login/password/",
    "/account/login/code/",
    "/account/password/reset/",
    # The same for everybody, and for nobody in particular.
    "/help/",
    "/help/accessibility/",
    "/help/terms/",
}


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_a_portal_opens_while_the_password_is_not_chosen(dana, acme, method):
    pending(acme)
    paths = [path for path in all_paths(get_resolver("thuiswerk.portal_urls").url_patterns) if path not in OPEN]

    answers = {}
    for path in paths:
        response = getattr(acme, method)(path)
        answers[path] = response.status_code
        assert not acme.is_logged_in, path
        assert not getattr(response.wsgi_request, "membership", None), path
        assert response.wsgi_request.user.is_anonymous, path
        if path == "/account/logout/" and method == "post":
            pending(acme)

    assert len(paths) > 10
    assert {path: status for path, status in answers.items() if status == 200 and not path.startswith("/brand/")} == {}


@pytest.mark.parametrize("url", ["/account/login/", "/account/login/code/confirm/", "/account/password/change/"])
def test_a_pending_login_is_led_back_to_the_choice_of_a_password(dana, acme, url):
    pending(acme)

    response = acme.get(url, follow=True)

    assert last_page(response) == "/account/login/password/"


def test_a_second_tab_cannot_log_in_by_password_before_it_is_chosen(dana, acme):
    dana.user.set_password(PASSWORD)
    dana.user.save()
    pending(acme)

    second_tab = Browser("acme.localhost")
    response = second_tab.log_in("dana@acme.example", PASSWORD)

    assert "horen niet bij elkaar" in response.text
    assert not second_tab.is_logged_in
    assert not acme.is_logged_in


def test_a_second_tab_by_code_must_choose_a_password_too(dana, acme):
    pending(acme)
    second_tab = Browser("acme.localhost")

    pending(second_tab)
    acme.choose(NEW)

    assert not second_tab.is_logged_in
    assert second_tab.choose(NEW + "-2").status_code == 200
    assert not Browser("acme.localhost").log_in("dana@acme.example", NEW).redirect_chain


def test_choose_password_without_a_pending_login_leads_to_the_login(world, acme):
    response = acme.choose(NEW)

    assert last_page(response) == "/account/login/"
    world.bob.user.refresh_from_db()
    assert world.bob.user.check_password(PASSWORD)


def test_a_login_by_a_password_that_is_taken_away_meanwhile_does_not_choose_a_new_one(world, acme):
    """Between the password and the second factor a coordinator forces a reset: the old password opens nothing more."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(world.bob.user, secret)
    acme.log_in(BOB, PASSWORD)
    require_new_password(world.bob.user, now=timezone.now())

    response = acme.post("/account/login/second-factor/", {"code": code_of_app(secret)}, follow=True)

    assert last_page(response) == "/account/login/"
    assert not acme.is_logged_in


def test_require_new_password_ends_every_session_and_asks_for_a_new_password(world, acme):
    devices_of_bob = [Browser("acme.localhost"), Browser("acme.localhost")]
    for device in devices_of_bob:
        device.log_in(BOB, PASSWORD)

    require_new_password(world.bob.user, now=timezone.now())

    for device in devices_of_bob:
        assert device.get("/account/password/change/").status_code == 302
    assert not acme.log_in(BOB, PASSWORD).redirect_chain
    assert last_page(pending(acme, BOB)) == "/account/login/password/"
