"""What an address chooses, what cannot be understood of it, and how it reads again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict

from catalog.filter_form import read_filters
from catalog.filters import Filters, Sort
from catalog.shelves import Shelf
from catalog.specifications import Asked, Specification

ORDERS = [Sort.NAME, Sort.CHEAPEST, Sort.DEAREST, Sort.NEWEST]


def shelf(pk: int, slug: str) -> Shelf:
    return Shelf(
        pk,
        slug,
        slug.title(),
        "",
        "",
        payable=True,
        is_electrical=False,
        included=frozenset(),
        excluded=frozenset(),
        products=1,
    )


OPTIONS = [shelf(1, "stoelen"), shelf(2, "bureaus")]


def read(query: str, words: str = "") -> tuple[dict, Filters]:
    form, filters = read_filters(QueryDict(query), orders=ORDERS, words=words)
    return dict(form.errors) if form else {}, filters


CHOSEN = Filters(
    categories=("bureaus", "stoelen"),
    brands=("Holt & Haven", "Zetwerk"),
    price_from=Decimal("49.95"),
    price_to=Decimal("1200"),
    specifications=(Asked("hoogte-cm", low=Decimal("60.5")), Asked("kleur", values=("blauw & wit", "zwart"))),
    in_stock=True,
    within_credit=True,
    sort="-price",
)


def test_an_address_reads_again_as_what_it_was_made_of():
    assert read(CHOSEN.query[1:]) == ({}, CHOSEN)
    assert read(Filters(words="a b").query[1:], "a b") == ({}, Filters(words="a b"))


def test_the_same_choice_has_one_address_and_no_choice_has_none():
    spelled = "sort=name&page=3&brand=Z&price_from=&brand=A&stock=&category=stoelen&category=bureaus&brand=A&x=1"

    assert read(spelled)[1].query == "?category=bureaus&category=stoelen&brand=A&brand=Z"
    assert read("sort=name&price_to=&page=2")[1].query == ""
    assert not read("sort=-price")[1].are_on


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("49", "49"),
        ("49,95", "49.95"),
        ("49.95", "49.95"),
        (" € 49,9 ", "49.9"),
        ("0", "0"),
        ("1.000", "1000"),
        ("1,000", "1000"),
        ("1.00", "1"),
        ("1.000,50", "1000.5"),
        ("1,000.50", "1000.5"),
    ],
)
def test_an_amount_may_be_typed_the_dutch_and_the_english_way(typed, amount):
    data = QueryDict(mutable=True)
    data["price_from"] = typed

    form, filters = read_filters(data, orders=ORDERS)

    assert (dict(form.errors), filters.price_from) == ({}, Decimal(amount))
    assert read(filters.query[1:]) == ({}, filters)


@pytest.mark.parametrize(("typed", "number"), [("1.200", "1200"), ("0,125", "0.125"), ("2,5", "2.5")])
def test_a_number_may_be_typed_the_dutch_and_the_english_way(typed, number):
    errors, filters = read(f"from-hoogte-cm={typed}")

    assert (errors, filters.specifications) == ({}, (Asked("hoogte-cm", low=Decimal(number)),))
    assert read(filters.query[1:]) == ({}, filters)


@pytest.mark.parametrize(
    "query",
    [
        "price_from=abc",
        "price_from=1.25,50",
        "price_from=49,9555",
        "price_from=-5",
        "price_from=NaN",
        "price_from=Infinity",
        "price_from=99999999999",
        "price_from=1e9",
        "category=a%00b",
        "category=" + "&category=".join(map(str, range(21))),
        "brand=a%00b",
        "brand=" + "&brand=".join(map(str, range(21))),
        "sort=colour",
        "sort=relevance",
        "from-hoogte-cm=hoog",
        "to-hoogte-cm=-1",
        "spec-kleur=a%00b",
    ],
)
def test_what_cannot_be_understood_is_told_and_ignored(query):
    errors, filters = read(query + "&stock=on")

    assert list(errors) == [query.partition("=")[0]]
    assert filters == Filters(in_stock=True)


def test_a_highest_price_below_the_lowest_is_told_and_ignored():
    errors, filters = read("price_from=50&price_to=20")

    assert list(errors) == ["price_to"]
    assert filters == Filters(price_from=Decimal(50))


def test_a_highest_number_below_the_lowest_is_told_and_ignored():
    errors, filters = read("from-hoogte-cm=50&to-hoogte-cm=20")

    assert list(errors) == ["to-hoogte-cm"]
    assert filters == Filters(specifications=(Asked("hoogte-cm", low=Decimal(50)),))


def test_what_is_empty_chooses_nothing():
    assert read("category=&brand=&brand=A&category=stoelen")[1] == Filters(categories=("stoelen",), brands=("A",))


def test_what_is_gone_is_a_chip_that_says_so():
    kleur = Specification("kleur", "Kleur", "", None, [("wit", "", 1)])
    hoogte = Specification("hoogte-cm", "Hoogte (cm)", "", [Decimal(1), Decimal(2)], [])
    chosen = Filters(
        categories=("koffie", "stoelen"),
        brands=("Weg", "Zetwerk"),
        price_to=Decimal(5),
        specifications=(
            Asked("gewicht-kg", low=Decimal(1)),
            Asked("hoogte-cm", low=Decimal(9)),
            Asked("kleur", values=("paars", "wit")),
        ),
        in_stock=True,
    )

    chips = chosen.chips(OPTIONS, [kleur, hoogte], {"Zetwerk": 0})
    unknown = chosen.chips(OPTIONS)

    assert [chip.label for chip in chips if chip.is_gone] == ["koffie", "Weg", "gewicht-kg vanaf 1", "Kleur: paars"]
    assert chips[0].query == chosen.query.replace("category=koffie&", "")
    assert [chip.label for chip in unknown if chip.is_gone] == ["koffie"]


def changed(filters: Filters) -> str:
    """What differs from `CHOSEN`."""
    return ", ".join(name for name in Filters.__slots__ if getattr(filters, name) != getattr(CHOSEN, name))


def test_each_chip_leads_to_the_address_without_it():
    without = [read(chip.query[1:])[1] for chip in CHOSEN.chips(OPTIONS)]

    assert [chip.label.replace("\N{NO-BREAK SPACE}", " ") for chip in CHOSEN.chips(OPTIONS)] == [
        "Bureaus", "Stoelen", "Holt & Haven", "Zetwerk", "Vanaf € 49,95", "Tot € 1.200,00",
        "hoogte-cm vanaf 60,5", "kleur: blauw & wit", "kleur: zwart", "Op voorraad",
        "Binnen mijn tegoed",
    ]  # fmt: skip
    assert [changed(each) for each in without] == [
        "categories", "categories", "brands", "brands", "price_from", "price_to", *["specifications"] * 3, "in_stock",
        "within_credit",
    ]  # fmt: skip
    assert (without[0].categories, without[3].brands) == (("stoelen",), ("Holt & Haven",))
    assert without[6].specifications == CHOSEN.specifications[1:]
    assert without[7].specifications == (CHOSEN.specifications[0], Asked("kleur", values=("zwart",)))


def test_taking_all_away_keeps_words_and_order():
    every = Filters(words="stoel", sort="price", brands=("A",), in_stock=True)

    assert every.query_of_all == "?q=stoel&sort=price"
    assert Filters(in_stock=True).query_of_all == "?"
    assert CHOSEN.without("specification") == replace(CHOSEN, specifications=()).query
    assert every.without("brand") == "?q=stoel&stock=on&sort=price"
    assert Filters(price_from=Decimal(1), price_to=Decimal(2)).without("price") == "?"
