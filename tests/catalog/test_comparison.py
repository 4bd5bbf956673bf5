"""Comparing products: what stands side by side, who sees it, and what it costs."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.comparison import ComparisonFull, Row, add_to, find_products, rows_of
from catalog.models import Product
from catalog.product_page import ProductNotShown
from portals.models import OwnMoney, Portal
from tests.catalog.test_views import client_of, text
from tests.thuiswerk.test_query_counts import start_anew
from tests.world import NOW, World, make_product

KILOS = ["Draagvermogen", "Load", "120 kg", "120 kg"]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bob(world: World) -> Client:
    return client_of(world.bob)


def specified(*lines: list[str]) -> Product:
    return Product(specifications=list(lines))


def put_in(client: Client, *products: Product) -> None:
    for product in products:
        assert client.post("/compare/", {"product": product.pk})["Location"] == "/compare/"


def columns(client: Client) -> list[str]:
    """The names of the products that are side by side."""
    return re.findall(r'<th scope="col">.*?<a [^>]*>([^<]*)</a>', text(client.get("/compare/")), re.DOTALL)


def cells(client: Client, label: str) -> list[str]:
    """What the row of this label says, without its tags."""
    row = re.search(rf'<th scope="row">{label}\b.*?</th>(.*?)</tr>', text(client.get("/compare/")), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row[1], re.DOTALL)]


def without_token(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text(response))


def test_rows_are_those_of_all_products_and_tell_what_differs():
    products = [
        specified(KILOS, ["Kleur", "Colour", "zwart", "black"]),
        specified(["Garantie", "Warranty", "5 jaar", "5 years"], ["kleur", "", "wit", ""], KILOS),
    ]

    assert rows_of(products) == [
        Row("Draagvermogen", ["120 kg", "120 kg"], differs=False),
        Row("Kleur", ["zwart", "wit"], differs=True),
        Row("Garantie", ["", "5 jaar"], differs=False),
    ]
    assert not any(row.differs for row in rows_of(products[:1]))


def test_nothing_is_marked_where_every_row_would_be():
    chair = specified(["Kleur", "", "zwart", ""], ["Hoogte", "", "45 cm", ""])
    lamp = specified(["Kleur", "", "wit", ""], ["Hoogte", "", "60 cm", ""])
    other = specified(["Kleur", "", "wit", ""], ["Hoogte", "", "45 cm", ""])

    assert [row.differs for row in rows_of([chair, lamp])] == [False, False]
    assert [row.differs for row in rows_of([chair, other])] == [True, False]


def test_what_a_product_says_twice_stands_in_one_cell():
    twice = specified(["Poort", "Port", "HDMI", "HDMI"], ["Poort", "Port", "USB-C", "USB-C"])

    assert rows_of([twice]) == [Row("Poort", ["HDMI, USB-C"], differs=False)]


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [1, 0, 1]])
def test_products_keep_the_order_in_which_they_were_chosen(world: World, order: list[int]):
    both = [world.chair, world.desk]

    assert find_products(world.acme, [both[place].pk for place in order]) == [both[place] for place in order[:2]]


def test_a_fifth_is_not_taken_but_one_no_longer_shown_leaves_its_place(world: World):
    four = [make_product(world.chairs, f"Kruk {number}", "10.00").pk for number in range(4)]

    assert add_to(four, world.acme, four[2]) == four
    with pytest.raises(ComparisonFull):
        add_to(four, world.acme, world.chair.pk)
    Product.objects.filter(pk=four[1]).update(is_active=False)
    assert add_to(four, Portal.objects.get(pk=world.acme.pk), world.chair.pk) == [
        four[0], four[2], four[3], world.chair.pk,
    ]  # fmt: skip


def test_product_that_the_portal_does_not_show_is_not_taken(world: World):
    with pytest.raises(ProductNotShown):
        add_to([], world.acme, world.mug.pk)


def test_products_stand_side_by_side_with_what_they_cost(bob: Client, world: World):
    Portal.objects.filter(pk=world.acme.pk).update(own_money=OwnMoney.EVERYTHING)
    Product.objects.filter(pk=world.desk.pk).update(stock=0, energy_class="B", specifications=[KILOS])
    put_in(bob, world.chair, world.desk, world.mug)

    assert columns(bob) == ["Bureaustoel Nova", "Zit-sta bureau Lift", "Mok Aarde"]
    assert cells(bob, "Prijs incl. btw") == ["€ 249,00", "€ 399,00", "€ 12,50"]
    assert cells(bob, "Je betaalt zelf") == ["€ 0,00", "€ 149,00", "€ 12,50 Niet te betalen met tegoed"]
    assert cells(bob, "Voorraad") == ["Op voorraad", "Uitverkocht", "Op voorraad"]
    assert cells(bob, "Gratis bezorgd") == ["morgen, dinsdag 17 november", "–", "morgen, dinsdag 17 november"]
    assert cells(bob, "Energieklasse") == ["–", "B", "–"]
    assert cells(bob, "Draagvermogen") == ["–", "120 kg", "–"]
    assert [cell.startswith("In winkelwagen") for cell in cells(bob, "Kiezen")] == [True, False, True]


def test_what_nobody_can_pay_is_told_and_cannot_be_ordered(bob: Client, world: World):
    Portal.objects.filter(pk=world.acme.pk).update(own_money=OwnMoney.NOTHING)
    put_in(bob, world.chair, world.desk)

    assert cells(bob, "Je betaalt zelf") == ["€ 0,00", "€ 149,00 Je tegoed is niet genoeg."]
    assert [cell.startswith("In winkelwagen") for cell in cells(bob, "Kiezen")] == [True, False]


def test_what_differs_is_marked(bob: Client, world: World):
    Product.objects.filter(pk=world.desk.pk).update(specifications=[KILOS, ["Kleur", "Colour", "wit", "white"]])
    Product.objects.filter(pk=world.chair.pk).update(specifications=[KILOS, ["Kleur", "Colour", "rood", "red"]])
    put_in(bob, world.chair, world.desk)

    page = text(bob.get("/compare/"))

    assert re.findall(r'comparison__difference"><th scope="row">(\w+)', page) == ["Kleur"]
    assert page.count(">verschilt<") == 1


def test_comparison_is_filled_told_and_emptied_by_forms(bob: Client, world: World):
    page, shelf = f"/products/{world.chair.pk}/{world.chair.slug}/", f"/categories/{world.chairs.slug}/"
    assert "Nog niets om te vergelijken" in text(bob.get("/compare/"))
    assert 'action="/compare/"' in text(bob.get(page))
    assert "Vergelijking" not in text(bob.get(shelf))

    put_in(bob, world.chair)
    assert "Naar de vergelijking" in text(bob.get(page))
    assert f'href="{shelf}">Zoek er nog een in Bureaustoelen' in text(bob.get("/compare/"))
    put_in(bob, world.desk)
    assert 'Vergelijking <span class="muted">(2)' in text(bob.get(shelf))
    assert 'Vergelijking <span class="muted">(2)' in text(bob.get("/search/?q=stoel"))
    for _ in range(2):
        assert bob.post("/compare/removal/", {"product": world.chair.pk})["Location"] == "/compare/"

    assert columns(bob) == ["Zit-sta bureau Lift"]


def test_a_fifth_is_refused_with_a_word(bob: Client, world: World):
    put_in(bob, *(make_product(world.chairs, f"Kruk {number}", "10.00") for number in range(4)))

    page = text(bob.post("/compare/", {"product": world.chair.pk}, follow=True))

    assert "Je kunt 4 producten vergelijken." in page
    assert columns(bob) == ["Kruk 0", "Kruk 1", "Kruk 2", "Kruk 3"]
    assert "Zoek er nog een" not in page


@pytest.mark.parametrize("product", ["", "x", "-1", "999999", "9" * 30])
@pytest.mark.parametrize("path", ["/compare/", "/compare/removal/"])
def test_nonsense_is_not_found_or_changes_nothing(bob: Client, world: World, path: str, product: str):
    put_in(bob, world.chair)

    answer = bob.post(path, {"product": product})

    assert answer.status_code == (302 if path == "/compare/removal/" and product == "999999" else 404)
    assert columns(bob) == ["Bureaustoel Nova"]


def test_nothing_of_another_portal_is_compared(bob: Client, world: World):
    secret = make_product(world.coffee, "Geheime mok", "10.00")
    world.globex.assortment_exceptions.create(product=secret, allowed=True)
    unknown = bob.post("/compare/", {"product": 999_999})

    other = bob.post("/compare/", {"product": secret.pk})
    session = bob.session
    session["compared"] = [secret.pk, world.chair.pk]
    session.save()

    assert (other.status_code, without_token(other)) == (404, without_token(unknown))
    assert columns(bob) == ["Bureaustoel Nova"]
    assert columns(client_of(world.alice)) == []


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("is_cold", [True, False])
def test_page_takes_as_many_statements_for_each_number_and_writes_nothing(
    bob: Client, world: World, number: int, is_cold: bool
):
    put_in(bob, *(make_product(world.chairs, f"Kruk {place}", "10.00") for place in range(number)))
    bob.get("/compare/")
    if is_cold:
        start_anew()

    with CaptureQueriesContext(connection) as captured:
        bob.get("/compare/")

    assert len(captured) == (6 if is_cold else 5)
    assert [query["sql"] for query in captured if not query["sql"].startswith("SELECT")] == []
