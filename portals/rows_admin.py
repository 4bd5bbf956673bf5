"""Rows of portals in the back office."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest


class OfRealPortals:
    """Leaves out what visitors of an example portal made: nobody waits for it, and it is gone the next day."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(portal__is_example=False)
