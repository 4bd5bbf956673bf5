"""How often somebody may try, and that nobody can use it to lock a colleague out."""

import pytest
from allauth.core import ratelimit
from django.test import RequestFactory

from accounts import devices
from accounts.models import Mail
from tests.accounts.conftest import BOB, Browser, last_page, newest_code
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("host", "way"),
    [("acme.localhost", 'href="/">Terug naar de winkel'), ("localhost", 'href="/admin/">Terug naar de backoffice')],
)
def test_who_is_logged_in_is_not_sent_back_to_logging_in(world, settings, host, way):
    settings.DEMO = True
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"change_password": "1/m/user"}
    browser = Browser(host)
    browser.force_login(world.bob.user if host.startswith("acme") else world.coordinator)

    refused = [browser.post("/account/password/change/", {"oldpassword": "wrong"}) for _ in range(2)][-1]

    assert refused.status_code == 429
    assert way in refused.text
    assert "Terug naar inloggen" not in refused.text


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
