"""Pages are packed for who can unpack them; what is packed already is left alone."""

import gzip

import pytest
import time_machine
from django.test import Client

from tests.world import NOW, World

PACKED = {"accept-encoding": "gzip, deflate, br"}


@pytest.fixture
def bob(world: World) -> Client:
    client = Client(HTTP_HOST="acme.localhost")
    client.force_login(world.bob.user)
    with time_machine.travel(NOW, tick=False):
        yield client


def test_page_is_packed_for_who_can_unpack_it(bob: Client):
    plain, packed = bob.get("/orders/"), bob.get("/orders/", headers=PACKED)

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content).decode().partition("csrf")[0] == plain.text.partition("csrf")[0]
    assert not plain.has_header("Content-Encoding")


def test_same_page_never_has_to_have_the_same_size(bob: Client):
    sizes = {len(bob.get("/orders/", headers=PACKED).content) for _visit in range(8)}

    assert len(sizes) > 1


def test_what_is_no_page_goes_as_it_is(bob: Client, world: World):
    answer = bob.get(f"/brand/{world.acme.brand_hash}.css", headers=PACKED)

    assert answer.status_code == 200
    assert not answer.has_header("Content-Encoding")
