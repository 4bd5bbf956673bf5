"""Sums of money over rows that belong to another, asked of the database with that other."""

from typing import Any

from django.db.models import DecimalField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from thuiswerk.lib.money import ZERO


def sum_of(rows: QuerySet[Any], by: str, column: str) -> Coalesce:
    """The sum of `column` over `rows`, which name their owner in the column `by`; zero without rows."""
    total = rows.order_by().values(by).annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(total), ZERO, output_field=DecimalField())
