"""The name under which a reader finds a product in a list, and the indexes by which such lists are read in its order.

Dutch lists go by `name_nl`, whose indexes stand at the model; English ones by what `localized` shows an English reader.
"""

from django.db.models import F, Index, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language

ENGLISH = Coalesce(NullIf(F("name_en"), Value("")), F("name_nl"))
INDEXES = (
    Index(F("category"), ENGLISH, F("id"), name="product_by_category_en", condition=Q(is_active=True)),
    Index(F("category"), F("brand"), ENGLISH, F("id"), name="product_by_brand_en", condition=Q(is_active=True)),
    Index(ENGLISH, F("id"), name="product_by_name_en", condition=Q(is_active=True)),
)


def shown_name() -> F | Coalesce:
    """The name that the reader sees, to order by."""
    return ENGLISH if (get_language() or "nl").startswith("en") else F("name_nl")
