"""Full-text search in what a portal shows, in Dutch and English at once, best matches first.

Who finds nothing is given what the nearest words of the catalogue find, and told so.

The vector is made by the database (see `catalog.triggers`). Which products are found, and in what order, is kept per
portal and revision, which grows with every change of a text; prices and stock of what was found are read fresh.
"""

from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import caches
from django.db.models import F, QuerySet

from catalog.models import Product
from catalog.shelves import shelves_of
from catalog.vocabulary import correct, readings
from portals.models import Portal

MOST = 240
KEPT_SECONDS = 600
# Dutch and English by their stems; brands and numbers as they are.
CONFIGURATIONS = ("dutch", "english", "simple")


class Found(NamedTuple):
    """What was found: the ids of products, best first, `MOST` and one more at most. `words`: what was searched for."""

    products: list[int]
    words: str


def search(portal: Portal, text: str) -> Found:
    """What `portal` shows that `text` finds, else what the text finds once its typing errors are mended.

    `text` is what a person types: words, "a phrase", or, -not; an SKU or an EAN as a whole.
    """
    digest = blake2b(text.casefold().encode(), digest_size=16).hexdigest()
    key = f"search:{portal.pk}.{portal.revision}:{portal.own_money_buys}:{digest}"
    found: Found | None = caches["fragments"].get(key)
    if found is None:
        found = _find(portal, text)
        caches["fragments"].set(key, found, KEPT_SECONDS)
    return found


def _find(portal: Portal, text: str) -> Found:
    found = Found(_products(portal, text), text)
    if found.products or (mended := correct(text)) == text:
        return found
    return Found(_products(portal, mended), mended)


def _products(portal: Portal, text: str) -> list[int]:
    return list(_ranked(portal, text)[: MOST + 1])


def _ranked(portal: Portal, text: str) -> "QuerySet[Product, int]":
    shelves = shelves_of(portal)
    query = reduce(
        or_,
        (
            SearchQuery(reading, config=name, search_type="websearch")
            for reading in readings(text, shelves.synonyms)
            for name in CONFIGURATIONS
        ),
    )
    found = Product.objects.filter(search=query, is_active=True)
    if not shelves.everything:
        found = found.filter(shelves.lying_on(shelves.by_pk.values()))
    return found.order_by(SearchRank(F("search"), query).desc(), "name_nl", "pk").values_list("pk", flat=True)
