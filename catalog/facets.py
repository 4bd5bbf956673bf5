"""How many products lie behind each filter, and the page of them that is shown, in one statement.

Beside an option stands what would be listed if it were the choice of its kind, all other kinds as they are. A list of
more than `MOST` products is not counted: its options are those of `MOST_LOOKED_AT` of them, without numbers. Narrowed
down, everything is counted afresh with each request.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.translation import get_language

from catalog.filters import Sort
from catalog.listing import COLUMNS, PAGE_SIZE
from catalog.models import Product
from catalog.shelves import Shelf, Shelves
from catalog.specifications import Asked, Specification
from catalog.stock import Stock

MOST = 1_200
MOST_LOOKED_AT = 200
MOST_SPECIFICATIONS = 6
MOST_VALUES = 10
KINDS = ("category", "brand", "price", "specification", "stock", "credit")
_FACETS = """SELECT * FROM (
WITH candidate (category, brand, price, stock, is_payable, lines, missed, {kinds}) AS MATERIALIZED ({candidates}),
  said (id, missed, number) AS MATERIALIZED (
    SELECT id, missed, count(*) FILTER (WHERE {but_specification}) FROM candidate, unnest(lines) AS id GROUP BY 1, 2),
  line (key, name_nl, name_en, value_nl, value_en, low, high, number) AS (
    SELECT key, min(name_nl), min(name_en), value_nl, min(value_en), min(low), max(high),
           coalesce(sum(number) FILTER (WHERE missed IN ('', ' ' || key)), 0)
      FROM said JOIN catalog_specificationline USING (id) GROUP BY key, value_nl),
  listed (total) AS MATERIALIZED (SELECT coalesce(%s::int, (SELECT count(*) FROM ({bounded}) AS bounded)))
SELECT
  (SELECT total FROM listed),
  (SELECT jsonb_object_agg(category, number) FROM (
    SELECT category, count(*) AS number FROM candidate WHERE {but_category} GROUP BY category) AS counted),
  (SELECT jsonb_object_agg(brand, number) FROM (
    SELECT brand, count(*) FILTER (WHERE {but_brand}) AS number
      FROM candidate WHERE brand <> '' GROUP BY brand) AS counted),
  (SELECT jsonb_build_array(floor(min(price)), ceil(max(price))) FROM candidate WHERE {but_price}),
  (SELECT count(*) FROM candidate WHERE {but_stock} AND stock > 0),
  (SELECT jsonb_agg((price * 100)::bigint ORDER BY price) FROM candidate WHERE {but_credit} AND is_payable),
  (SELECT jsonb_build_object({without}) FROM candidate),
  (SELECT json_agg(shown)::text FROM (
    {ordered} LIMIT %s OFFSET (SELECT least(%s, greatest(total - 1, 0) / %s * %s) FROM listed)) AS shown),
  (SELECT jsonb_agg(jsonb_build_array(key, name_nl, name_en, span, found)) FROM (
    SELECT key, min(name_nl) AS name_nl, min(name_en) AS name_en,
           CASE WHEN bool_or(low IS NOT NULL) THEN jsonb_build_array(
             trim_scale(min(low) FILTER (WHERE number > 0)),
             trim_scale(max(high) FILTER (WHERE number > 0))) END AS span,
           coalesce((array_agg(jsonb_build_array(value_nl, value_en, number)
              ORDER BY value_nl = ANY(%s::text[]) DESC, number DESC, value_nl)
              FILTER (WHERE low IS NULL OR value_nl = ANY(%s::text[])))[:%s], ARRAY[]::jsonb[]) AS found
      FROM line GROUP BY key HAVING key = ANY(%s::text[]) OR count(*) FILTER (WHERE number > 0) > 1
     ORDER BY key = ANY(%s::text[]) DESC, sum(number) DESC, count(*), key LIMIT %s) AS counted)
) AS facets (total, categories, brands, prices, in_stock, payable, without, shown, specifications)"""
_BUT = {f"but_{kind}": " AND ".join(f"fits_{other}" for other in KINDS if other != kind) for kind in KINDS}
_SQL = _FACETS.format_map(
    _BUT
    | {
        "kinds": ", ".join(f"fits_{kind}" for kind in KINDS),
        "without": ", ".join(f"'{kind}', count(*) FILTER (WHERE {_BUT[f'but_{kind}']})" for kind in KINDS),
        **{name: f"{{{name}}}" for name in ("candidates", "bounded", "ordered")},
    }
)


@dataclass(frozen=True, slots=True)
class Facets:
    """What is behind each filter. `is_whole`: every product was looked at, so the numbers are right.

    `brands`: also those of which nothing fits all else, with 0. `payable` holds the prices in cents of what credit may
    pay, lowest first. `without`: how many there would be if nothing were asked of one kind.
    """

    is_whole: bool
    categories: dict[int, int]
    brands: dict[str, int]
    cheapest: int
    dearest: int
    in_stock: int
    payable: list[int]
    without: dict[str, int]
    specifications: list[Specification]

    def on(self, shelf: Shelf) -> int:
        """How many lie on a shelf and below it."""
        return sum(self.categories.get(part.pk, 0) for part in shelf.subtree)


def count_facets(
    stock: Stock,
    sort: Sort,
    asked: dict[str, Q],
    shelves: Shelves,
    *,
    offset: int,
    specifications: Sequence[Asked] = (),
    keys: Sequence[str] = (),
) -> tuple[Facets, int, list[list[Any]]]:
    """The facets of `stock`, how many of it fit `asked` (counted to `MOST` and one, where anything is asked), and the
    rows of one page in the order of `sort`, as `listing.cards_of_rows` takes them.

    An `offset` beyond the end gives the last page. `specifications` are part of `asked`; those with `keys` are among
    the facets however few have them.
    """
    key = ("facets", sort, get_language())
    sql, params = (not asked and stock.composed.get(key)) or _compose(stock, sort, asked, shelves, specifications)
    if not asked:
        stock.composed[key] = sql, params
    values = [value for each in specifications for value in each.values]
    of_page = (PAGE_SIZE, offset, PAGE_SIZE, PAGE_SIZE)
    most_values = max([MOST_VALUES, *(len(each.values) for each in specifications)])
    of_specifications = (values, values, most_values, [*keys], [*keys], max(MOST_SPECIFICATIONS, len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *of_page, *of_specifications])
        number, *counted, rows, offered = map(_read, cursor.fetchone())
    return (
        _facets(*counted, offered=offered, is_whole=stock.total <= MOST),
        number,
        [list(row.values()) for row in rows or []],
    )


def _compose(
    stock: Stock, sort: Sort, asked: dict[str, Q], shelves: Shelves, specifications: Sequence[Asked]
) -> tuple[str, tuple[Any, ...]]:
    products = stock.in_order(sort)
    fitting = products.filter(*asked.values())
    looked_at = MOST if stock.total <= MOST else MOST_LOOKED_AT
    flagged = _candidates(products, asked, shelves, specifications)[:looked_at]
    candidates, of_candidates = flagged.query.sql_with_params()
    bounded, of_bounded = fitting.order_by().values("pk")[: MOST + 1].query.sql_with_params()
    ordered, of_ordered = fitting.values(*COLUMNS).query.sql_with_params()
    total = None if asked else stock.total
    sql = _SQL.format(candidates=candidates, bounded=bounded, ordered=ordered)
    return sql, (*of_candidates, total, *of_bounded, *of_ordered)


def _candidates(
    products: QuerySet[Product], asked: dict[str, Q], shelves: Shelves, specifications: Sequence[Asked]
) -> "QuerySet[Product, Any]":
    fits = {f"fits_{kind}": _says(asked.get(kind)) for kind in KINDS}
    payable = _says(shelves.payable_on(shelves.by_pk.values()))
    flagged = products.order_by().annotate(is_payable=payable, missed=_missed(specifications), **fits)
    columns = ("category_id", "brand", "price", "stock", "is_payable", "specification_ids", "missed", *fits)
    return flagged.values_list(*columns)


def _facets(
    categories: dict[str, int] | None,
    brands: dict[str, int] | None,
    prices: list[int | None],
    in_stock: int,
    payable: list[int] | None,
    without: dict[str, int],
    *,
    offered: list[list[Any]] | None,
    is_whole: bool,
) -> Facets:
    return Facets(
        is_whole=is_whole,
        categories={int(pk): number for pk, number in (categories or {}).items()},
        brands=brands or {},
        cheapest=prices[0] or 0,
        dearest=prices[1] or 0,
        in_stock=in_stock,
        payable=payable or [],
        without=without,
        specifications=[Specification(*each) for each in offered or []],
    )


def _says(condition: Q | None) -> Any:
    """Whether a product fits; one of which nothing is asked does."""
    return Case(When(condition, then=True), default=False) if condition else Value(True, output_field=BooleanField())


def _missed(specifications: Sequence[Asked]) -> Any:
    """The keys of what is asked of specifications and a product does not fit, each with a space before it."""
    parts = (Case(When(each.condition, then=Value("")), default=Value(f" {each.key}")) for each in specifications)
    return Concat(Value(""), *parts, output_field=TextField()) if specifications else Value("", TextField())


def _read(value: Any) -> Any:
    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
