"""The vector of words by which a product is found, and what it is looked up by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.lookups import Exact


def names_in(column: str) -> Func:
    """What the vector in `column` holds of names: the words of weight A."""
    return Func(column, Value("{a}"), function="ts_filter", output_field=SearchVectorField())


def is_sampled() -> Exact:
    """Whether a product is in the sample of the catalogue: 64 in each 1,024, which lie together in the table, so that
    the database keeps the pages of the sample in memory."""
    return Exact(Func(F("id") / Value(64), Value(16), function="mod", output_field=BigIntegerField()), 0)


INDEXES = (
    GinIndex(fields=["search"], name="product_search", fastupdate=False),
    GinIndex(names_in("search"), name="product_search_names", fastupdate=False),
    GinIndex(fields=["search"], name="product_search_sample", fastupdate=False, condition=Q(is_sampled())),
    GinIndex(names_in("search"), name="product_search_names_sample", fastupdate=False, condition=Q(is_sampled())),
)
