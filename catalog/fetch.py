"""Fetching a file from an address on the allow-list `FEED_HOSTS`, and from nowhere else.

Every address on the way, redirects included, must be https, on the list, and lead to a public machine: the address is
looked up once and that answer is connected to, so no second look-up can lead inside.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from contextlib import closing
from functools import cache
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

REDIRECTS = 3
WAIT_SECONDS = 10
PART = 64 * 1024


class CannotFetch(Exception):
    """The address gives no file. `for_good`: asking again is no use."""

    def __init__(self, problem: str, *, for_good: bool = False) -> None:
        super().__init__(problem)
        self.for_good = for_good


def fetch(address: str, into: BinaryIO, *, most_bytes: int, seconds: float) -> None:
    """Write the file at `address` to `into`. Refuses CannotFetch, also above `most_bytes` or after `seconds`."""
    until = time.monotonic() + seconds
    try:
        for _step in range(REDIRECTS + 1):
            with closing(_connection(address)) as connection, _ask(connection, address) as response:
                _refuse_fault(response)
                if response.status == http.HTTPStatus.OK:
                    return _read(response, into, most_bytes, until)
                address = urljoin(address, response.headers.get("Location", ""))
    except (OSError, http.client.HTTPException) as error:
        raise CannotFetch(_("There was no answer: %(problem)s") % {"problem": type(error).__name__}) from error
    raise CannotFetch(_("The address leads on and on."), for_good=True)


def _connection(address: str) -> http.client.HTTPConnection:
    host, _target = _checked(address)
    return _connect(host, _public_address(host))


def _ask(connection: http.client.HTTPConnection, address: str) -> http.client.HTTPResponse:
    _host, target = _checked(address)
    connection.request("GET", target, headers={"User-Agent": "Thuiswerk", "Accept-Encoding": "identity"})
    return connection.getresponse()


def _refuse_fault(response: http.client.HTTPResponse) -> None:
    if response.status not in {200, 301, 302, 303, 307, 308}:
        text = _("The server answered %(status)d.") % {"status": response.status}
        raise CannotFetch(text, for_good=response.status in {403, 404, 410})


def _checked(address: str) -> tuple[str, str]:
    """The host of an address that may be asked, and what to ask it for."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise CannotFetch(_("This is no web address."), for_good=True) from error
    if parts.scheme != "https" or port not in {None, 443} or parts.username is not None:
        raise CannotFetch(_("Only addresses that begin with https:// are fetched."), for_good=True)
    if host not in settings.FEED_HOSTS:
        raise CannotFetch(_("%(host)s is not on the list FEED_HOSTS.") % {"host": host or address[:60]}, for_good=True)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    if any(sign <= " " or sign > "~" for sign in target):
        raise CannotFetch(_("This is no web address."), for_good=True)
    return host, target or "/"


def _public_address(host: str) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    if not found or not all(ipaddress.ip_address(address).is_global for address in found):
        raise CannotFetch(_("%(host)s does not lead to a public machine.") % {"host": host}, for_good=True)
    return found[0]


def _connect(host: str, address: str) -> http.client.HTTPConnection:
    """A connection to `host` at that address of the network, its certificate checked."""
    connection = http.client.HTTPSConnection(host, timeout=WAIT_SECONDS, context=_tls())
    plain = socket.create_connection((address, 443), timeout=WAIT_SECONDS)
    connection.sock = _tls().wrap_socket(plain, server_hostname=host)
    return connection


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read(response: http.client.HTTPResponse, into: BinaryIO, most_bytes: int, until: float) -> None:
    size = 0
    while part := response.read1(PART):
        size += into.write(part)
        if size > most_bytes:
            raise CannotFetch(_("The file is too large."), for_good=True)
        if time.monotonic() > until:
            raise CannotFetch(_("The file took too long."))
    if response.length:
        raise CannotFetch(_("The file is cut off."))
