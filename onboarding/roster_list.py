"""The list of a portal's employees as a CSV file, with the columns that the import knows."""

from django.utils.translation import gettext as _

from onboarding.arrivals import label_of, with_arrival
from portals.models import Portal
from thuiswerk.lib.spreadsheet import csv_of


def roster_csv(portal: Portal) -> bytes:
    """Everybody on the roster of `portal`, leavers too: the last column says where they stand."""
    people = (
        with_arrival(portal.memberships.filter(forgotten_at=None))
        .select_related("user")
        .order_by("user__name", "user__email")
    )
    rows = [(m.user.email, m.user.name, m.staff_number, m.cost_centre, label_of(m)) for m in people]
    return csv_of([*_columns(), _("state")], rows)


def empty_csv() -> bytes:
    """The columns and nobody: to fill in and import."""
    return csv_of([*_columns(), _("amount")], [])


def _columns() -> list[str]:
    return [_("e-mail"), _("name"), _("staff number"), _("cost centre")]
