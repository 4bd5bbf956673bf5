"""What the search box suggests while somebody types."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import vocabulary
from catalog.models import AssortmentCategory
from catalog.suggestions import MOST_PRODUCTS, suggest
from portals.models import Portal
from tests.world import NOW, World, make_product

pytestmark = pytest.mark.django_db


def suggested(portal: Portal, text: str) -> tuple[list[str], list[str]]:
    found = suggest(Portal.objects.get(pk=portal.pk), text)
    return [shelf.name for shelf in found.shelves], [name for _pk, _slug, name in found.products]


@pytest.fixture
def bob(world: World):
    with time_machine.travel(NOW, tick=False):
        client = Client(headers={"host": "acme.localhost", "accept-language": "nl"})
        client.force_login(world.bob.user)
        yield client


@pytest.mark.parametrize("text", ["bureaus", "Bureaustoel", "bureaustoelen", "nov", "bureaustoel no", "NOVA bur"])
def test_half_a_word_suggests_a_product(world: World, text):
    assert "Bureaustoel Nova" in suggested(world.acme, text)[1]


def test_a_typing_error_suggests_what_was_meant(world: World):
    vocabulary.forget()

    assert suggested(world.acme, "buraustoel")[1] == ["Bureaustoel Nova"]


def test_part_of_a_name_suggests_a_category(world: World):
    assert suggested(world.acme, "reaust")[0] == [world.chairs.name_nl]


@pytest.mark.parametrize("text", ["", " ", "b", "!", "&|!:*()", "'", "\\", "%", "zzzz"])
def test_odd_or_short_words_suggest_nothing(world: World, text):
    assert suggested(world.acme, text) == ([], [])


def test_suggestions_show_only_what_the_portal_shows(world: World):
    assert suggested(world.acme, "mok") == ([], [])

    AssortmentCategory.objects.create(portal=world.acme, category=world.mug.category)

    assert suggested(world.acme, "mok")[1] == ["Mok Aarde"]
    assert suggested(world.globex, "mok")[1] == []


def test_suggestions_are_few_and_best_first(world: World):
    for number in range(MOST_PRODUCTS + 3):
        make_product(world.chairs, f"Kruk {number}", "10.00", text_nl="Bij je tafel.")
    make_product(world.chairs, "Tafelkruk", "10.00")

    assert len(suggested(world.acme, "kru")[1]) == MOST_PRODUCTS
    assert suggested(world.acme, "tafelk")[1][0] == "Tafelkruk"


def test_search_box_gets_the_suggestions_alone(world: World, bob: Client):
    whole = bob.get("/search/", {"q": "bureaus"})
    part = bob.get("/search/", {"q": "bureaus"}, headers={"hx-request": "true", "hx-target": "suggestions"})

    assert "<!doctype html>" in whole.content.decode()
    assert part.content.decode().strip().startswith('<div class="suggestions">')
    assert f"/products/{world.chair.pk}/{world.chair.slug}/" in part.content.decode()
    assert "HX-Target" in part["Vary"]


def test_suggestions_cost_one_statement_more_than_any_page(world: World, bob: Client):
    headers = {"hx-request": "true", "hx-target": "suggestions"}
    bob.get("/search/", {"q": "bureaus"}, headers=headers)

    with CaptureQueriesContext(connection) as captured:
        bob.get("/search/", {"q": "bureaus"}, headers=headers)

    assert len(captured) == 5
