"""What is kept of a portal's pages is kept under the portal: the same page of another portal never finds it."""

import pytest
from django.core.cache import caches
from django.test import Client

from tests.orders.conftest import put
from tests.orders.conftest import today as today
from tests.world import World

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every key that the fragment cache is asked for, or told."""
    fragments = caches["fragments"]
    fragments.clear()
    seen: set[str] = set()

    def make_key(key, version=None, make_key=fragments.make_key):
        seen.add(key)
        return make_key(key, version)

    monkeypatch.setattr(fragments, "make_key", make_key)
    return seen


def pages(world: World) -> list[str]:
    return [
        "/",
        f"/categories/{world.chairs.slug}/",
        f"/products/{world.chair.pk}/{world.chair.slug}/",
        "/search/?q=bureaustoel",
        "/cart/",
        "/checkout/",
        "/orders/",
        "/credit/",
        "/geen-pagina/",
    ]


def walk(world: World, member, keys: set[str]) -> set[str]:
    """The keys that a member's visit to every page uses."""
    client = Client(headers={"host": f"{member.portal.slug}.localhost"})
    client.force_login(member.user)
    keys.clear()
    for page in pages(world):
        client.get(page)
    return set(keys)


def test_keys_of_two_portals_with_the_same_content_have_nothing_in_common(world: World, keys: set[str]):
    for member in (world.bob, world.charlie):
        put(member, world.chair)

    acme, globex = walk(world, world.bob, keys), walk(world, world.charlie, keys)

    assert {key.partition(":")[0] for key in acme} >= {"shell", "cards", "search"}
    assert acme & globex == set()
    for portal, of_portal in ((world.acme, acme), (world.globex, globex)):
        assert [key for key in of_portal if key.split(":")[1].partition(".")[0] != str(portal.pk)] == []


def test_keys_change_with_the_portal(world: World, keys: set[str]):
    before = walk(world, world.bob, keys)
    world.acme.welcome_text = "Nieuw!"
    world.acme.save()
    world.acme.assortment.filter(category=world.desks).delete()

    after = walk(world, world.bob, keys)

    assert before & after == set()
