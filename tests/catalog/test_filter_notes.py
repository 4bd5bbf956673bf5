"""What a reader is told of filters that do not count: wrong input, and what is no longer there."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from catalog import facets
from catalog.models import Category, Product
from tests.catalog.test_views import category_url, client_of, names, text
from tests.world import NOW, World, make_category, make_product

pytestmark = pytest.mark.django_db
NOTES = re.compile(r'<div class="alert alert--warning finder__notes" role="alert"><svg.*?</svg><div>(.*?)</div></div>')
CHIP = re.compile(r'<a class="chip" href="([^"]*)"[^>]*>([^<]+)<svg')
BRANDS = ["Zetwerk", "Zetwerk", "Holt", "Holt"]
COLORS = ["wit", "zwart", "wit", "wit"]
AMOUNT = "Typ een bedrag zoals 49 of 49,95."
LESS = "Dit is minder dan wat bij vanaf staat, dus het telt niet mee."


@pytest.fixture(autouse=True)
def _live_period():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def bob(world: World) -> Client:
    return client_of(world.bob)


@pytest.fixture
def url(world: World) -> str:
    """A category of two dear and two cheap seats of two brands and colours, on a shelf below."""
    seats = make_category("Zetels", parent=world.chairs)
    Product.objects.filter(pk=world.chair.pk).update(is_active=False)
    for number, (brand, color) in enumerate(zip(BRANDS, COLORS, strict=True)):
        lines = [["Kleur", "Colour", color, ""], ["Hoogte", "Height", f"{number + 1}0 cm", ""]]
        product = make_product(seats, f"Zit {number}", f"{number}99.95", specifications=lines)
        Product.objects.filter(pk=product.pk).update(brand=brand)
    return category_url(world.chairs)


def chosen(*numbers: int) -> list[str]:
    return [f"Zit {number}" for number in numbers]


def notes(page: str) -> list[str]:
    return re.findall(r"<p>(.*?)</p>", "".join(NOTES.findall(page)))


def chips(page: str) -> dict[str, str]:
    return {label: query.replace("&amp;", "&") for query, label in CHIP.findall(page)}


def field(page: str, name: str) -> str:
    return re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]


@pytest.mark.parametrize(
    ("query", "wrong", "message", "listed"),
    [
        ({"price_from": "abc"}, "price_from", AMOUNT, [2, 3]),
        ({"price_to": "-5"}, "price_to", AMOUNT, [2, 3]),
        ({"price_from": "300", "price_to": "20"}, "price_to", LESS, [3]),
    ],
)
def test_wrong_input_is_told_at_its_field_and_above_the_list(bob: Client, url, query, wrong, message, listed):
    page = text(response := bob.get(url, query | {"brand": "Holt"}))

    assert names(response) == chosen(*listed)
    assert notes(page) == [f"Prijs: {message}"]
    assert f'<ul class="field__errors" role="list" id="filter-{wrong}_error"><li>{message}</li></ul>' in page
    assert f'value="{query[wrong]}"' in field(page, wrong)
    assert 'aria-invalid="true"' in field(page, wrong)
    assert f'aria-describedby="filter-{wrong}_error"' in field(page, wrong)
    assert '<details class="finder__panel" open>' in page
    assert next(iter(chips(page))) == "Holt"


def test_wrong_number_of_a_specification_is_told_with_its_name(bob: Client, url):
    page = text(bob.get(url, {"from-hoogte-cm": "hoog", "from-maat-mm": "groot", "brand": "Holt"}))

    assert notes(page) == [
        "Hoogte (cm): Typ een getal zoals 12 of 12,5.", "maat-mm: Typ een getal zoals 12 of 12,5.",
    ]  # fmt: skip
    assert 'aria-describedby="filter-from-hoogte-cm_error"' in field(page, "from-hoogte-cm")
    assert 'value="hoog"' in field(page, "from-hoogte-cm")


def test_the_same_fault_at_both_ends_is_told_once_above_the_list(bob: Client, url):
    page = text(bob.get(url, {"price_from": "veel", "price_to": "meer"}))

    assert notes(page) == [f"Prijs: {AMOUNT}"]
    assert page.count(f"<li>{AMOUNT}</li>") == 2


def test_unknown_order_is_told_and_the_usual_one_shown(bob: Client, url):
    page = text(response := bob.get(url, {"sort": "colour"}))

    assert notes(page) == ["Sorteer op: Deze volgorde bestaat niet, dus je ziet de gewone."]
    assert names(response) == chosen(0, 1, 2, 3)


def test_right_input_is_told_nothing_and_leaves_the_panel_folded(bob: Client, url):
    page = text(bob.get(url, {"price_from": "1.000", "brand": "Holt"}))

    assert notes(page) == []
    assert '<details class="finder__panel">' in page
    assert "aria-invalid" not in page
    assert list(chips(page)) == ["Holt", "Vanaf € 1.000,00"]


def test_htmx_gets_the_notes_and_keeps_what_was_typed(bob: Client, url):
    headers = {"HX-Request": "true", "HX-Target": "finder", "HX-Trigger": "finder"}

    response = bob.get(url, {"price_from": "abc", "brand": "Holt"}, headers=headers)

    assert notes(text(response)) == [f"Prijs: {AMOUNT}"]
    assert 'value="abc"' in field(text(response), "price_from")
    assert response["HX-Push-Url"] == f"{url}?brand=Holt"


def test_category_that_is_gone_is_told_and_the_rest_counts(bob: Client, url):
    seats = Category.objects.get(name_nl="Zetels").slug
    page = text(response := bob.get(url, {"category": ["oude-zetels", seats], "brand": "Holt"}))

    assert names(response) == chosen(2, 3)
    assert notes(page) == ["Het filter “oude-zetels” bestaat hier niet meer."]
    assert chips(page)["oude-zetels"] == f"?category={seats}&brand=Holt"
    assert re.findall(r'name="category" value="([^"]+)" checked', page) == [seats, "oude-zetels"]
    assert names(bob.get(url, {"category": "oude-zetels"})) == chosen(0, 1, 2, 3)
    assert notes(text(bob.get(url, {"category": "oude-zetels"})))


@pytest.mark.parametrize(
    ("query", "label", "left"),
    [
        ({"brand": "Weg"}, "Weg", "?"),
        ({"brand": "Weg", "price_to": "500"}, "Weg", "?price_to=500"),
        ({"spec-kleur": "paars"}, "Kleur: paars", "?"),
        ({"spec-maat": "groot"}, "maat: groot", "?"),
        ({"from-maat-mm": "5"}, "maat-mm vanaf 5", "?"),
        ({"from-kleur": "5"}, "Kleur vanaf 5", "?"),
    ],
)
def test_brand_or_value_that_is_gone_is_told_with_a_chip_to_take_it_away(bob: Client, url, query, label, left):
    page = text(response := bob.get(url, query))

    assert names(response) == []
    assert notes(page) == [f"Het filter “{label}” bestaat hier niet meer."]
    assert chips(page)[label] == left
    assert "Niets past bij al deze filters" in page
    assert "€ 0,00" not in page
    assert len(names(bob.get(url + left))) == 4


def test_what_is_there_but_does_not_fit_is_not_called_gone(bob: Client, url):
    page = text(response := bob.get(url, {"brand": "Holt", "spec-kleur": "zwart", "from-hoogte-cm": "900"}))

    assert names(response) == []
    assert notes(page) == []


def test_of_a_list_that_nobody_counts_only_a_category_is_known_to_be_gone(bob: Client, url, monkeypatch):
    monkeypatch.setattr(facets, "MOST", 2)

    page = text(bob.get(url, {"brand": "Weg", "spec-maat": "groot", "category": "oude-zetels"}))

    assert notes(page) == ["Het filter “oude-zetels” bestaat hier niet meer."]


def test_every_chosen_value_counts_as_there_however_many_are_chosen(bob: Client, world: World):
    shelf: Category = make_category("Vol", parent=world.chairs)
    colors = [f"kleur {number:02}" for number in range(14)]
    for color in colors:
        make_product(shelf, f"Zit {color}", "10.00", specifications=[["Kleur", "", color, ""]])

    page = text(response := bob.get(category_url(shelf), {"spec-kleur": colors}))

    assert len(names(response)) == 14
    assert notes(page) == []


@pytest.mark.parametrize("name", ["category", "brand"])
def test_note_shows_what_the_address_holds_as_text(bob: Client, url, name):
    page = text(bob.get(url, {name: "<b>x</b>"}))

    assert notes(page) == [f"Het filter “{escape('<b>x</b>')}” bestaat hier niet meer."]
    assert "<b>x" not in page
