"""The product page: what one pays, the energy class, and what else the category has."""

import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, ProductPicture
from portals.models import OwnMoney, Portal
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


def page_of(client: Client, product: Product) -> str:
    return client.get(f"/products/{product.pk}/{product.slug}/").content.decode()


def test_related_are_others_of_the_category_in_stock(bob: Client, world: World):
    for number in range(6):
        make_product(world.chairs, f"Stoel {number}", "99.00", stock=number)

    page = page_of(bob, world.chair).partition('id="related"')[2]

    shown = [name for name in [*(f"Stoel {number}" for number in range(6)), "Bureaustoel Nova"] if f">{name}<" in page]
    assert shown == ["Stoel 1", "Stoel 2", "Stoel 3", "Stoel 4"]
    assert "Zit-sta bureau" not in page


def test_related_show_nothing_that_the_portal_does_not(bob: Client, world: World):
    world.acme.assortment_exceptions.create(
        product=make_product(world.chairs, "Verborgen stoel", "99.00"), allowed=False
    )

    assert "Verborgen stoel" not in page_of(bob, world.chair)


def test_related_follow_stock_and_assortment_at_once(bob: Client, world: World):
    other = make_product(world.chairs, "Stoel Ster", "99.00")
    assert "Stoel Ster" in page_of(bob, world.chair)

    Product.objects.filter(pk=other.pk).update(stock=0)
    assert "Stoel Ster" not in page_of(bob, world.chair)
    Product.objects.filter(pk=other.pk).update(stock=5)
    assert "Stoel Ster" in page_of(bob, world.chair)
    world.acme.assortment_exceptions.create(product=other, allowed=False)
    assert "Stoel Ster" not in page_of(bob, world.chair)


def test_alone_in_its_category_a_product_has_no_related_ones(bob: Client, world: World):
    assert 'id="related"' not in page_of(bob, world.chair)


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_as_many_statements_with_pictures_and_related(bob: Client, world: World, number: int):
    for place in range(number):
        make_product(world.chairs, f"Stoel {place}", "99.00")
        ProductPicture.objects.create(
            product=world.chair, file=f"products/{place}.webp", position=number - place, width=800, height=600
        )
    page_of(bob, world.chair)

    with CaptureQueriesContext(connection) as captured:
        page = page_of(bob, world.chair)

    assert len(captured) <= 6
    places = [page.index(f"products/{place}") for place in range(number)]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize(
    ("energy_class", "scale"), [("E", "A tot G"), ("A", "A tot G"), ("A++", "A+++ tot D"), ("", "")]
)
def test_energy_class_is_shown_with_its_scale(bob: Client, world: World, energy_class: str, scale: str):
    Product.objects.filter(pk=world.chair.pk).update(energy_class=energy_class)

    page = page_of(bob, world.chair)

    assert re.findall(r'energy__class"[^>]*>([^<]+)<.*?op een schaal van ([^<]+)<', page) == (
        [(energy_class, scale)] if scale else []
    )


@pytest.mark.parametrize("energy_class", ["E", ""])
def test_page_leads_to_the_energy_label_in_the_european_register(bob: Client, world: World, energy_class: str):
    Product.objects.filter(pk=world.chair.pk).update(energy_class=energy_class, eprel_number="1234567")

    labelled, other = page_of(bob, world.chair), page_of(bob, world.desk)

    link = '<a href="https://eprel.ec.europa.eu/qr/1234567" rel="noopener">Energielabel en productinformatieblad</a>'
    assert (link in labelled, "energy__class" in labelled) == (True, bool(energy_class))
    assert "eprel.ec.europa.eu" not in other


@pytest.mark.parametrize("number", ["12a", "1/../evil", "12\n", "١٢٣", "12345678901"])
def test_number_of_an_energy_label_is_digits(world: World, number: str):
    world.chair.eprel_number = number

    with pytest.raises(ValidationError) as refused:
        world.chair.clean_fields()

    assert list(refused.value.message_dict) == ["eprel_number"]


def test_product_outside_the_assortment_says_what_one_pays_oneself(bob: Client, world: World):
    Portal.objects.filter(pk=world.acme.pk).update(own_money=OwnMoney.EVERYTHING)
    bob.post("/cart/lines/", {"product": world.mug.pk, "quantity": 1})

    assert "Je betaalt zelf €&nbsp;12,50." in page_of(bob, world.mug).replace("\xa0", "&nbsp;")
    for path in ("/cart/", "/checkout/"):
        assert bob.get(path).content.decode().count("Niet te betalen met tegoed") == 1
