"""Fetching files from elsewhere: only from the list, only from public machines, never more than asked for."""

import http.client
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import ClassVar

import pytest

from catalog import fetch as fetching
from catalog.fetch import CannotFetch, fetch

PUBLIC = "93.184.216.34"


class Shop(BaseHTTPRequestHandler):
    """A server with a file, redirects and faults."""

    asked: ClassVar[list[str]] = []
    moves: ClassVar[dict[str, str]] = {
        "/moved": "/file",
        "/out": "https://evil.example/x",
        "/plain": "http://feeds.example/file",
        "/round": "/round",
    }

    def do_GET(self) -> None:
        self.asked.append(f"{self.headers['Host']}{self.path}")
        if self.path in self.moves:
            self.send_response(302)
            self.send_header("Location", self.moves[self.path])
            self.end_headers()
        elif self.path in {"/file", "/short"}:
            self.send_response(200)
            self.send_header("Content-Length", "4" if self.path == "/file" else "400")
            self.end_headers()
            self.wfile.write(b"feed")
        else:
            self.send_error(int(self.path[1:]))

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def shop(monkeypatch, settings) -> Iterator[list[str]]:
    """The requests to a server that stands for feeds.example."""
    settings.FEED_HOSTS = frozenset({"feeds.example"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (PUBLIC, 443))])

    def connect(host: str, address: str) -> http.client.HTTPConnection:
        assert address == PUBLIC
        connection = http.client.HTTPConnection(host, timeout=5)
        connection.sock = socket.socket()
        connection.sock.connect(server.server_address)
        return connection

    monkeypatch.setattr(fetching, "_connect", connect)
    Shop.asked = []
    yield Shop.asked
    server.shutdown()
    thread.join()
    server.server_close()


def fetched(address: str, *, most_bytes: int = 100, seconds: float = 5) -> bytes:
    content = BytesIO()
    fetch(address, content, most_bytes=most_bytes, seconds=seconds)
    return content.getvalue()


def refusal(address: str, **limits: float) -> tuple[bool, str]:
    """Whether it is refused for good."""
    with pytest.raises(CannotFetch) as refused:
        fetched(address, **limits)
    return refused.value.for_good


def test_a_file_is_fetched_also_when_it_moved(shop):
    assert fetched("https://feeds.example/moved") == b"feed"
    assert shop == ["feeds.example/moved", "feeds.example/file"]


@pytest.mark.parametrize(
    "address",
    [
        "http://feeds.example/file",
        "https://evil.example/file",
        "https://feeds.example:8443/file",
        "https://bob@feeds.example/file",
        "https://feeds.example.evil.example/file",
        "https://127.0.0.1/file",
        "https://[::1]/file",
        "https://[bad/file",
        "https://feeds.example/a b",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_is_not_allowed_is_never_asked(shop, address):
    assert refusal(address)
    assert shop == []


@pytest.mark.parametrize("path", ["/out", "/plain"])
def test_a_redirect_off_the_list_is_not_followed(shop, path):
    assert refusal(f"https://feeds.example{path}")
    assert shop == [f"feeds.example{path}"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"])
def test_a_host_that_leads_inside_is_refused(shop, monkeypatch, address):
    found = [(0, 0, 0, "", (PUBLIC, 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    assert refusal("https://feeds.example/file")
    assert shop == []


@pytest.mark.parametrize(
    ("path", "limits", "for_good"),
    [
        ("/file", {"most_bytes": 3}, True),
        ("/file", {"seconds": -1}, False),
        ("/short", {}, False),
        ("/404", {}, True),
        ("/500", {}, False),
        ("/round", {}, True),
    ],
)
def test_faults_are_for_good_or_worth_another_try(shop, path, limits, for_good):
    assert refusal(f"https://feeds.example{path}", **limits) == for_good


def test_no_answer_is_worth_another_try(shop, monkeypatch):
    def refuse(host: str, address: str) -> http.client.HTTPConnection:
        raise ConnectionRefusedError

    monkeypatch.setattr(fetching, "_connect", refuse)

    assert not refusal("https://feeds.example/file")
