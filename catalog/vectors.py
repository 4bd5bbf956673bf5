"""The vector of words by which a product is found, and what it is looked up by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value


def names_in(column: str) -> Func:
    """What the vector in `column` holds of names: the words of weight A."""
    return Func(column, Value("{a}"), function="ts_filter", output_field=SearchVectorField())


INDEXES = (
    GinIndex(fields=["search"], name="product_search", fastupdate=False),
    GinIndex(names_in("search"), name="product_search_names", fastupdate=False),
)
