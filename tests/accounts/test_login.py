"""Logging in, from the first code to the portal, and who does not get in."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Mail
from tests.accounts.conftest import BOB, NEW, Browser, last_page, newest_code
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def test_first_login_goes_by_code_and_new_password_to_the_portal(dana, acme):
    asked = acme.ask_code("dana@acme.example")
    typed = acme.type_code(newest_code("dana@acme.example"))
    logged_in_before = acme.is_logged_in
    chosen = acme.choose(NEW)

    assert last_page(asked) == "/account/login/code/confirm/"
    assert last_page(typed) == "/account/login/password/"
    assert not logged_in_before
    assert last_page(chosen) == "/"
    assert acme.is_logged_in
    dana.user.refresh_from_db()
    assert dana.user.check_password(NEW)
    assert not dana.user.must_choose_password


def test_login_with_only_an_email_mails_a_code(dana, acme):
    response = acme.log_in("dana@acme.example", "")

    assert last_page(response) == "/account/login/code/confirm/"
    assert Mail.objects.get().to == "dana@acme.example"


def test_login_with_the_code_button_ignores_a_filled_in_password(world, acme):
    response = acme.post("/account/login/", {"email": BOB, "password": "autofilled", "code": "1"}, follow=True)

    assert last_page(response) == "/account/login/code/confirm/"


def test_login_with_a_password_in_any_case_of_the_email(world, acme):
    response = acme.log_in(" Bob@ACME.Example ", PASSWORD)

    assert last_page(response) == "/"
    assert acme.is_logged_in


def test_login_with_a_code_needs_no_password(world, acme):
    acme.ask_code("BOB@acme.example")
    response = acme.type_code(newest_code(BOB))

    assert last_page(response) == "/"
    assert acme.is_logged_in


@pytest.mark.parametrize("url", ["/account/password/reset/", "/account/login/code/"])
def test_dead_code_leads_back_to_where_it_was_asked_for(world, acme, url):
    acme.ask_code(BOB, url=url)

    for _ in range(5):
        page = acme.type_code("BBBB-CCCC")

    assert page.redirect_chain == [(url, 302)]


def test_login_goes_on_to_the_page_that_was_asked_for(world, acme):
    acme.post("/account/login/code/?next=/account/password/change/", {"email": BOB})
    url = "/account/login/code/confirm/?next=/account/password/change/"
    response = acme.post(url, {"code": newest_code(BOB)}, follow=True)

    assert last_page(response) == "/account/password/change/"
    assert response.status_code == 200


def test_login_does_not_go_on_to_another_site(world, acme):
    data = {"email": BOB, "password": PASSWORD, "next": "https://evil.example/"}
    response = acme.post("/account/login/", data)

    assert response["Location"] == "/"


def test_login_by_code_does_not_go_on_to_another_site(world, acme):
    acme.ask_code(BOB)
    url = "/account/login/code/confirm/?next=https://evil.example/"
    response = acme.post(url, {"code": newest_code(BOB)})

    assert response["Location"] == "/"


def test_logout_asks_before_it_ends_the_session(world, acme):
    acme.log_in(BOB, PASSWORD)

    asked = acme.get("/account/logout/")
    still_in = acme.is_logged_in
    response = acme.post("/account/logout/", follow=True)

    assert (asked.status_code, still_in) == (200, True)
    assert last_page(response) == "/account/login/"
    assert "Je bent uitgelogd." in response.text
    assert not acme.is_logged_in


def test_a_disabled_membership_ends_the_session_at_once(world, acme):
    acme.log_in(BOB, PASSWORD)
    world.bob.disabled_at = timezone.now()
    world.bob.save()

    response = acme.get("/account/login/")

    assert response.status_code == 200
    assert response.wsgi_request.user.is_anonymous
    assert not acme.is_logged_in
    assert not Session.objects.exists()


@pytest.mark.parametrize("step", ["code", "password"])
def test_a_membership_disabled_during_the_login_does_not_get_in(dana, acme, step):
    acme.ask_code("dana@acme.example")
    code = newest_code("dana@acme.example")
    if step == "password":
        acme.type_code(code)
    dana.disabled_at = timezone.now()
    dana.save()

    response = acme.type_code(code) if step == "code" else acme.choose(NEW)
    if step == "code":
        response = acme.choose(NEW)

    assert last_page(response) == "/account/login/"
    assert not acme.is_logged_in
    dana.user.refresh_from_db()
    assert dana.user.must_choose_password


def test_a_membership_disabled_after_the_code_was_mailed_does_not_get_in(world, acme):
    acme.ask_code(BOB)
    world.bob.disabled_at = timezone.now()
    world.bob.save()

    response = acme.type_code(newest_code(BOB))

    assert last_page(response) == "/account/login/"
    assert response.wsgi_request.user.is_anonymous
    assert not acme.is_logged_in
    world.bob.user.refresh_from_db()
    assert world.bob.user.last_login is None


def test_a_code_of_one_portal_does_not_open_another(world, acme, globex):
    acme.ask_code(BOB)
    globex.cookies = acme.cookies

    globex.type_code(newest_code(BOB))

    assert not globex.is_logged_in


@pytest.mark.parametrize("host", ["acme.localhost", "localhost"])
@pytest.mark.parametrize("path", ["login/", "login/code/", "login/code/confirm/", "login/password/", "password/reset/"])
def test_account_pages_are_never_kept(world, host, path):
    response = Browser(host).get(f"/account/{path}")

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(("cookie", "expected"), [(None, "en"), ("nl", None)])
def test_login_takes_the_language_of_the_user_unless_this_browser_chose_one(world, acme, cookie, expected):
    world.bob.user.language = "en"
    world.bob.user.save()
    if cookie:
        acme.cookies["django_language"] = cookie

    response = acme.post("/account/login/", {"email": BOB, "password": PASSWORD})

    set_to = response.cookies.get("django_language")
    assert (set_to.value if set_to else None) == expected


@pytest.mark.parametrize(("language", "title"), [("nl", "Inloggen"), ("en", "Log in")])
def test_login_page_speaks_both_languages(world, acme, language, title):
    acme.cookies["django_language"] = language

    response = acme.get("/account/login/")

    assert f'<h1 class="page-title">{title}</h1>' in response.text


def test_broken_email_is_told_at_the_field(world, acme):
    response = acme.log_in("bob@", "x")

    assert list(response.context["form"].errors) == ["email"]
    assert 'aria-invalid="true"' in response.text
