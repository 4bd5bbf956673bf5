"""Rows of the back office that nobody edits there: workflows alone write them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from thuiswerk.lib.money import read_amount


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that are written by workflows alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AmountSearchAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that is searched for an amount as well, however it is written; `amount_field` holds it."""

    amount_field: str

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found, may_be_double = super().get_search_results(request, queryset, search_term)
        amount = read_amount(search_term.strip().removeprefix("-"))
        if not amount:
            return found, may_be_double
        same = Q(**{f"{self.amount_field}__in": (amount, -amount)})
        return queryset.filter(Q(pk__in=found.order_by().values("pk")) | same), False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows that whoever may see the invoice may see with it."""

    extra = 0
    template = "admin/rows.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("billing.view_invoice"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
