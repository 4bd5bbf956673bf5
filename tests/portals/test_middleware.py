"""The host decides the tenant, before anything else runs."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import ledger
from tests.world import NOW, make_grant


def ask(client, host, path="/account/login/"):
    return client.get(path, headers={"host": host})


@pytest.mark.parametrize(
    "host", ["acme.localhost", "ACME.localhost", "acme.localhost.", "acme.localhost:8000", "Acme.LocalHost.:80"]
)
def test_portal_is_found_however_its_host_is_written(world, client, host):
    response = ask(client, host)

    assert response.status_code == 200
    assert response.wsgi_request.portal == world.acme


@pytest.mark.parametrize(
    "host",
    [
        "",
        "nobody.localhost",
        "evil-acme",
        "acme",
        "acme.localhost.evil.example",
        "evil.example",
        "acme.localhost..",
        "x.acme.localhost",
        "acme.x.localhost",
        "acme.evillocalhost",
        "acmelocalhost",
        "localhost.acme.localhost",
        "acme.localhost:evil",
        "acme.localhost:80@evil.example",
        "acme.localhost/evil",
        "127.0.0.1",
        "[::1]",
        "[::1]:8000",
        "acme.localhost\x00",
        "acme_localhost",
        "ácme.localhost",
        "a" * 5000 + ".localhost",
    ],
)
def test_every_other_host_is_nothing_at_all(world, client, host):
    response = client.get("/", HTTP_HOST=host)

    assert response.status_code == 404
    assert response.content == b"Not found."
    assert not hasattr(response.wsgi_request, "session")


def test_own_domain_is_served_and_linked(world, client):
    world.acme.custom_domain = "winkel.acme.example"
    world.acme.save()

    assert ask(client, "winkel.acme.example").wsgi_request.portal == world.acme
    assert ask(client, "winkel.acme.example.evil.example").status_code == 404
    assert world.acme.url == "http://winkel.acme.example/"


def test_unknown_host_costs_one_question_and_nonsense_none(world, client):
    with CaptureQueriesContext(connection) as captured:
        client.get("/", HTTP_HOST="nobody.localhost")
        client.get("/", HTTP_HOST="[::1]")

    assert len(captured) == 1


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/portals/portal/"])
def test_back_office_is_not_on_a_portal_host(world, client, path):
    client.force_login(world.coordinator)

    assert ask(client, "acme.localhost", path).status_code == 404


@pytest.mark.parametrize("path", ["/cart/", "/credit/", "/orders/", "/brand/abc.css", "/preview/"])
def test_portal_pages_are_not_on_the_main_host(world, client, path):
    client.force_login(world.bob.user)

    assert ask(client, "localhost", path).status_code == 404


def test_member_of_one_portal_is_a_stranger_in_another(world, client):
    client.force_login(world.charlie.user)

    response = ask(client, "acme.localhost", "/orders/")

    assert response.status_code == 302
    assert response.wsgi_request.membership is None


def test_header_shows_what_the_ledger_lets_be_spent_today(world, client):
    day = dt.timedelta(days=1)
    make_grant(world.bob, "40.00", valid_until=NOW.date() - day)
    (spent,) = ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW - day)
    ledger.refund(spent, amount=Decimal("15.00"), source="return", now=NOW)
    make_grant(world.bob, "10.00", valid_until=NOW.date() - day)
    make_grant(world.bob, "20.00", valid_from=NOW.date() + day)
    client.force_login(world.bob.user)

    with time_machine.travel(NOW, tick=False):
        credit = ask(client, "acme.localhost", "/cart/").wsgi_request.credit

    assert credit == ledger.available(world.bob, now=NOW) == Decimal("265.00")
