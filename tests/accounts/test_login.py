"""Logging in, from the first code to the portal, and everything that must not be possible on the way."""

import pytest

pytestmark = pytest.mark.django_db


def test_login_page_of_a_portal(world, client):
    response = client.get("/account/login/", headers={"host": "acme.localhost"})

    assert response.status_code == 200
