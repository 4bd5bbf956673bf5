"""Filters on the category and search page: what they list, what stands beside them, and what they cost."""

import re
from itertools import combinations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from catalog import facets, finder, shelves
from catalog.models import AssortmentException, Product
from portals.models import OwnMoney
from tests.catalog.test_views import category_url, client_of, fill_fast, names, text
from tests.world import NOW, World, make_category, make_product

pytestmark = pytest.mark.django_db
OPTION = re.compile(
    r'<input type="checkbox" id="[^"]+" name="(\w+)" value="([^"]+)"( checked)?> <span>([^<]+)</span>'
    r'(?: <span class="muted small">(\d+)</span>)?'
)


@pytest.fixture(autouse=True)
def _live_period():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def bob(world: World) -> Client:
    return client_of(world.bob)


@pytest.fixture
def shelf(world: World):
    """Chairs: eight on two shelves below, of two brands, two sold out; Bob has EUR 250."""
    stools = make_category("Krukken", parent=world.chairs)
    seats = make_category("Zetels", parent=world.chairs)
    for number, (where, brand, price, stock) in enumerate(
        [
            (stools, "Zetwerk", "49.00", 5),
            (stools, "Zetwerk", "99.00", 0),
            (stools, "Holt & Haven", "150.00", 5),
            (stools, "Holt & Haven", "250.00", 5),
            (seats, "Zetwerk", "250.01", 5),
            (seats, "Zetwerk", "399.00", 0),
            (seats, "Holt & Haven", "120.00", 5),
            (seats, "Holt & Haven", "600.00", 5),
        ]
    ):
        product = make_product(where, f"Zit {number}", price, stock=stock)
        Product.objects.filter(pk=product.pk).update(brand=brand)
    Product.objects.filter(pk=world.chair.pk).update(is_active=False)
    return world.chairs, stools, seats


def chosen(*numbers: int) -> list[str]:
    return [f"Zit {number}" for number in numbers]


def told(response) -> str:
    """What the live region says."""
    return re.search(r'<p(?: class="muted")? id="found"[^>]*>([^<]*)<', text(response))[1].strip()


def options(response) -> dict[tuple[str, str], int | None]:
    """Number of each option, by its name and label."""
    return {
        (name, label.replace("&amp;", "&")): int(number) if number else None
        for name, _value, _checked, label, number in OPTION.findall(text(response))
    }


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"brand": "Zetwerk"}, [0, 1, 4, 5]),
        ({"brand": ["Zetwerk", "Holt & Haven"]}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"price_from": "99"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"price_to": "250"}, [0, 1, 2, 3, 6]),
        ({"price_from": "99", "price_to": "150,00"}, [1, 2, 6]),
        ({"stock": "on"}, [0, 2, 3, 4, 6, 7]),
        ({"credit": "on"}, [0, 1, 2, 3, 6]),
        ({"stock": "on", "credit": "on", "brand": "Zetwerk"}, [0]),
        ({"sort": "price"}, [0, 1, 6, 2, 3, 4, 5, 7]),
        ({"sort": "-price"}, [7, 5, 4, 3, 2, 6, 1, 0]),
        ({"sort": "newest", "brand": "Zetwerk"}, [5, 4, 1, 0]),
        ({"price_from": "abc", "brand": "Zetwerk"}, [0, 1, 4, 5]),
    ],
)
def test_filters_list_what_fits_in_the_order_asked_for(bob: Client, shelf, query, listed):
    response = bob.get(category_url(shelf[0]), query)

    assert names(response) == chosen(*listed)
    assert told(response) == (f"{len(listed)} producten" if len(listed) != 1 else "1 product")


def test_shelves_below_are_filters_as_well(bob: Client, shelf):
    chairs, stools, seats = shelf

    assert names(bob.get(category_url(chairs), {"category": seats.slug, "stock": "on"})) == chosen(4, 6, 7)
    assert names(bob.get(category_url(chairs), {"category": [seats.slug, stools.slug]})) == chosen(*range(8))


def test_numbers_beside_the_options_are_what_is_then_listed(bob: Client, shelf):
    url, (_chairs, stools, _seats) = category_url(shelf[0]), shelf
    parts = [("brand", "Zetwerk"), ("category", stools.slug), ("price_to", "300"), ("stock", "on"), ("credit", "on")]
    checked = 0

    for size in range(3):
        for query in map(dict, combinations(parts, size)):
            page = text(bob.get(url, query))
            for name, value, _is_checked, _label, number in OPTION.findall(page):
                narrowed = query | {name: value.replace("&amp;", "&")}
                assert len(names(bob.get(url, narrowed))) == int(number), (query, name, value)
                checked += 1

    assert checked > 60


def test_an_option_that_gives_nothing_stays_only_while_it_is_chosen(bob: Client, shelf):
    url = category_url(shelf[0])

    assert ("brand", "Zetwerk") not in options(bob.get(url, {"price_from": "500"}))
    assert options(bob.get(url, {"price_from": "500", "brand": "Zetwerk"}))["brand", "Zetwerk"] == 0


def test_too_narrow_a_choice_shows_only_ways_that_lead_somewhere(bob: Client, shelf):
    response = bob.get(
        category_url(shelf[0]), {"brand": "Zetwerk", "price_from": "500", "stock": "on", "sort": "price"}
    )
    page = text(response).partition('class="empty"')[2]
    ways = [url.replace("&amp;", "&") for url in re.findall(r'href="(\?[^"]*)"', page)]

    assert "Niets past bij al deze filters" in page
    assert ways == ["?price_from=500&stock=on&sort=price", "?brand=Zetwerk&stock=on&sort=price", "?sort=price"]
    assert [len(names(bob.get(category_url(shelf[0]) + way))) for way in ways] == [1, 2, 8]
    assert re.findall(r">([^<>]+) \((\d+)\)</a>", page) == [("elk merk", "1"), ("elke prijs", "2")]


def test_bad_input_is_told_at_its_field_and_ignored(bob: Client, shelf):
    response = bob.get(category_url(shelf[0]), {"price_from": "duur", "price_to": "100"})

    assert names(response) == chosen(0, 1)
    assert "Typ een bedrag zoals 49 of 49,95." in text(response)
    assert 'value="duur"' in text(response)
    assert names(bob.get(category_url(shelf[0]), {"price_from": "duur"})) == chosen(*range(8))
    assert "Typ een bedrag" not in text(bob.get(category_url(shelf[0])))


def test_filters_show_only_what_the_portal_shows(world: World, bob: Client, shelf):
    chairs = shelf[0]
    hidden, own = Product.objects.get(name_nl="Zit 0"), world.mug
    Product.objects.filter(pk=own.pk).update(brand="Geheim")
    AssortmentException.objects.create(portal=world.acme, product=hidden, allowed=False)
    charlie = client_of(world.charlie)

    assert options(bob.get(category_url(chairs)))["brand", "Zetwerk"] == 3
    assert options(charlie.get(category_url(chairs)))["brand", "Zetwerk"] == 4
    assert names(bob.get(category_url(chairs), {"brand": "Geheim"})) == []
    assert names(bob.get(category_url(chairs), {"category": world.coffee.slug})) == chosen(*range(1, 8))
    AssortmentException.objects.create(portal=world.acme, product=own, allowed=True)
    assert names(bob.get(category_url(world.coffee), {"brand": "Geheim"})) == ["Mok Aarde"]
    assert charlie.get(category_url(world.coffee), {"brand": "Geheim"}).status_code == 404


def test_within_my_credit_is_only_what_credit_may_pay(world: World):
    world.globex.own_money = OwnMoney.EVERYTHING
    world.globex.save()
    make_product(world.coffee, "Kop", "9.00")
    AssortmentException.objects.create(portal=world.globex, product=world.mug, allowed=True)
    charlie = client_of(world.charlie)

    response = charlie.get(category_url(world.coffee), {"credit": "on"})

    assert names(response) == ["Mok Aarde"]
    assert options(response)["credit", "Binnen mijn tegoed"] == 1
    assert names(charlie.get(category_url(world.coffee))) == ["Kop", "Mok Aarde"]


def test_each_reader_of_a_kept_panel_sees_the_own_credit(world: World, bob: Client, shelf):
    alice = client_of(world.alice)

    for _ in range(2):
        assert options(bob.get(category_url(shelf[0])))["credit", "Binnen mijn tegoed"] == 5
        assert options(alice.get(category_url(shelf[0])))["credit", "Binnen mijn tegoed"] == 0


def test_numbers_of_a_narrowed_list_are_fresh(bob: Client, shelf):
    url = category_url(shelf[0])
    assert options(bob.get(url, {"brand": "Zetwerk"}))["stock", "Op voorraad"] == 2

    Product.objects.filter(name_nl="Zit 1").update(stock=3)

    assert options(bob.get(url, {"brand": "Zetwerk"}))["stock", "Op voorraad"] == 3


@pytest.mark.parametrize("mark", ["@within@", "<within>"])
def test_words_of_a_search_are_never_taken_for_the_place_of_a_number(world: World, bob: Client, mark):
    make_product(world.desks, "Bureau within", "80.00")

    page = bob.get("/search/", {"q": mark}).text

    assert names(bob.get("/search/", {"q": mark})) == ["Bureau within"]
    assert f'<input type="hidden" name="q" value="{escape(mark)}">' in page


def test_search_is_narrowed_down_and_ordered_alike(world: World, bob: Client, shelf):
    make_product(world.desks, "Zit aan bureau", "80.00")

    def found(**query):
        return names(bob.get("/search/", {"q": "zit"} | query))

    page = text(bob.get("/search/", {"q": "zit", "brand": "Zetwerk"}))
    assert sorted(found()) == sorted([*chosen(*range(8)), "Zit aan bureau", "Zit-sta bureau Lift"])
    assert found(brand="Zetwerk", sort="name") == chosen(0, 1, 4, 5)
    assert found(category=world.desks.slug, sort="price") == ["Zit aan bureau", "Zit-sta bureau Lift"]
    assert found(sort="relevance") == found()
    assert "4 producten gevonden" in page
    assert '<input type="hidden" name="q" value="zit">' in page
    assert 'href="?q=zit"' in page


def test_pages_of_a_narrowed_list_are_right_at_both_ends(world: World, bob: Client):
    shelf = make_category("Vol", parent=world.chairs)
    fill_fast(shelf, 130)

    def page(number):
        return names(bob.get(category_url(shelf), {"price_to": "50", "page": number}))

    whole = [name for number in (1, 2, 3, 4) for name in page(number)]
    assert len(whole) == len(set(whole)) == Product.objects.filter(category=shelf, price__lte=50).count() == 81
    assert page("99") == page("-1") == page("0") == page(4)
    assert page("x") == page("9" * 5000) == page(1)


def test_beyond_the_most_that_is_counted_no_numbers_are_shown(world: World, bob: Client, monkeypatch):
    monkeypatch.setattr(facets, "MOST", 24)
    monkeypatch.setattr(finder, "MOST", 24)
    shelf = make_category("Vol", parent=world.chairs)
    fill_fast(shelf, 60)

    response = bob.get(category_url(shelf))
    narrowed = bob.get(category_url(shelf), {"price_from": "12"})

    assert options(response) == {
        ("brand", "Merk"): None, ("stock", "Op voorraad"): None, ("credit", "Binnen mijn tegoed"): None,
    }  # fmt: skip
    assert told(response) == "60 producten"
    assert told(narrowed) == "Meer dan 24 producten. Kies meer om er minder te zien."
    assert len(names(narrowed)) == 24


def test_a_long_list_offers_the_filters_of_few_of_its_products(world: World, bob: Client, monkeypatch):
    shelf = make_category("Vol", parent=world.chairs)
    fill_fast(shelf, 30)
    Product.objects.filter(pk__in=Product.objects.filter(category=shelf).order_by("-pk").values("pk")[:5]).update(
        brand="Zetwerk"
    )
    monkeypatch.setattr(facets, "MOST_LOOKED_AT", 20)

    counted = options(bob.get(category_url(shelf), {"price_from": "1"}))
    monkeypatch.setattr(facets, "MOST", 28)
    offered = options(bob.get(category_url(shelf), {"price_from": "1"}))

    assert (counted["brand", "Merk"], counted["brand", "Zetwerk"]) == (25, 5)
    assert [label for name, label in offered if name == "brand"] == ["Merk"]


def test_ways_out_of_a_long_list_show_no_numbers(world: World, bob: Client, monkeypatch):
    monkeypatch.setattr(facets, "MOST", 24)
    shelf = make_category("Vol", parent=world.chairs)
    fill_fast(shelf, 30)

    page = text(bob.get(category_url(shelf), {"brand": "Zetwerk", "price_from": "1"})).partition('class="empty"')[2]

    assert re.findall(r">(elk merk[^<]*)</a>", page) == ["elk merk"]


def test_htmx_gets_the_list_alone_with_its_address_and_the_number_to_tell(bob: Client, shelf):
    url = category_url(shelf[0])
    headers = {"HX-Request": "true", "HX-Target": "finder", "HX-Trigger": "finder"}

    part = bob.get(url, {"brand": "Zetwerk", "price_from": "", "sort": "name"}, headers=headers)
    whole = bob.get(url, {"brand": "Zetwerk"}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert names(part) == names(whole) == chosen(0, 1, 4, 5)
    assert "<html" not in text(part)
    assert "<html" in text(whole)
    assert part["HX-Push-Url"] == f"{url}?brand=Zetwerk"
    assert told(part) == told(whole) == "4 producten"
    assert '<p id="found" hx-swap-oob="innerHTML">' in text(part)
    assert '<details class="finder__panel" open>' in text(part)
    assert "HX-Target" in part["Vary"]
    assert "HX-Target" in whole["Vary"]


@pytest.mark.parametrize("products", [1, 24, 1_000, 50_000])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "sort=price",
        "brand=Merk",
        "brand=Merk&stock=on&credit=on&price_to=90&page=2",
        "spec-kleur=wit&from-hoogte-cm=5",
    ],
)
def test_filters_cost_no_more_statements_than_the_page_may(world: World, bob: Client, products, query):
    shelf = make_category("Vol", parent=world.chairs)
    fill_fast(shelf, products)

    for url, most in ((f"{category_url(shelf)}?{query}", 6), (f"/search/?q=vulling&{query}", 7)):
        bob.get("/search/?q=vulling")
        shelves._cut.cache_clear()
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                assert bob.get(url).status_code == 200
            counts.append(len(captured))
            assert [asked["sql"] for asked in captured if not asked["sql"].startswith("SELECT")] == []
        assert max(counts) <= most
        assert counts[1] == 5
