"""Full-text search in what a portal shows, in Dutch and English at once, best matches first.

Who finds nothing is given what the nearest words of the catalogue find, and told so.

However many products hold a word, few are looked at. They are sought by their names first, then by all their words,
and each time in a sample of the catalogue before all of it (see `catalog.vectors`): once there are more than `MOST`,
no further. The vector is made by the database (see `catalog.triggers`). Which products are found, and in what order,
is kept per portal and revision, which grows with every change of a text; prices and stock of them are read fresh.
"""

from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import caches
from django.db import connection
from django.db.models import F, QuerySet, TextField
from django.utils.translation import get_language

from catalog.models import Product
from catalog.shelves import Shelves, shelves_of
from catalog.vectors import is_sampled, names_in
from catalog.vocabulary import correct, joined, readings
from portals.models import Portal
from thuiswerk.lib.prepared import Given

MOST = 200
MOST_RANKED = 256
KEPT_SECONDS = 600
# Dutch and English by their stems; brands and numbers as they are.
CONFIGURATIONS = ("dutch", "english", "simple")


class Found(NamedTuple):
    """What was found: the ids of products, best first, `MOST` and one more at most. `mended`: what was searched for
    because the words that were typed found nothing."""

    products: list[int]
    mended: str = ""


def search(portal: Portal, text: str) -> Found:
    """What `portal` shows that `text` finds, else what the text finds once its typing errors are mended.

    `text` is what a person types: words, "a phrase", or, -not; an SKU or an EAN as a whole.
    """
    text, language = text.lower(), get_language() or settings.LANGUAGE_CODE
    digest = blake2b(text.encode(), digest_size=16).hexdigest()
    key = f"search:{portal.pk}.{portal.revision}:{portal.own_money_buys}:{language}:{digest}"
    found: Found | None = caches["fragments"].get(key)
    if found is None:
        found = _find(portal, text, language)
        caches["fragments"].set(key, found, KEPT_SECONDS)
    return found


def _find(portal: Portal, text: str, language: str) -> Found:
    found = Found(_products(portal, text))
    if found.products or (mended := correct(text, language)) == text:
        return found
    return Found(_products(portal, mended), mended)


def _products(portal: Portal, text: str) -> list[int]:
    shelves = shelves_of(portal)
    asked = list(dict.fromkeys([*readings(text, shelves.synonyms), joined(text)]))
    key = ("search", len(asked))
    if key not in shelves.kept:
        shelves.kept[key] = _compose(shelves, len(asked))
    sql, params = shelves.kept[key]
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked[int(each.name)] if isinstance(each, Given) else each for each in params])
        found: list[int] = cursor.fetchone()[0]
        return found


def _compose(shelves: Shelves, number: int) -> tuple[str, list[Any]]:
    """The statement that finds the best for `number` readings of a text, which go in the places of `Given`."""
    texts = [Given(str(place), TextField()) for place in range(number)]
    query = reduce(
        or_,
        (SearchQuery(text, config=name, search_type="websearch") for text in texts for name in CONFIGURATIONS),
    )
    shown = Product.objects.filter(is_active=True).order_by().annotate(rank=SearchRank(F("search"), query))
    if not shelves.everything:
        # By an expression, so that the words are looked up, never the categories, which are most of the catalogue.
        shown = shown.alias(shelf=F("category_id") + 0).filter(shelves.lying_on(shelves.by_pk.values(), "shelf"))
    by_name, by_words = shown.alias(names=names_in("search")).filter(names=query), shown.filter(search=query)
    return _best_of(by_name.filter(is_sampled()), by_name, by_words.filter(is_sampled()), by_words)


def _best_of(*steps: "QuerySet[Any]") -> tuple[str, list[Any]]:
    """The statement of the best that the query sets hold; each is asked only where those before hold too few."""
    found, params = ["step_0 (pk, rank, name) AS (SELECT 0::bigint, 0::real, '' LIMIT 0)"], list[Any]()
    for number, step in enumerate(steps, start=1):
        sql, of_step = step.values_list("pk", "rank", "name_nl")[:MOST_RANKED].query.sql_with_params()
        before = f"step_{number - 1}"
        found.append(
            f"step_{number} AS MATERIALIZED (SELECT * FROM {before} UNION "  # noqa: S608 - made of constants
            f"SELECT * FROM ({sql}) AS step WHERE (SELECT count(*) FROM {before}) <= %s)"
        )
        params += [*of_step, MOST]
    best = f"SELECT pk FROM step_{len(steps)} ORDER BY rank DESC, name, pk LIMIT %s"  # noqa: S608
    return f"SELECT ARRAY(WITH {', '.join(found)} {best})", [*params, MOST + 1]
