"""Lists narrowed down by what products say of themselves: values to choose, and numbers between two ends."""

import re

import pytest
import time_machine
from django.test import Client

from catalog import facets, finder
from catalog.models import Category, Product
from catalog.specifications import MOST_ASKED
from tests.catalog.test_views import category_url, client_of, names, text
from tests.world import NOW, World, make_category, make_product

pytestmark = pytest.mark.django_db
GROUP = re.compile(r"<fieldset[^>]*>\s*<legend>([^<]*)</legend>(.*?)</fieldset>", re.DOTALL)
OPTION = re.compile(
    r'name="(spec-[^"]+)" value="([^"]+)"( checked)?> <span>([^<]+)</span>(?: <span class="muted small">(\d+)</span>)?'
)
CHIP = re.compile(r'<a class="chip" href="([^"]*)"[^>]*>([^<]+)<svg')


@pytest.fixture(autouse=True)
def _live_period():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def bob(world: World) -> Client:
    return client_of(world.bob)


@pytest.fixture
def shelf(world: World) -> Category:
    """Seats of several colours, loads and heights; one says nothing of itself."""
    seats = make_category("Zetels", parent=world.chairs)
    for number, (color, english, load, height) in enumerate(
        [
            ("zwart", "black", "100", "40 tot 50"),
            ("zwart", "black", "120", "45-55"),
            ("wit", "white", "120", "50,5 tot 60"),
            ("wit", "white", "150", "48"),
            ("rood & geel", "red & yellow", "110", None),
        ]
    ):
        lines = [
            ["Kleur", "Colour", color, english],
            ["Draagvermogen", "Load", f"{load} kg", f"{load} kg"],
            ["Garantie", "Warranty", "5 jaar", "5 years"],
        ]
        if height:
            lines.append(["Hoogte", "Height", f"{height} cm", f"{height} cm"])
        make_product(seats, f"Zit {number}", f"{number + 1}00.00", specifications=lines)
    make_product(seats, "Zit 5", "600.00")
    return seats


def chosen(*numbers: int) -> list[str]:
    return [f"Zit {number}" for number in numbers]


def groups(page: str) -> dict[str, str]:
    """The panel: what stands below each name."""
    return dict(GROUP.findall(page))


def options(page: str, name: str) -> dict[str, int | None]:
    return {
        label.replace("&amp;", "&"): int(number) if number else None
        for _name, _value, _checked, label, number in OPTION.findall(groups(page).get(name, ""))
    }


def chips(page: str) -> dict[str, str]:
    return {label: url.replace("&amp;", "&") for url, label in CHIP.findall(page)}


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ({"spec-kleur": "zwart"}, [0, 1]),
        ({"spec-kleur": ["zwart", "rood & geel"]}, [0, 1, 4]),
        ({"spec-kleur": "wit", "from-draagvermogen-kg": "130"}, [3]),
        ({"from-draagvermogen-kg": "110"}, [1, 2, 3, 4]),
        ({"to-draagvermogen-kg": "110,0"}, [0, 4]),
        ({"from-draagvermogen-kg": "110", "to-draagvermogen-kg": "120"}, [1, 2, 4]),
        ({"from-hoogte-cm": "49", "to-hoogte-cm": "49.5"}, [0, 1]),
        ({"from-hoogte-cm": "56"}, [2]),
        ({"to-hoogte-cm": "48"}, [0, 1, 3]),
        ({"spec-kleur": "wit", "price_to": "300", "stock": "on"}, [2]),
        ({"spec-kleur": ""}, [0, 1, 2, 3, 4, 5]),
        ({"spec-kleur": "ZWART"}, []),
        ({"spec-maat": "groot"}, []),
        ({"from-kleur": "1"}, []),
    ],
)
def test_lists_what_fits(bob: Client, shelf: Category, query: dict, listed: list[int]):
    assert names(bob.get(category_url(shelf), query)) == chosen(*listed)
    assert [
        name for name in names(bob.get("/search/", {"q": "zit", "sort": "name"} | query)) if name[4:].isdigit()
    ] == (chosen(*listed))


def test_panel_offers_what_differs_in_the_readers_language(bob: Client, world: World, shelf: Category):
    dutch, english = text(bob.get(category_url(shelf))), text(client_of(world.alice, "en").get(category_url(shelf)))

    assert list(groups(dutch))[2:-1] == ["Draagvermogen (kg)", "Hoogte (cm)", "Kleur"]
    assert list(groups(english))[2:-1] == ["Colour", "Height (cm)", "Load (kg)"]
    assert options(dutch, "Kleur") == {"rood & geel": 1, "wit": 2, "zwart": 2}
    assert options(english, "Colour") == {"black": 2, "red & yellow": 1, "white": 2}
    assert "100 tot 150" in groups(dutch)["Draagvermogen (kg)"]
    assert "40 to 60" in groups(english)["Height (cm)"]


def test_numbers_beside_the_values_are_what_is_then_listed(bob: Client, shelf: Category):
    url, checked = category_url(shelf), 0
    parts = [("spec-kleur", "wit"), ("from-draagvermogen-kg", "120"), ("to-hoogte-cm", "50"), ("price_to", "300")]

    for which in range(2 ** len(parts)):
        query = dict(part for place, part in enumerate(parts) if which >> place & 1)
        page = text(bob.get(url, query))
        for name, value, _checked, _label, number in OPTION.findall(page):
            narrowed = query | {name: value.replace("&amp;", "&")}
            assert len(names(bob.get(url, narrowed))) == int(number), narrowed
            checked += 1

    assert checked == 30


def test_span_of_a_number_is_that_of_what_fits_all_else(bob: Client, shelf: Category):
    page = text(bob.get(category_url(shelf), {"spec-kleur": "wit", "from-draagvermogen-kg": "140"}))

    assert "120 tot 150" in groups(page)["Draagvermogen (kg)"]
    assert 'value="140"' in groups(page)["Draagvermogen (kg)"]


def test_chips_read_as_the_panel_and_lead_to_the_address_without_them(bob: Client, world: World, shelf: Category):
    query = {"spec-kleur": ["wit", "zwart"], "from-hoogte-cm": "41,5", "to-hoogte-cm": "60", "sort": "price"}

    shown = chips(text(bob.get(category_url(shelf), query)))
    english = chips(text(client_of(world.alice, "en").get(category_url(shelf), query)))

    assert shown == {
        "Hoogte (cm) vanaf 41,5": "?to-hoogte-cm=60&spec-kleur=wit&spec-kleur=zwart&sort=price",
        "Hoogte (cm) tot 60": "?from-hoogte-cm=41.5&spec-kleur=wit&spec-kleur=zwart&sort=price",
        "Kleur: wit": "?from-hoogte-cm=41.5&to-hoogte-cm=60&spec-kleur=zwart&sort=price",
        "Kleur: zwart": "?from-hoogte-cm=41.5&to-hoogte-cm=60&spec-kleur=wit&sort=price",
    }
    assert list(english) == ["Height (cm) from 41.5", "Height (cm) up to 60", "Colour: white", "Colour: black"]


def test_too_narrow_a_choice_keeps_its_names_and_shows_a_way_out(bob: Client, world: World, shelf: Category):
    page = text(client_of(world.alice, "en").get(category_url(shelf), {"spec-kleur": "zwart", "price_from": "500"}))

    assert list(chips(page))[1:] == ["Colour: black"]
    assert re.findall(r'href="([^"]*)"[^>]*>([^<>]+) \((\d+)\)</a>', page.partition('class="empty"')[2]) == [
        ("?spec-kleur=zwart", "any price", "2"), ("?price_from=500", "any specification", "2"),
    ]  # fmt: skip


def test_what_cannot_be_understood_is_told_at_its_field_and_ignored(bob: Client, shelf: Category):
    query = {"from-hoogte-cm": "hoog", "from-draagvermogen-kg": "130", "to-draagvermogen-kg": "9"}
    response = bob.get(category_url(shelf), query)
    panel = groups(text(response))

    assert names(response) == chosen(3)
    assert "Typ een getal zoals 12 of 12,5." in panel["Hoogte (cm)"]
    assert "dus het telt niet mee" in panel["Draagvermogen (kg)"]
    assert 'value="hoog"' in panel["Hoogte (cm)"]


@pytest.mark.parametrize(
    "query",
    [
        "spec-=zwart", "spec-kl%00eur=zwart", "spec-kleur=z%00wart", f"spec-{'k' * 121}=zwart", "from-hoogte-cm=NaN",
        "to-hoogte-cm=-1", "from-hoogte-cm=1e9", "to-hoogte-cm=99999999999999", "spec-kleur=",
    ],
)  # fmt: skip
def test_nonsense_is_ignored(bob: Client, shelf: Category, query: str):
    assert names(bob.get(f"{category_url(shelf)}?{query}")) == chosen(*range(6))


def test_no_more_is_asked_than_may_be(bob: Client, shelf: Category):
    every = "&".join(f"spec-a{number:02}=x" for number in range(MOST_ASKED + 5))

    assert len(chips(text(bob.get(f"{category_url(shelf)}?{every}")))) == MOST_ASKED


def test_change_of_a_specification_shows_at_once(bob: Client, shelf: Category):
    assert options(text(bob.get(category_url(shelf))), "Kleur")["wit"] == 2

    Product.objects.filter(name_nl="Zit 5").update(specifications=[["Kleur", "Colour", "wit", "white"]])

    assert options(text(bob.get(category_url(shelf))), "Kleur")["wit"] == 3


def test_specifications_of_another_portals_products_are_not_offered_nor_found(
    bob: Client, world: World, shelf: Category
):
    for color in ("geheim", "verborgen"):
        lines = [["Kleur", "Colour", color, "secret"], ["Geheimgetal", "", f"{len(color)} kg", ""]]
        own = make_product(shelf, "Zit 9", "10.00", specifications=lines)
        world.acme.assortment_exceptions.create(product=own, allowed=False)

    bob_sees, charlie_sees = (text(who.get(category_url(shelf))) for who in (bob, client_of(world.charlie)))
    asked = bob.get(category_url(shelf), {"spec-kleur": "geheim", "from-geheimgetal-kg": "1"})

    assert "geheim" in charlie_sees
    assert "Geheimgetal" in charlie_sees
    assert not {"geheim", "Geheim", "secret"} & set(re.findall(r"\w+", bob_sees))
    assert names(asked) == []
    assert list(chips(text(asked))) == ["geheimgetal-kg vanaf 1", "Kleur: geheim"]
    assert "secret" not in text(asked)


def test_beyond_the_most_that_is_counted_no_numbers_are_shown(bob: Client, shelf: Category, monkeypatch):
    monkeypatch.setattr(facets, "MOST", 4)
    monkeypatch.setattr(finder, "MOST", 4)

    page = text(bob.get(category_url(shelf)))

    assert set(options(page, "Kleur").values()) == {None}
    assert 'name="from-hoogte-cm"' in page
    assert "40 tot" not in page


def test_only_the_most_frequent_are_offered_but_what_is_chosen_stays(bob: Client, world: World):
    shelf = make_category("Vol", parent=world.chairs)
    for number in range(12):
        lines = [[f"Maat {place}", "", f"m{number}", ""] for place in range(8 if number < 6 else 7)]
        make_product(shelf, f"Zit {number:02}", "10.00", specifications=lines)

    plain = text(bob.get(category_url(shelf)))
    narrowed = text(bob.get(category_url(shelf), {"spec-maat-7": "m1", "stock": "on"}))
    beyond_ten = text(bob.get(category_url(shelf), {"spec-maat-0": "m9"}))

    assert list(groups(plain))[2:-1] == [f"Maat {place}" for place in range(6)]
    assert len(options(plain, "Maat 0")) == 10
    assert "Maat 7" in groups(narrowed)
    assert options(narrowed, "Maat 7")["m1"] == 1
    assert "m9" not in options(plain, "Maat 0")
    assert options(beyond_ten, "Maat 0")["m9"] == 1


def test_number_with_more_behind_it_is_in_the_range(bob: Client, world: World):
    screens = make_category("Schermen", parent=world.chairs)
    for number, size in enumerate(["27 inch", "34 inch, 21:9", "49 inch (gebogen)", "24 inch"]):
        make_product(screens, f"Zit {number}", "99.00", specifications=[["Diagonaal", "Size", size, size]])
    url = category_url(screens)

    panel = groups(text(bob.get(url)))["Diagonaal (inch)"]

    assert "24 tot 49" in panel
    assert names(bob.get(url, {"from-diagonaal-inch": "30", "to-diagonaal-inch": "40"})) == chosen(1)
    assert names(bob.get(url, {"from-diagonaal-inch": "27"})) == chosen(0, 1, 2)


def test_what_is_a_number_for_most_is_offered_as_range_and_its_texts_as_values(bob: Client, world: World):
    seats = make_category("Zitjes", parent=world.chairs)
    for number, (name, value) in enumerate(
        [("Gewicht", "5 kg"), ("Gewicht", "8 kg"), ("Gewicht (kg)", "licht"), ("Gewicht (kg)", "zwaar")]
    ):
        make_product(seats, f"Zit {number}", "99.00", specifications=[[name, "", value, ""]])
    url = category_url(seats)

    page = text(bob.get(url))
    both = {"spec-gewicht-kg": "licht", "from-gewicht-kg": "6"}

    assert "5 tot 8" in groups(page)["Gewicht (kg)"]
    assert options(page, "Gewicht (kg)") == {"licht": 1, "zwaar": 1}
    assert names(bob.get(url, {"to-gewicht-kg": "9"})) == chosen(0, 1)
    assert names(bob.get(url, {"spec-gewicht-kg": "licht"})) == chosen(2)
    assert names(bob.get(url, both)) == chosen(1, 2)
    assert options(text(bob.get(url, both)), "Gewicht (kg)") == {"licht": 1, "zwaar": 1}
