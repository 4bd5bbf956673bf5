"""What the tests of the accounts share: browsers on a host, and the code from the newest mail."""

import re

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from accounts.models import Mail
from tests.world import make_membership

NEW = "een-heel-nieuw-wachtwoord"
BOB = "bob@acme.example"
CODE = re.compile(r"^ {4}([A-Z]{4}-[A-Z]{4})$", re.MULTILINE)


class Browser(Client):
    """A client on one host that knows how to log in."""

    def __init__(self, host, **kwargs):
        super().__init__(headers={"host": host}, **kwargs)

    def ask_code(self, email, url="/account/login/code/"):
        return self.post(url, {"email": email}, follow=True)

    def type_code(self, code):
        return self.post("/account/login/code/confirm/", {"code": code}, follow=True)

    def choose(self, password, again=None):
        data = {"password1": password, "password2": again or password}
        return self.post("/account/login/password/", data, follow=True)

    def log_in(self, email, password):
        return self.post("/account/login/", {"email": email, "password": password}, follow=True)

    @property
    def is_logged_in(self):
        return "_auth_user_id" in self.session


def newest_code(to):
    return CODE.search(Mail.objects.filter(to=to).latest("pk").text)[1]


def last_page(response):
    return response.redirect_chain[-1][0] if response.redirect_chain else response.request["PATH_INFO"]


def pending(browser, email="dana@acme.example"):
    """A browser that typed the right code and has yet to choose a password."""
    browser.ask_code(email)
    return browser.type_code(newest_code(email))


def code_of_app(secret):
    """What the app of a second factor shows now."""
    _before, now, _after = auth.yield_hotp_counters_from_time()
    return auth.format_hotp_value(auth.hotp_value(secret, now))


@pytest.fixture
def dana(world):
    """Dana is on acme's roster and never logged in."""
    return make_membership(world.acme, "dana@acme.example", "Dana Smit", password=None)


@pytest.fixture
def acme():
    return Browser("acme.localhost")


@pytest.fixture
def globex():
    return Browser("globex.localhost")


@pytest.fixture
def main_host():
    return Browser("localhost")


@pytest.fixture(autouse=True)
def _no_old_limits(db):
    cache.clear()
