"""What the tests of the accounts share: browsers on a host, and the code from the newest mail."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Mail

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
