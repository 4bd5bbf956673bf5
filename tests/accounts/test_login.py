"""Logging in, from the first code to the portal, and everything that must not be possible on the way."""

import re

import pytest
from allauth.core import ratelimit
from allauth.mfa.totp.internal import auth
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts import devices, outbox
from accounts.models import Mail
from accounts.passwords import require_new_password
from tests.accounts.conftest import Browser, newest_code
from tests.world import PASSWORD, make_membership

pytestmark = pytest.mark.django_db

NEW = "een-heel-nieuw-wachtwoord"
BOB = "bob@acme.example"


@pytest.fixture
def dana(world):
    """Dana is on acme's roster and never logged in."""
    return make_membership(world.acme, "dana@acme.example", "Dana Smit", password=None)


def last_page(response):
    return response.redirect_chain[-1][0] if response.redirect_chain else response.request["PATH_INFO"]


def pending(browser, email="dana@acme.example"):
    """A browser that typed the right code and has yet to choose a password."""
    browser.ask_code(email)
    return browser.type_code(newest_code(email))


# The journeys


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


def test_password_change_asks_the_current_password_and_keeps_the_session(world, acme):
    acme.log_in(BOB, PASSWORD)
    wrong = {"oldpassword": "something-else", "password1": NEW, "password2": NEW}

    refused = acme.post("/account/password/change/", wrong)
    changed = acme.post("/account/password/change/", wrong | {"oldpassword": PASSWORD})

    assert refused.context["form"].errors["oldpassword"] == ["Dit is niet je huidige wachtwoord."]
    assert changed["Location"] == "/"
    assert acme.get("/account/password/change/").status_code == 200


def test_logout_asks_before_it_ends_the_session(world, acme):
    acme.log_in(BOB, PASSWORD)

    asked = acme.get("/account/logout/")
    still_in = acme.is_logged_in
    response = acme.post("/account/logout/", follow=True)

    assert (asked.status_code, still_in) == (200, True)
    assert last_page(response) == "/account/login/"
    assert "Je bent uitgelogd." in response.text
    assert not acme.is_logged_in


# Passwords


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


# Nothing gets around the forced password


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
    auth.TOTP.activate(world.bob.user, auth.generate_totp_secret())
    acme.log_in(BOB, PASSWORD)
    require_new_password(world.bob.user, now=timezone.now())
    code = world.bob.user.authenticator_set.get().wrap()

    response = acme.post("/account/login/second-factor/", {"code": current_code(code)}, follow=True)

    assert last_page(response) == "/account/login/"
    assert not acme.is_logged_in


def current_code(totp):
    counter = next(auth.yield_hotp_counters_from_time())
    return auth.format_hotp_value(auth.hotp_value(totp.instance.data["secret"], counter))


# Disabled, reset


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


def test_require_new_password_ends_every_session_and_asks_for_a_new_password(world, acme):
    devices_of_bob = [Browser("acme.localhost"), Browser("acme.localhost")]
    for device in devices_of_bob:
        device.log_in(BOB, PASSWORD)

    require_new_password(world.bob.user, now=timezone.now())

    for device in devices_of_bob:
        assert device.get("/account/password/change/").status_code == 302
    assert not acme.log_in(BOB, PASSWORD).redirect_chain
    assert last_page(pending(acme, BOB)) == "/account/login/password/"


# Nobody learns who is known


UNKNOWN = "nobody@acme.example"
STRANGERS = [UNKNOWN, "charlie@globex.example", "coordinator@thuiswerk.example", "leaver@acme.example"]


def answers(email):
    """What a stranger gets for `email` in every form of the account pages: status, headers, bytes, statements."""
    cache.clear()
    told = []
    for url, data in [
        ("/account/login/", {"email": email, "password": "wrong-wrong-wrong"}),
        ("/account/login/", {"email": email, "password": ""}),
        ("/account/login/code/", {"email": email}),
        ("/account/login/code/confirm/", None),
        ("/account/login/code/confirm/", {"code": "BBBB-BBBB"}),
        ("/account/password/reset/", {"email": email}),
        ("/account/login/code/confirm/", None),
        ("/account/login/code/confirm/", {"code": "BBBB-BBBB"}),
    ]:
        if data and "email" in data:
            browser = Browser("acme.localhost")
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(url) if data is None else browser.post(url, data)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text).replace(email, "EMAIL")
        headers = {name: value for name, value in response.headers.items() if name not in {"Content-Length", "Expires"}}
        told.append((url, response.status_code, headers, text, [verb(query["sql"]) for query in queries]))
    return told


def verb(sql):
    """What a statement does to which table, without its values."""
    return re.sub(r"'[^']*'|\b\d+\b|\"\w*_x\d+\"|s\d+_x\d+", "?", sql)[:60]


def test_unknown_addresses_get_the_answers_of_known_ones(world):
    """Same bytes, same status, same statements; a password is hashed once for each (see the next test)."""
    leaver = make_membership(world.acme, "leaver@acme.example")
    leaver.disabled_at = timezone.now()
    leaver.save()
    answers(UNKNOWN)  # fills the caches of templates and languages

    known = answers(BOB)

    for email in STRANGERS:
        for told, expected in zip(answers(email), known, strict=True):
            assert told == expected, email


@pytest.mark.parametrize("email", [BOB, *STRANGERS])
def test_a_wrong_password_is_hashed_once_whoever_it_is_for(world, acme, settings, monkeypatch, email):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    world.bob.user.set_password(PASSWORD)
    world.bob.user.save()
    make_membership(world.acme, "leaver@acme.example", disabled_at=timezone.now())
    hashed = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda self, *args, real=real: hashed.append(1) or real(self, *args)
        )

    acme.log_in(email, "wrong-wrong-wrong")

    assert len(hashed) == 1


def test_a_code_for_an_unknown_address_queues_as_many_mails_and_sends_none(world, acme, mailoutbox):
    acme.ask_code(UNKNOWN)

    queued = Mail.objects.count()
    outbox.send_due(now=timezone.now())

    assert queued == 1
    assert mailoutbox == []
    assert not Mail.objects.exists()


def test_there_is_no_sign_up_and_no_management_of_addresses(world, acme, main_host):
    paths = ["signup/", "email/", "confirm-email/", "password/set/", "social/connections/", "inactive/", ""]

    statuses = {browser.get(f"/account/{path}").status_code for path in paths for browser in (acme, main_host)}

    assert statuses == {404}


# Limits


def fail(browser, times, email=BOB):
    for _ in range(times):
        response = browser.log_in(email, "wrong-wrong-wrong")
    return response


def test_ten_wrong_passwords_close_the_password_but_not_the_code(world, acme):
    fail(acme, 10)

    refused = acme.log_in(BOB, PASSWORD)
    acme.ask_code(BOB)
    acme.type_code(newest_code(BOB))

    assert "Te veel pogingen" in refused.text
    assert acme.is_logged_in


@pytest.mark.parametrize("url", ["/account/login/", "/account/login/code/", "/account/password/reset/"])
def test_a_seventh_code_in_a_few_minutes_is_not_mailed(world, acme, url):
    for _ in range(7):
        asked = acme.ask_code(BOB, url)

    assert "te veel codes" in asked.text
    assert Mail.objects.count() == 6


@pytest.mark.parametrize("url", ["/account/login/", "/account/login/code/", "/account/login/code/confirm/"])
def test_every_step_of_a_login_is_limited_for_a_client(world, acme, settings, url):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "3/m/ip"}

    is_refused = [acme.post(url).status_code == 429 for _ in range(4)]

    assert is_refused == [False, False, False, True]


@pytest.mark.parametrize(("action", "most"), [("login", 240), ("login_failed", 120), ("request_login_code", 120)])
def test_an_office_may_ask_much_and_not_everything(action, most):
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")

    taken = [ratelimit.consume(request, action=action, key=f"{n}@acme.example") for n in range(most + 1)]

    assert taken == [True] * most + [False]


def test_wrong_passwords_from_elsewhere_do_not_lock_a_colleague_out(world, acme):
    stranger = Browser("acme.localhost", REMOTE_ADDR="203.0.113.7")

    last = fail(stranger, 11)
    acme.log_in(BOB, PASSWORD)

    assert "Te veel pogingen" in last.text
    assert acme.is_logged_in


def test_a_device_that_was_used_before_is_not_locked_by_a_colleague_in_the_same_office(world, acme):
    acme.log_in(BOB, PASSWORD)
    acme.post("/account/logout/")
    colleague = Browser("acme.localhost")
    fail(colleague, 11)
    for _ in range(7):
        asked = colleague.ask_code(BOB)

    assert "te veel codes" in asked.text
    acme.log_in(BOB, PASSWORD)
    assert acme.is_logged_in
    acme.post("/account/logout/")
    assert last_page(acme.ask_code(BOB)) == "/account/login/code/confirm/"


def test_a_device_that_was_used_before_has_its_own_share_of_what_an_office_may_ask(world, acme, settings):
    acme.log_in(BOB, PASSWORD)
    acme.post("/account/logout/")
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "3/m/ip"}

    colleague = [fail(Browser("acme.localhost"), 1).status_code for _ in range(4)]
    acme.log_in(BOB, PASSWORD)

    assert colleague == [200, 200, 200, 429]
    assert acme.is_logged_in


def test_a_forged_device_cookie_is_not_believed(world, acme):
    acme.cookies[devices.COOKIE] = f"{world.bob.user.pk}:forged"

    fail(acme, 10)
    refused = fail(Browser("acme.localhost"), 1)

    assert "Te veel pogingen" in refused.text


@pytest.mark.parametrize(("proxies", "client"), [(0, "192.0.2.1"), (1, "198.51.100.9"), (2, "203.0.113.7")])
def test_limits_count_the_client_behind_the_trusted_proxies(settings, proxies, client):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get(
        "/", headers={"x-forwarded-for": "203.0.113.7, 198.51.100.9"}, REMOTE_ADDR="192.0.2.1"
    )

    assert devices.limit_key(request, "Bob@Acme.example") == f"{client}:bob@acme.example"


# Around it


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
    response = acme.get("/account/login/", headers={"accept-language": language})

    assert f'<h1 class="page-title">{title}</h1>' in response.text


def test_broken_email_is_told_at_the_field(world, acme):
    response = acme.log_in("bob@", "x")

    assert list(response.context["form"].errors) == ["email"]
    assert 'aria-invalid="true"' in response.text
