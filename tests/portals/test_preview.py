"""Looking at a portal as an employee would, and nothing more than looking."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portals.models import PortalState
from portals.preview import PreviewRefused, preview_url
from tests.world import NOW, make_user

ACME, GLOBEX = {"host": "acme.localhost"}, {"host": "globex.localhost"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def link(world):
    """The address that the back office sends the coordinator to, of a portal that is still in build."""
    world.acme.state = PortalState.BUILD
    world.acme.save()
    return preview_url(world.acme, world.coordinator)


def path_of(link):
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def viewer(client, link):
    """A browser in which the preview was opened."""
    assert client.get(path_of(link), headers=ACME).status_code == 302
    return client


def test_link_goes_to_the_portals_own_host(link):
    assert link.startswith("http://acme.localhost/preview/?token=")


@pytest.mark.parametrize("path", ["/", "/cart/", "/search/?q=stoel", "/orders/", "/credit/", "/checkout/"])
def test_portal_in_build_is_shown_without_anybodys_data(world, viewer, path):
    response = viewer.get(path, headers=ACME, follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert "Voorbeeld: alleen kijken." in page
    for secret in ("bob@acme", "alice@acme", "coordinator@", "Bob de Vries"):
        assert secret not in page


def test_preview_knows_no_user(world, viewer):
    response = viewer.get("/", headers=ACME)

    assert not response.wsgi_request.user.is_authenticated
    assert viewer.get("/account/password/change/", headers=ACME).status_code == 302


@pytest.mark.parametrize("path", ["/cart/lines/", "/checkout/", "/account/login/", "/account/logout/", "/nowhere/"])
def test_every_write_is_refused(world, viewer, path):
    data = {"product": world.chair.pk, "quantity": 1}

    with CaptureQueriesContext(connection) as captured:
        response = viewer.post(path, data, headers=ACME)

    assert response.status_code in {403, 404}
    assert not [q for q in captured if not q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]


def test_refusal_is_friendly(world, viewer):
    response = viewer.post("/cart/lines/", {"product": world.chair.pk, "quantity": 1}, headers=ACME)

    assert "In een voorbeeld kun je alleen kijken" in response.content.decode()


def test_preview_ends_after_an_hour(viewer, clock):
    clock.shift(dt.timedelta(minutes=59))
    open_still = viewer.get("/orders/", headers=ACME).status_code
    viewer.session.save()  # Whatever a page keeps makes the session last longer, but not the preview.
    clock.shift(dt.timedelta(minutes=2))

    told, after = (viewer.get("/orders/", headers=ACME).status_code for _ in range(2))
    assert (open_still, told, after) == (200, 403, 302)


def test_preview_can_be_closed(viewer):
    viewer.post("/preview/close/", headers=ACME)

    assert viewer.get("/orders/", headers=ACME).status_code == 302


def test_link_works_once(viewer, link):
    assert Client().get(path_of(link), headers=ACME).status_code == 403


def test_link_works_for_a_minute(client, link, clock):
    clock.shift(dt.timedelta(seconds=61))

    assert client.get(path_of(link), headers=ACME).status_code == 403


def test_link_of_one_portal_opens_no_other(world, client, link):
    assert client.get(path_of(link), headers=GLOBEX).status_code == 403
    assert client.get("/orders/", headers=GLOBEX).status_code == 302


def test_session_of_one_portal_is_nothing_in_another(viewer):
    assert viewer.get("/orders/", headers=GLOBEX).status_code == 302


@pytest.mark.parametrize("token", ["", "x", "eyJwb3J0YWwiOjF9:1:x"])
def test_forged_link_is_refused(world, client, token):
    response = client.get("/preview/", {"token": token}, headers=ACME)

    assert response.status_code == 403
    assert "preview" not in client.session


def test_only_who_may_change_portals_gets_a_link(world):
    for user in (world.alice.user, make_user("clerk@thuiswerk.example", is_staff=True)):
        with pytest.raises(PreviewRefused):
            preview_url(world.acme, user)


def test_link_of_a_colleague_who_left_is_refused(world, client, link):
    world.coordinator.is_active = False
    world.coordinator.save()

    assert client.get(path_of(link), headers=ACME).status_code == 403


def test_preview_takes_the_place_of_a_members_session(world, client, link):
    client.force_login(world.bob.user)

    client.get(path_of(link), headers=ACME)

    response = client.get("/", headers=ACME)
    assert not response.wsgi_request.user.is_authenticated
    assert response.wsgi_request.membership.pk == 0
