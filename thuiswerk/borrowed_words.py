"""Words of Django's back office that its Dutch lacks, named here so that our own catalogue translates them."""

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("- Select an option -"),
    gettext_noop("Filter by %(field_name)s"),
    gettext_noop("Pagination %(name)s"),
    gettext_noop("Pagination %(name)s entries"),
)
