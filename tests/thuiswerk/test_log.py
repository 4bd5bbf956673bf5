"""The log: one object of JSON a line, which tells what happened and nothing that nobody else may know."""

import io
import json
import logging

import pytest
from structlog.stdlib import ProcessorFormatter

from accounts import outbox
from tests.accounts.conftest import Browser, newest_code
from tests.orders.conftest import ACME, put
from tests.orders.conftest import today as today
from tests.orders.test_views import checkout_form
from tests.world import NOW, World, make_membership
from thuiswerk import views

DANA = "dana@acme.example"
PASSWORD, WRONG = "een-heel-nieuw-wachtwoord", "bijna-het-goede-wachtwoord"


@pytest.fixture
def log():
    """All that is written at the level of production, as it is written there."""
    root, stream = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(stream)
    formatters = [handler.formatter for handler in root.handlers]
    handler.setFormatter(next(formatter for formatter in formatters if isinstance(formatter, ProcessorFormatter)))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def events(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def live_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A first login with its mistakes, an order, and what goes wrong on the side; returns what must stay unsaid."""
    dana = make_membership(world.acme, DANA, "Dana Smit", password=None)
    browser = Browser(ACME, raise_request_exception=False)
    browser.ask_code(DANA)
    code = newest_code(DANA)
    browser.type_code("AAAA-AAAA")
    browser.type_code(code)
    browser.choose(PASSWORD)
    put(dana, world.desk)
    browser.post("/checkout/", checkout_form(browser))
    session = browser.session.session_key
    stranger = Browser(ACME)
    stranger.log_in(DANA, WRONG)
    stranger.log_in(DANA, PASSWORD)
    break_mail_and_a_page(browser, monkeypatch)
    return [DANA, "Dana Smit", code, PASSWORD, WRONG, session, stranger.session.session_key, "Lindelaan"]


def break_mail_and_a_page(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args, **kwargs):
        raise OSError(f"550 No such mailbox: {DANA}")

    monkeypatch.setattr(outbox, "_as_email", refuse)
    outbox.send_due(now=NOW)
    monkeypatch.setattr(views, "some_cards", lambda portal: 1 / 0)
    browser.get("/")


def test_log_of_a_day_holds_no_secret_and_no_person(world: World, today, log, monkeypatch):
    unsaid = live_a_day(world, monkeypatch)

    written = log.getvalue()
    assert {"mail_not_sent", "request_failed"} <= {line["event"] for line in events(log)}
    assert [secret for secret in unsaid if secret in written] == []


def test_log_lines_say_when_where_and_how_bad(world: World, today, log, monkeypatch):
    live_a_day(world, monkeypatch)

    lines = events(log)

    assert [line for line in lines if not {"timestamp", "logger", "level", "event"} <= set(line)] == []
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert (failed["request"], failed["level"]) == ("GET /", "error")
    assert "ZeroDivisionError" in failed["exception"]
