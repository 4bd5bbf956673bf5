"""Full-text search in what a portal shows, in Dutch and English at once, best matches first.

Who finds nothing is given what the nearest words of the catalogue find, and told so.

However many products hold a word, ranked are `MOST_RANKED` of those that hold it in their name, and as many of all.
The vector is made by the database (see `catalog.triggers`). Which products are found, and in what order, is kept per
portal and revision, which grows with every change of a text; prices and stock of what was found are read fresh.
"""

from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import caches
from django.db.models import F

from catalog.models import Product
from catalog.shelves import shelves_of
from catalog.vectors import names_in
from catalog.vocabulary import correct, readings
from portals.models import Portal

MOST = 240
MOST_RANKED = 1_200
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
    shelves = shelves_of(portal)
    query = reduce(
        or_,
        (
            SearchQuery(reading, config=name, search_type="websearch")
            for reading in readings(text, shelves.synonyms)
            for name in CONFIGURATIONS
        ),
    )
    shown = Product.objects.filter(is_active=True).order_by().annotate(rank=SearchRank(F("search"), query))
    if not shelves.everything:
        # By an expression, so that the words are looked up, never the categories, which are most of the catalogue.
        shown = shown.alias(shelf=F("category_id") + 0).filter(shelves.lying_on(shelves.by_pk.values(), "shelf"))
    columns = shown.values_list("pk", "rank", "name_nl")
    by_name = columns.alias(names=names_in("search")).filter(names=query)
    best = by_name[:MOST_RANKED].union(columns.filter(search=query)[:MOST_RANKED])
    return [pk for pk, _rank, _name in best.order_by("-rank", "name_nl", "pk")[: MOST + 1]]
