"""Full-text search in what a portal shows, in Dutch and English at once, best matches first.

The vector is made by the database (see `catalog.triggers`). Which products are found, and in what order, is kept per
portal and revision, which grows with every change of a text; prices and stock of what was found are read fresh.
"""

from functools import reduce
from hashlib import blake2b
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import caches
from django.db.models import F, QuerySet

from catalog.models import Product
from catalog.shelves import shelves_of
from portals.models import Portal

MOST = 240
KEPT_SECONDS = 600
# Dutch and English by their stems; brands and numbers as they are.
CONFIGURATIONS = ("dutch", "english", "simple")


def search(portal: Portal, text: str) -> list[int]:
    """The ids of the products that `portal` shows and `text` finds, best first, `MOST` and one more at most.

    `text` is what a person types: words, "a phrase", or, -not; an SKU or an EAN as a whole.
    """
    digest = blake2b(text.casefold().encode(), digest_size=16).hexdigest()
    key = f"search:{portal.pk}.{portal.revision}:{portal.own_money_buys}:{digest}"
    found: list[int] | None = caches["fragments"].get(key)
    if found is None:
        found = list(_ranked(portal, text)[: MOST + 1])
        caches["fragments"].set(key, found, KEPT_SECONDS)
    return found


def _ranked(portal: Portal, text: str) -> "QuerySet[Product, int]":
    shelves = shelves_of(portal)
    query = reduce(or_, (SearchQuery(text, config=name, search_type="websearch") for name in CONFIGURATIONS))
    found = Product.objects.filter(search=query, is_active=True)
    if not shelves.everything:
        found = found.filter(shelves.lying_on(shelves.by_pk.values()))
    return found.order_by(SearchRank(F("search"), query).desc(), "name_nl", "pk").values_list("pk", flat=True)
