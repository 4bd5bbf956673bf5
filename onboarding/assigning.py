"""Who leads a request: coordinators take new leads in turn, and hear of each at once."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import outbox
from accounts.models import User
from onboarding.lead_models import Coordinator, Lead, SignUp
from onboarding.slots import give_first_hours
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose

ROLE = "coordinator"


@transaction.atomic
def assign_in_turn(lead: Lead, *, now: dt.datetime) -> User | None:
    """Give the lead to the coordinator whose last new lead is longest ago. None, and nothing done, where nobody
    takes any."""
    _make_known()
    takers = Coordinator.objects.select_for_update(of=("self",)).filter(takes_leads=True, user__is_active=True)
    turn = takers.order_by(F("last_lead_at").asc(nulls_first=True), "pk").select_related("user").first()
    if turn is None:
        return None
    turn.last_lead_at = now
    turn.save(update_fields=["last_lead_at"])
    lead.owner = turn.user
    lead.save(update_fields=["owner"])
    return turn.user


def tell_of(sign_up: SignUp, *, is_new: bool, now: dt.datetime) -> None:
    """Mail the coordinator of the lead, or the operator where it has none, of a form that came in."""
    lead = sign_up.lead
    page = absolute_url(None, "admin:onboarding_lead_change", object_id=lead.pk)
    context = {"lead": lead, "is_new": is_new, "page": page}
    message = compose("onboarding/mail/lead_came", context, language=lead.owner.language if lead.owner else "nl")
    outbox.queue(message, to=_address_of(lead), key=f"sign-up:{sign_up.pk}:coordinator", now=now)


def _address_of(lead: Lead) -> str:
    return lead.owner.email if lead.owner else settings.OPERATOR["email"]


def _make_known() -> None:
    """Whoever has the role of coordinator takes part, unless told otherwise."""
    unknown = User.objects.filter(groups__name=ROLE, is_active=True, is_staff=True, coordinator=None)
    for user in unknown:
        coordinator, is_new = Coordinator.objects.get_or_create(user=user)
        if is_new:
            give_first_hours(coordinator)
