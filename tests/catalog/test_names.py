"""Lists by name, in the order of the names that the reader sees."""

import pytest
import time_machine
from django.db import connection
from django.utils.translation import override

from catalog.filters import Sort
from catalog.models import Category, Product
from catalog.shelves import shelves_of
from catalog.stock import lying_on
from tests.catalog.test_views import category_url, client_of, names
from tests.world import NOW, World, make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _live_period():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def shelf(world: World) -> Category:
    """Three products, one of them without an English name, whose Dutch and English names go another way round."""
    shelf = make_category("Verlichting", parent=world.chairs)
    for dutch, english in [("Bureaulamp", "Desk lamp"), ("Aardlamp", "Uplighter"), ("Lampion", "")]:
        Product.objects.filter(pk=make_product(shelf, dutch, "10.00").pk).update(name_en=english, brand="Zon")
    return shelf


@pytest.mark.parametrize("query", [{}, {"sort": "name"}, {"brand": "Zon"}, {"price_to": "20", "sort": "name"}])
def test_list_by_name_goes_by_the_name_that_is_shown(world: World, shelf: Category, query: dict):
    url = category_url(shelf)

    # The second time the panel is kept, and only the cards are read.
    english, again = (names(client_of(world.bob, "en").get(url, query)) for _ in range(2))
    dutch, dutch_again = (names(client_of(world.bob, "nl").get(url, query)) for _ in range(2))

    assert english == again == ["Desk lamp", "Lampion", "Uplighter"]
    assert dutch == dutch_again == ["Aardlamp", "Bureaulamp", "Lampion"]


def test_search_by_name_goes_by_the_name_that_is_shown(world: World, shelf: Category):
    query = {"q": "Zon", "sort": "name"}

    assert names(client_of(world.bob, "en").get("/search/", query)) == ["Desk lamp", "Lampion", "Uplighter"]
    assert names(client_of(world.bob, "nl").get("/search/", query)) == ["Aardlamp", "Bureaulamp", "Lampion"]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        ({"category": 1}, "product_by_category"),
        ({"category": 1, "brand": "Zon"}, "product_by_brand"),
        ({}, "product_by_name"),
    ],
)
def test_list_by_name_is_read_from_an_index_in_its_order(world: World, language: str, narrowed: dict, index: str):
    stock = lying_on(shelves_of(world.acme), shelves_of(world.acme).by_pk[world.chairs.pk])
    stock.products = lambda: Product.objects.filter(is_active=True, **narrowed)
    index = f"{index}_en" if language == "en" else index

    with override(language), connection.cursor() as cursor:
        # Of a table as small as this any index would do, so it is left no other.
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'product_by_%'")
        for (other,) in cursor.fetchall():
            if other != index:
                cursor.execute(f"DROP INDEX {other}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = stock.in_order(Sort.NAME)[:24].explain()

    assert f"using {index} on" in plan
    assert "Sort" not in plan
