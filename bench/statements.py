"""Counts the statements that a page sends, in this process, with the settings and the database of the servers."""

import re
from contextlib import nullcontext

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from bench.floor import settings as floor
from bench.pages import FLOOR, Page
from bench.server import NoAnswer
from bench.world import World


def count_statements(page: Page, world: World) -> int:
    """The statements of one visit, after another in the same portal, so that what a process keeps is there already."""
    first, *others = page.lines(world)
    second = next(line for line in others if _host(line) == _host(first))
    visit = _order if page.requests > 1 else _request
    plain = override_settings(MIDDLEWARE=floor.MIDDLEWARE, ROOT_URLCONF=floor.ROOT_URLCONF, TEMPLATES=floor.TEMPLATES)
    with plain if page is FLOOR else nullcontext():
        visit(first)
        with CaptureQueriesContext(connection) as captured:
            visit(second)
    return len(captured)


def _request(line: str) -> None:
    method, path, host, cookie, body = line.split("\t")
    client = _client(host, cookie)
    if method == "GET":
        _check(client.get(path), 200)
    else:
        _check(client.post(path, body, content_type="application/x-www-form-urlencoded"), 302)


def _order(line: str) -> None:
    """What wrk/orders.lua sends."""
    host, cookie, csrf, product, address, path = line.split("\t")
    client = _client(host, cookie)
    form = {"content_type": "application/x-www-form-urlencoded"}
    token = f"csrfmiddlewaretoken={csrf}"
    _check(client.get(path), 200)
    _check(client.post("/cart/lines/", f"{token}&quantity=1&product={product}", **form), 302)
    _check(client.get("/cart/"), 200)
    checkout = _check(client.get("/checkout/"), 200)
    fields = "&".join(f"{name}={_hidden(name, checkout)}" for name in ("form_token", "shown"))
    placed = _check(client.post("/checkout/", f"{token}&{address}&{fields}", **form), 302)
    _check(client.get(placed["Location"]), 200)


def _host(line: str) -> str:
    return next(field for field in line.split("\t") if field.endswith(settings.BASE_DOMAIN))


def _client(host: str, cookie: str) -> Client:
    return Client(enforce_csrf_checks=True, HTTP_HOST=host, HTTP_COOKIE=cookie)


def _check(response: HttpResponse, status: int) -> HttpResponse:
    if response.status_code != status:
        raise NoAnswer(f"{response.request['PATH_INFO']} answered {response.status_code}, not {status}.")
    return response


def _hidden(name: str, page: HttpResponse) -> str:
    found = re.search(rf'name="{name}"[^>]*? value="([^"]+)"', page.content.decode())
    if found is None:
        raise NoAnswer(f"The page has no hidden field {name}.")
    return found[1]
