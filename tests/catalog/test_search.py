"""What words find, in which order, and only in what the portal shows."""

from collections.abc import Iterable

import pytest
from django.db import connection
from django.utils import translation

from catalog import vocabulary
from catalog.models import AssortmentCategory, AssortmentException, Category, Product, Synonyms, Word
from catalog.search import MOST, Found, search
from catalog.vectors import is_sampled
from portals.models import OwnMoney, Portal
from tests.world import World, make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _words_of_this_test():
    vocabulary.forget()


def found(portal: Portal, text: str) -> list[str]:
    fresh = Portal.objects.get(pk=portal.pk)
    names = dict(Product.objects.values_list("pk", "name_nl"))
    return [names[pk] for pk in search(fresh, text).products]


@pytest.fixture
def monitor(world: World) -> Product:
    product = make_product(world.desks, "Gebogen beeldscherm Horizon", "500.00")
    product.name_en = "Curved monitor Horizon"
    product.brand = "Fjellen"
    product.sku = "MON-34/A"
    product.ean = "2000000000145"
    product.text_nl = "Met snelle verversing voor tekeningen."
    product.text_en = "Refreshes quickly for drawings."
    product.specifications = [["Aansluitingen", "Ports", "netwerkkabel", "network cables"]]
    product.save()
    return product


@pytest.mark.parametrize(
    "text",
    [
        "beeldscherm",
        "beeldschermen",
        "GEBOGEN",
        "gebogen beeldschermen",
        "scherm",
        "monitors",
        "curved",
        "fjellen",
        "Fjellen horizon",
        "mon-34/a",
        "MON-34/A",
        "2000000000145",
        "netwerkkabels",
        "network cable",
        "tekening",
        "drawing",
        '"gebogen beeldscherm"',
        "horizon -stoel",
        "bureau horizon",
    ],
)
def test_words_find_by_stem_in_both_languages_by_number_and_by_part_of_a_compound(monitor, world: World, text):
    assert found(world.acme, text) == ["Gebogen beeldscherm Horizon"]


@pytest.mark.parametrize(
    "text", ["", " ", "-", "- -", "|", "&!():*", "'", '"', "de het een", "\\", "%", "horizon -monitor", "x" * 10_000]
)
def test_odd_words_find_nothing(monitor, world: World, text):
    assert found(world.acme, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zit-sta bureau", "bureaus"),
        ("Muis", "muizen"),
        ("Muizen", "muis"),
        ("Bedrijfsfoto", "foto's"),
        ("Brief", "brieven"),
    ],
)
def test_a_plural_finds_its_singular_and_back(world: World, name, text):
    make_product(make_category("Rest"), name, "10.00")
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()

    assert name in found(world.acme, text)


def test_words_written_apart_find_what_is_written_as_one(world: World):
    make_product(world.desks, "Hoek", "10.00", text_nl="Een bureau waar een stoel onder past.")

    assert found(world.acme, "bureau stoel") == ["Bureaustoel Nova", "Hoek"]


def test_what_finds_is_only_called_mended_when_it_is(world: World):
    world.acme.refresh_from_db()

    upper, lower = (search(world.acme, text) for text in ("NOVA", "nova"))
    assert (upper, lower) == (Found([world.chair.pk]), Found([world.chair.pk]))
    assert search(world.acme, "buraustoel") == Found([world.chair.pk], "bureaustoel")


def test_what_was_mended_is_kept_per_language(world: World):
    Product.objects.filter(pk=world.chair.pk).update(name_nl="Stoel", name_en="Stool")
    Word.objects.filter(text="stoel", language="en").delete()
    world.acme.refresh_from_db()

    with translation.override("en"):
        assert search(world.acme, "stoll").mended == "stool"
    assert search(world.acme, "stoll").mended == "stoel"


def test_a_find_in_the_name_comes_before_one_in_the_text(world: World):
    make_product(world.desks, "Aan tafel", "10.00", text_nl="Naast je lamp en nog een lamp, met een lamp.")
    make_product(world.desks, "Zachte lamp", "10.00")

    assert found(world.acme, "lamp") == ["Zachte lamp", "Aan tafel"]


def test_a_find_in_the_name_comes_first_however_many_texts_hold_the_word(world: World, monkeypatch):
    for number in range(5):
        make_product(world.desks, f"Tafel {number}", "10.00", text_nl="Een lamp, een lamp en nog een lamp.")
    make_product(world.desks, "Zachte lamp", "10.00")
    monkeypatch.setattr("catalog.search.MOST_RANKED", 2)

    names = found(world.acme, "lamp")

    assert (names[0], len(names)) == ("Zachte lamp", 3)


def test_search_shows_only_what_the_portal_may_show(world: World):
    assert found(world.acme, "mok") == []

    AssortmentException.objects.create(portal=world.acme, product=world.mug, allowed=True)
    AssortmentException.objects.create(portal=world.acme, product=world.chair, allowed=False)

    assert found(world.acme, "mok") == ["Mok Aarde"]
    assert found(world.acme, "bureaustoel") == []
    assert found(world.globex, "mok") == []
    assert found(world.globex, "bureaustoel") == ["Bureaustoel Nova"]


def test_search_shows_the_whole_catalogue_where_own_money_buys_everything(world: World):
    world.globex.own_money = OwnMoney.EVERYTHING
    world.globex.save()

    assert found(world.globex, "mok") == ["Mok Aarde"]


def test_a_change_is_found_at_once_however_it_is_written(world: World):
    assert found(world.acme, "nova") == ["Bureaustoel Nova"]

    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_product SET name_nl = 'Kruk Ster' WHERE id = %s", [world.chair.pk])
    assert found(world.acme, "ster") == ["Kruk Ster"]
    Product.objects.filter(pk=world.chair.pk).update(name_en="Stool Dawn", is_active=False)
    assert found(world.acme, "dawn") == []
    Product.objects.filter(pk=world.chair.pk).update(is_active=True)
    assert found(world.acme, "dawn") == ["Kruk Ster"]
    Product.objects.bulk_create([Product(sku="B-1", slug="b", category=world.desks, name_nl="Nieuwe ster", price=1)])
    assert found(world.acme, "ster") == ["Kruk Ster", "Nieuwe ster"]


def test_a_renamed_category_is_found_by_its_new_name(world: World):
    Category.objects.filter(pk=world.chairs.pk).update(name_nl="Zitmeubelen")

    assert found(world.acme, "zitmeubel") == ["Bureaustoel Nova"]


def test_an_assortment_change_shows_at_once(world: World):
    assert found(world.acme, "mok") == []

    AssortmentCategory.objects.create(portal=world.acme, category=world.coffee)
    assert found(world.acme, "mok") == ["Mok Aarde"]
    AssortmentCategory.objects.filter(portal=world.acme, category=world.coffee).delete()
    assert found(world.acme, "mok") == []


def test_search_gives_no_more_than_its_most_and_one(world: World):
    shelf = make_category("Veel")
    AssortmentCategory.objects.create(portal=world.acme, category=shelf)
    Product.objects.bulk_create(
        Product(sku=f"V-{n}", slug="v", category=shelf, name_nl=f"Veelvoud {n:04d}", price=1) for n in range(MOST + 20)
    )

    names = found(world.acme, "veelvoud")

    assert names == [f"Veelvoud {n:04d}" for n in range(MOST + 1)]


def make_numbered(shelf: Category, pks: Iterable[int], name: str, text: str = "") -> None:
    Product.objects.bulk_create(
        Product(pk=pk, sku=f"V-{pk}", slug="v", category=shelf, name_nl=f"{name} {pk}", text_nl=text, price=1)
        for pk in pks
    )


BEFORE_SAMPLE, IN_SAMPLE = range(1_023_040, 1_024_000), range(1_024_000, 1_024_064)


def test_the_sample_is_64_products_in_each_1024_that_lie_together(world: World):
    make_numbered(world.chairs, range(1_023_936, 1_025_088), "Veelvoud")

    sampled = Product.objects.filter(is_sampled(), pk__gte=1_023_936).order_by("pk").values_list("pk", flat=True)

    assert list(sampled) == [*IN_SAMPLE, *range(1_025_024, 1_025_088)]


def test_once_the_sample_holds_enough_nothing_else_is_looked_at(world: World, monkeypatch):
    monkeypatch.setattr("catalog.search.MOST", 2)
    make_numbered(world.chairs, [*BEFORE_SAMPLE[:3], *IN_SAMPLE[:3]], "Veelvoud")
    make_numbered(world.chairs, [*BEFORE_SAMPLE[3:5], *IN_SAMPLE[3:5]], "Eenvoud")

    assert found(world.acme, "veelvoud") == [f"Veelvoud {pk}" for pk in IN_SAMPLE[:3]]
    assert found(world.acme, "eenvoud") == ["Eenvoud 1023043", "Eenvoud 1023044", "Eenvoud 1024003"]


def test_only_what_the_portal_shows_makes_a_sample_enough(world: World, monkeypatch):
    monkeypatch.setattr("catalog.search.MOST", 2)
    make_numbered(world.coffee, IN_SAMPLE[:5], "Veelvoud")
    make_numbered(world.chairs, BEFORE_SAMPLE[:2], "Veelvoud")

    assert found(world.acme, "veelvoud") == [f"Veelvoud {pk}" for pk in BEFORE_SAMPLE[:2]]


def test_words_beside_the_name_count_where_names_hold_too_few(world: World, monkeypatch):
    monkeypatch.setattr("catalog.search.MOST", 2)
    make_numbered(world.chairs, BEFORE_SAMPLE[:1], "Kruk", text="Van veelvoud.")
    make_numbered(world.chairs, BEFORE_SAMPLE[1:3], "Veelvoud")

    assert found(world.acme, "veelvoud") == ["Veelvoud 1023041", "Veelvoud 1023042", "Kruk 1023040"]


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("buraustoel", "bureaustoel"),
        ("Buerostoel Nova", "stoel nova"),
        ("bureausteol", "bureaustoel"),
        ("qwxz", ""),
    ],
)
def test_a_typing_error_finds_what_was_meant(world: World, text, mended):
    result = search(Portal.objects.get(pk=world.acme.pk), text)

    assert result.mended == mended
    assert found(world.acme, text) == (["Bureaustoel Nova"] if mended else [])


def test_a_word_that_finds_something_is_never_mended(world: World):
    make_product(world.desks, "Bureaustoer", "10.00")

    assert found(world.acme, "bureaustoer") == ["Bureaustoer"]


def test_a_typing_error_finds_nothing_that_the_portal_does_not_show(world: World):
    assert found(world.acme, "mokk") == []
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()

    assert found(world.acme, "mokk") == ["Mok Aarde"]


def test_words_that_mean_the_same_find_the_same_at_once(world: World):
    assert found(world.acme, "zetels") == []

    Synonyms.objects.create(words="Zetel, bureaustoel")

    assert found(world.acme, "zetels") == ["Bureaustoel Nova"]
    Synonyms.objects.all().delete()
    assert found(world.acme, "zetels") == []
