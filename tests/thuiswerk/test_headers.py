"""What every page tells the browser to refuse."""

import pytest
from django.test import Client

from tests.world import World

REFUSALS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("acme.localhost", "/", 200),
        ("acme.localhost", "/nowhere/", 404),
        ("localhost", "/", 200),
        ("localhost", "/admin/portals/portal/", 200),
    ],
)
def test_every_page_refuses_what_is_not_its_own(world: World, settings, host: str, path: str, status: int):
    settings.DEMO = True
    client = Client(headers={"host": host})
    client.force_login(world.coordinator if host == "localhost" else world.bob.user)

    response = client.get(path)

    assert response.status_code == status
    assert {name: response[name] for name in REFUSALS} == REFUSALS
