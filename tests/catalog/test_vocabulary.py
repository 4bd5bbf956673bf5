"""The words of the catalogue, however they come into it, and what a mistyped one may have meant."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import vocabulary
from catalog.models import Category, Product, Synonyms, Word
from tests.world import make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _words_of_this_test():
    vocabulary.forget()


def words(language: str = "nl") -> set[str]:
    return set(Word.objects.filter(language=language).values_list("text", flat=True))


def test_words_of_names_brands_and_categories_are_collected(db):
    product = make_product(make_category("Wandkasten"), "Kast Élan 3-deurs XL", "10.00")
    Word.objects.filter(language="en").delete()

    assert (words("nl"), words(Word.ANY)) == ({"wandkasten", "kast", "élan", "deurs"}, {"huismerk"})
    Product.objects.filter(pk=product.pk).update(name_en="Cupboard Élan", brand="Zetwerk")
    Category.objects.update(name_en="Wall units")
    assert words("nl") == {"wandkasten", "kast", "élan", "deurs"}
    assert words("en") == {"cupboard", "élan", "wall", "units"}
    assert words(Word.ANY) == {"huismerk", "zetwerk"}


def test_words_are_collected_from_bulk_statements(db):
    shelf = make_category("Rest")

    Product.objects.bulk_create(
        Product(sku=f"S-{number}", slug="s", category=shelf, name_nl=f"Kruk model{number}", price=1)
        for number in range(2)
    )

    assert {"kruk", "model"} & words() == {"kruk"}


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("bureaustole", "bureaustoel"),
        ("breaustoel", "bureaustoel"),
        ("bureaustoell", "bureaustoel"),
        ("bueraustole", "bureaustoel"),
        ("bueraustolee", "bureaustoel"),
        ("bueruastole", "bueruastole"),
        ("zikussne", "zitkussen"),
        ("haedste", "haedste"),
        ("haedset", "headset"),
        ("BURAUSTOEL!", "bureaustoel!"),
        ("kruk", "kruk"),
        ("krik", "kruk"),
        ("krok 12", "kruk 12"),
        ("kra", "kra"),
        ("krabbel", "krabbel"),
        ("2000000000145", "2000000000145"),
        ("", ""),
    ],
)
def test_correct_takes_the_nearest_word(db, text, mended):
    shelf = make_category("Rest")
    for name in ("Bureaustoel", "Kruk", "Zitkussen", "Headset"):
        make_product(shelf, name, "10.00")

    assert vocabulary.correct(text, "nl") == mended


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("zitstabureau", "zit sta bureau"),
        ("bureaulampje", "bureaulampje"),
        ("bureaulamp zitbureau", "bureau lamp zit bureau"),
        ("kantoorstoel", "stoel"),
        ("stoeln", "stoel"),
        ("zitstoel", "zit stoel"),
    ],
)
def test_correct_knows_the_parts_of_compounds(db, text, mended):
    shelf = make_category("Rest")
    for name in ("Zit-sta bureau", "Bureaustoel", "Lamp"):
        make_product(shelf, name, "10.00")

    assert vocabulary.correct(text, "nl") == mended


def test_correct_of_two_words_as_near_takes_one_of_the_reader(db):
    product = make_product(make_category("Rest"), "Stoel", "10.00")
    Product.objects.filter(pk=product.pk).update(name_en="Stool", brand="Stoom")
    Word.objects.filter(text="stoel", language="en").delete()

    assert [vocabulary.correct("stoll", code) for code in ("nl", "en")] == ["stoel", "stool"]
    assert [vocabulary.correct("stoem", code) for code in ("nl", "en")] == ["stoel", "stoom"]
    assert [vocabulary.correct("stool", code) for code in ("nl", "en")] == ["stool", "stool"]


def test_joined_puts_together_what_the_catalogue_writes_as_one(db):
    make_product(make_category("Rest"), "Bureaustoel Nova", "10.00")

    assert vocabulary.joined("zwarte Bureau  stoel nova") == "zwarte Bureaustoel nova"
    assert vocabulary.joined("bureau -stoel") == "bureau -stoel"
    assert vocabulary.joined("bureau lamp") == "bureau lamp"


def test_correct_looks_for_new_words_once_a_minute(db, monkeypatch):
    shelf = make_category("Rest")
    make_product(shelf, "Kruk", "10.00")
    moment = [1000.0]
    monkeypatch.setattr(vocabulary, "monotonic", lambda: moment[0])
    vocabulary.correct("krik", "nl")

    with CaptureQueriesContext(connection) as captured:
        vocabulary.correct("krak", "nl")
        moment[0] += vocabulary.KEPT_SECONDS + 1
        vocabulary.correct("krok", "nl")
    make_product(shelf, "Krik", "10.00")

    assert ["count" in query["sql"].lower() for query in captured] == [True]
    assert vocabulary.correct("krik", "nl") == "kruk"
    moment[0] += vocabulary.KEPT_SECONDS + 1
    assert vocabulary.correct("krik", "nl") == "krik"


def test_readings_put_each_synonym_in_place_whatever_its_ending():
    synonyms = ["kruk, stoel", "scherm, monitor,  groot   beeldscherm"]

    assert vocabulary.readings("Monitoren 24", synonyms) == [
        "Monitoren 24",
        "scherm 24",
        "monitor 24",
        "groot beeldscherm 24",
    ]
    assert vocabulary.readings("schermer", synonyms) == ["schermer"]


def test_readings_take_any_character_as_it_is():
    assert vocabulary.readings("scherm", [r"a\1 (x), scherm"]) == ["scherm", r"a\1 (x)"]


def test_readings_are_bounded():
    synonyms = [f"a{n}, b{n}, c{n}" for n in range(6)]

    assert len(vocabulary.readings("a0 a1 a2 a3 a4 a5", synonyms)) == vocabulary.MOST_READINGS


@pytest.mark.parametrize("line", ["", "scherm", "scherm,", " , ", "scherm;monitor"])
def test_synonyms_need_two_words(line):
    with pytest.raises(ValidationError):
        Synonyms(words=line).full_clean()
