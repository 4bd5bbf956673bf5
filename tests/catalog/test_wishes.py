"""The wish list: put on and taken off, moved to the cart, and seen by nobody else."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.product_page import ProductNotShown
from catalog.wish_models import Wish
from catalog.wishes import MOST, ListFull, add_wish
from onboarding.roster import disable
from portals.models import Membership
from tests.world import NOW, World, make_product


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bob(world: World) -> Client:
    client = Client(headers={"host": "acme.localhost"})
    client.force_login(world.bob.user)
    return client


def wished(member: Membership) -> list[str]:
    return [wish.product.name for wish in member.wishes.select_related("product")]


def test_product_stands_on_the_list_once(world: World):
    for product in (world.chair, world.desk, world.chair):
        add_wish(world.bob, product_id=product.pk, now=NOW)

    assert wished(world.bob) == ["Zit-sta bureau Lift", "Bureaustoel Nova"]
    assert Wish.objects.filter(portal=world.acme).count() == 2


def test_product_that_the_portal_does_not_show_is_not_taken(world: World):
    with pytest.raises(ProductNotShown):
        add_wish(world.bob, product_id=world.mug.pk, now=NOW)

    assert wished(world.bob) == []


def test_list_takes_fifty_and_no_more(world: World):
    products = [make_product(world.chairs, f"Kruk {number}", "1.00") for number in range(MOST)]
    for product in products:
        add_wish(world.bob, product_id=product.pk, now=NOW)

    add_wish(world.bob, product_id=products[0].pk, now=NOW)
    with pytest.raises(ListFull):
        add_wish(world.bob, product_id=world.chair.pk, now=NOW)

    assert world.bob.wishes.count() == MOST


def test_product_page_puts_on_and_takes_off(bob: Client, world: World):
    page = f"/products/{world.chair.pk}/{world.chair.slug}/"
    assert "Op mijn verlanglijst" in bob.get(page).content.decode()

    assert bob.post("/wishes/", {"product": world.chair.pk}).headers["Location"] == page
    assert "Van mijn verlanglijst halen" in bob.get(page).content.decode()
    bob.post(f"/wishes/{world.chair.pk}/removal/")

    assert wished(world.bob) == []
    assert "Op mijn verlanglijst" in bob.get(page).content.decode()


@pytest.mark.parametrize("product", ["", "x", "999999"])
def test_nonsense_is_not_found(bob: Client, product: str):
    assert bob.post("/wishes/", {"product": product}).status_code == 404


def test_list_moves_to_the_cart(bob: Client, world: World):
    for product in (world.chair, world.desk):
        add_wish(world.bob, product_id=product.pk, now=NOW)
    assert bob.get("/wishes/").content.decode().count('name="from_wishes"') == 2

    bob.post("/cart/lines/", {"product": world.chair.pk, "quantity": 1, "from_wishes": 1})
    bob.post("/cart/lines/", {"product": world.desk.pk, "quantity": 1})

    assert wished(world.bob) == ["Zit-sta bureau Lift"]
    assert world.bob.cart_lines.count() == 2


def test_what_the_portal_no_longer_shows_is_not_on_the_page(bob: Client, world: World):
    for product in (world.chair, world.desk):
        add_wish(world.bob, product_id=product.pk, now=NOW)
    world.acme.assortment_exceptions.create(product=world.desk, allowed=False)
    world.acme.own_money = "nothing"
    world.acme.save()

    page = bob.get("/wishes/").content.decode()

    assert ("Bureaustoel Nova" in page, "Zit-sta bureau Lift" in page) == (True, False)


def test_sold_out_product_stays_on_the_list_but_cannot_be_moved(bob: Client, world: World):
    add_wish(world.bob, product_id=make_product(world.chairs, "Kruk", "1.00", stock=0).pk, now=NOW)

    page = bob.get("/wishes/").content.decode()

    assert "Uitverkocht" in page
    assert 'name="from_wishes"' not in page


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_statements_for_each_length(bob: Client, world: World, number: int):
    for place in range(number):
        add_wish(world.bob, product_id=make_product(world.chairs, f"Kruk {place}", "1.00").pk, now=NOW)
    bob.get("/wishes/")

    with CaptureQueriesContext(connection) as captured:
        bob.get("/wishes/")

    assert len(captured) == 6
    assert all(query["sql"].startswith("SELECT") for query in captured)


def test_colleague_sees_nothing_of_it_and_takes_nothing_off(world: World):
    add_wish(world.bob, product_id=world.chair.pk, now=NOW)
    alice = Client(headers={"host": "acme.localhost"})
    alice.force_login(world.alice.user)

    assert "Bureaustoel Nova" not in alice.get("/wishes/").content.decode()
    assert "Op mijn verlanglijst" in alice.get(f"/products/{world.chair.pk}/{world.chair.slug}/").content.decode()
    assert alice.post(f"/wishes/{world.chair.pk}/removal/").status_code == 404
    assert wished(world.bob) == ["Bureaustoel Nova"]


def test_list_of_a_leaver_is_thrown_away(world: World):
    for member in (world.bob, world.alice):
        add_wish(member, product_id=world.chair.pk, now=NOW)

    disable(world.bob, now=NOW, actor=world.coordinator)

    assert [wish.membership for wish in Wish.objects.all()] == [world.alice]
