"""Requests over a real socket, inside the transaction of the test.

The server is a thread of this process that shares the connection of the test, so what a request writes is rolled back
with the test, and time_machine sets its clock too. It serves one request at a time, as one connection can, and leaves
that connection open, which Django's live server does not. What a request asks of the workers (`nudge`) is done when
it is answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Thread
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import WSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.test import TestCase
from django.test.testcases import QuietWSGIRequestHandler
from lxml import html

from accounts.models import User
from tests.world import PASSWORD
from thuiswerk.celery import app

MOST_HOPS = 8
TIMEOUT = 20  # seconds


class Server:
    """The whole application on a port of 127.0.0.1."""

    def __init__(self) -> None:
        self._connection = connections["default"]
        self._http = WSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
        self._http.set_app(WSGIHandler())
        self._thread = Thread(target=self._serve)
        self.port: int = self._http.server_address[1]

    def __enter__(self) -> "Server":
        self._connection.inc_thread_sharing()
        for moment in (request_started, request_finished):
            moment.disconnect(close_old_connections)
        app.conf.update(task_always_eager=True, task_eager_propagates=True)
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        app.conf.update(task_always_eager=False, task_eager_propagates=False)
        for moment in (request_started, request_finished):
            moment.connect(close_old_connections)
        self._connection.dec_thread_sharing()

    def _serve(self) -> None:
        connections["default"] = self._connection
        self._http.serve_forever(poll_interval=0.01)


@dataclass(frozen=True)
class Page:
    """What a browser shows: where redirects led to, and the forms on it."""

    browser: "Browser"
    address: str
    text: str

    def submit(self, action: str = "", values: Mapping[str, object] | None = None, *, clicks: int = 1) -> "Page":
        """Send the form with this `action`, filled in by the server but for `values`."""
        (form,) = (form for form in html.fromstring(self.text).forms if form.get("action", "") == action)
        sent = dict(form.form_values()) | dict(values or {})
        address = urljoin(self.address, action)
        if form.method == "POST":
            return self.browser.post(address, sent, clicks=clicks)
        return self.browser.open(f"{address}?{urlencode(sent)}")

    def post(self, action: str, values: Mapping[str, object]) -> "Page":
        """Send a form that the page does not have, with the token that guards those it has."""
        (token, *_rest) = html.fromstring(self.text).xpath("//input[@name='csrfmiddlewaretoken']/@value")
        return self.browser.post(urljoin(self.address, action), {"csrfmiddlewaretoken": token} | dict(values))


class Browser:
    """Goes to one host, keeps its cookies and follows redirects; an error is the end of the test."""

    def __init__(self, server: Server, name: str) -> None:
        self.port, self.host = server.port, f"{name}:{server.port}"
        self.cookies: dict[str, str] = {}

    def open(self, address: str) -> Page:
        return self._go("GET", address, "")

    def post(self, address: str, values: Mapping[str, object], *, clicks: int = 1) -> Page:
        """What the last click leads to; as in any browser, nobody sees what the clicks before it were answered."""
        for _ in range(clicks - 1):
            self._ask("POST", address, urlencode(values))
        return self._go("POST", address, urlencode(values))

    def _go(self, method: str, address: str, body: str) -> Page:
        for _hop in range(MOST_HOPS):
            status, location, text = self._ask(method, address, body)
            if status not in {302, 303}:
                assert status == 200, f"{method} {address}: {status}"
                return Page(self, address, text)
            target = urlsplit(urljoin(f"http://{self.host}{address}", location))
            assert target.netloc == self.host, f"{method} {address} leads to {location}"
            method, address, body = "GET", target._replace(scheme="", netloc="").geturl(), ""
        raise AssertionError(f"{address} leads on and on")

    def _ask(self, method: str, address: str, body: str) -> tuple[int, str, str]:
        """One exchange, with what it leaves to the workers."""
        headers = {"Host": self.host, "Accept-Language": "nl"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"Origin": f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded"}
        wire = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        with TestCase.captureOnCommitCallbacks(execute=True):
            wire.request(method, address, body, headers)
            answer = wire.getresponse()
            text = answer.read().decode()
        wire.close()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                self._keep(SimpleCookie(value))
        return answer.status, answer.getheader("Location", ""), text

    def _keep(self, told: SimpleCookie) -> None:
        for name, cookie in told.items():
            if cookie["max-age"] == "0" or cookie["max-age"] == 0:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value


class Visitor:
    """A person with a browser, who logs in where that is asked, also when the session has ended."""

    def __init__(self, server: Server, name: str, user: User) -> None:
        self.browser, self.user = Browser(server, name), user
        self.page: Page | None = None

    def open(self, address: str) -> Page:
        self.page = self.browser.open(address)
        if self.page.address.startswith("/account/login/"):
            self.submit("/account/login/", {"email": self.user.email, "password": PASSWORD})
        return self.page

    def submit(self, action: str = "", values: Mapping[str, object] | None = None, *, clicks: int = 1) -> Page:
        """Send a form of the page that is open."""
        self.page = self.page.submit(action, values, clicks=clicks)
        return self.page
