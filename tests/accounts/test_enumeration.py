"""Nobody learns from the account pages who is known."""

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import outbox
from accounts.models import Mail
from tests.accounts.conftest import BOB, Browser
from tests.world import PASSWORD, make_membership

pytestmark = pytest.mark.django_db

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
