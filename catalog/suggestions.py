"""What somebody may be looking for, while still typing: a few categories and products of what the portal shows."""

import re
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F
from django.utils.translation import get_language

from catalog.models import Product, localized
from catalog.search import CONFIGURATIONS
from catalog.shelves import Shelf, Shelves, shelves_of
from catalog.vocabulary import correct
from portals.models import Portal

MOST_SHELVES = 3
MOST_PRODUCTS = 5
MOST_RANKED = 200
SHORTEST = 2


class Suggestions(NamedTuple):
    """Shelves, and products as key, address and name."""

    shelves: list[Shelf]
    products: list[tuple[int, str, str]]


def suggest(portal: Portal, text: str) -> Suggestions:
    """What `text`, whose last word may be half typed, could mean in `portal`; nothing below `SHORTEST` letters.

    Where that is nothing, its typing errors are mended. Only `MOST_RANKED` products are ranked, so that a letter that
    starts many words costs no more than another.
    """
    shelves = shelves_of(portal)
    suggested = _suggest(shelves, text)
    if any(suggested) or (mended := correct(text, get_language() or settings.LANGUAGE_CODE)) == text:
        return suggested
    return _suggest(shelves, mended)


def _suggest(shelves: Shelves, text: str) -> Suggestions:
    words = re.findall(r"\w+", text.casefold())
    if len("".join(words)) < SHORTEST:
        return Suggestions([], [])
    return Suggestions(_shelves(shelves, words), _products(shelves, words))


def _shelves(shelves: Shelves, words: list[str]) -> list[Shelf]:
    shown = (part for root in shelves.roots for part in root.subtree if part.products)
    return [shelf for shelf in shown if all(word in shelf.name.casefold() for word in words)][:MOST_SHELVES]


def _products(shelves: Shelves, words: list[str]) -> list[tuple[int, str, str]]:
    half_typed = SearchQuery(" & ".join([*words[:-1], f"{words[-1]}:*"]), config="simple", search_type="raw")
    whole = (SearchQuery(" ".join(words), config=name, search_type="plain") for name in CONFIGURATIONS)
    query = reduce(or_, whole, half_typed)
    found = Product.objects.filter(shelves.lying_on(shelves.by_pk.values()), search=query, is_active=True).order_by()
    best = Product.objects.filter(pk__in=found.values("pk")[:MOST_RANKED])
    rows = best.order_by(SearchRank(F("search"), query).desc(), "name_nl", "pk")[:MOST_PRODUCTS]
    return [
        (pk, slug, localized(name_nl, name_en))
        for pk, slug, name_nl, name_en in rows.values_list("pk", "slug", "name_nl", "name_en")
    ]
