"""The ledger of credit in the back office: grants and entries, to look at."""

from billing.admin_rows import ReadOnlyAdmin
from portals.rows_admin import OfRealPortals


class GrantAdmin(OfRealPortals, ReadOnlyAdmin):
    """Credit given: to whom, how much, until when, and what is left."""

    list_display = ("membership", "portal", "reason", "amount", "remaining", "valid_from", "valid_until")
    list_filter = ("portal", "valid_until")
    list_select_related = ("membership__user", "portal")
    search_fields = ("membership__user__email", "membership__user__name", "membership__staff_number", "reason")


class EntryAdmin(OfRealPortals, ReadOnlyAdmin):
    """The ledger of credit, line by line."""

    list_display = ("posted_at", "membership", "portal", "kind", "amount", "order_number", "actor")
    list_filter = ("kind", "portal", "posted_at")
    list_select_related = ("membership__user", "portal", "actor")
    search_fields = ("order_number", "membership__user__email", "membership__user__name")
    raw_id_fields = ("grant", "spend")
    show_full_result_count = False
