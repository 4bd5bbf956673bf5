"""Rows of orders in the back office that are read there and changed nowhere but in their workflow."""

from django.http import HttpRequest


class ReadOnly:
    """Nothing is added, changed or deleted: an order only moves through its workflow."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ShownWithOrder(ReadOnly):
    """Rows that whoever may see the order may see with it."""

    template = "admin/rows.html"

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("orders.view_order"))
