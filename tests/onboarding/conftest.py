"""The back office as the coordinator sees it."""

import pytest
from django.test import Client

from tests.world import World


class Office:
    """A browser on the main host, signed in as staff."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path, **kwargs):
        return self.client.get(path, headers={"host": "localhost"}, **kwargs)

    def post(self, path, data=None, **kwargs):
        return self.client.post(path, data or {}, headers={"host": "localhost"}, **kwargs)


@pytest.fixture
def office(world: World, client: Client, settings) -> Office:
    """The coordinator at work. The second factor has tests of its own."""
    settings.DEMO = True
    client.force_login(world.coordinator)
    return Office(client)
