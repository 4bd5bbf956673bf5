"""A lead that was called, with what an offer pack needs, and an address for its data."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from onboarding import offer
from onboarding.models import Lead, OfferPack, Stage
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_category, make_documents, make_product

TOKEN = UUID("00000000-0000-4000-8000-000000000001")


def make_called(**fields: Any) -> Lead:
    """Initech, 40 employees with € 250 each, that wants chairs; the call was held."""
    make_documents()
    chairs = make_category("Bureaustoelen", "Desk chairs")
    make_product(chairs, "Bureaustoel Nova", "249.00")
    lead = make_lead(Stage.CALL_HELD, **({"employees": 40, "budget": Decimal("250.00")} | fields))
    lead.categories.add(chairs)
    return lead


def send_pack(lead: Lead, actor: Any, **fields: Any) -> OfferPack:
    """Send a pack as it is prepared."""
    draft = offer.prepare(lead, now=NOW)
    said = {"to": draft.to, "subject": draft.subject, "summary": draft.summary, "now": NOW, "token": draft.token}
    return offer.send(lead, actor=actor, **(said | fields))
