"""Error pages: friendly, in the portal's look, and without a word of what went wrong inside."""

import pytest
from django.test import Client
from django.urls import path

from thuiswerk import portal_urls

ACME = "acme.localhost"


def broken(request):
    raise RuntimeError("the secret reason")


urlpatterns = [path("broken/", broken), *portal_urls.urlpatterns]


@pytest.fixture
def client():
    return Client(raise_request_exception=False, headers={"host": ACME})


def test_missing_page_has_the_portals_look(client, world):
    response = client.get("/bestaat-niet/")

    assert response.status_code == 404
    assert "Deze pagina bestaat niet" in response.text
    assert "Acme Thuiswerkwinkel" in response.text


def test_missing_page_speaks_english(client, world):
    client.cookies["django_language"] = "en"

    response = client.get("/bestaat-niet/")

    assert "This page does not exist" in response.text


def test_stale_form_is_explained(world):
    client = Client(enforce_csrf_checks=True, headers={"host": ACME})

    response = client.post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "Deze pagina stond te lang open" in response.text


def test_crash_says_sorry_in_both_languages_and_nothing_else(client, world, settings, caplog):
    settings.PORTAL_URLCONF = __name__

    response = client.get("/broken/")

    assert response.status_code == 500
    assert "Er ging iets mis" in response.text
    assert "Something went wrong" in response.text
    assert "secret reason" not in response.text
