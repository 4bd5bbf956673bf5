"""Certificates are for the main host and the portals, and for nobody else."""

import pytest
from django.test import Client

from tests.world import World


def ask(domain: str) -> tuple[int, bytes]:
    response = Client(headers={"host": "web:8000"}).get("/tls-ask", {"domain": domain})
    return response.status_code, response.content


@pytest.mark.parametrize("domain", ["localhost", "acme.localhost", "ACME.localhost", "winkel.acme.example"])
def test_known_hosts_may_have_a_certificate(world: World, domain: str):
    world.acme.custom_domain = "winkel.acme.example"
    world.acme.save()

    assert ask(domain) == (200, b"yes")


@pytest.mark.parametrize(
    "domain", ["", "nobody.localhost", "x.acme.localhost", "acme", "evil.example", "acme.localhost.evil.example"]
)
def test_every_other_host_may_not(world: World, domain: str):
    assert ask(domain) == (404, b"no")


def test_asking_without_a_domain_or_by_post_gives_nothing(world: World):
    client = Client(headers={"host": "web:8000"})

    assert client.get("/tls-ask").status_code == 404
    assert client.post("/tls-ask", {"domain": "localhost"}).status_code == 405
