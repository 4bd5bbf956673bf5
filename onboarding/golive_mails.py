"""Who is told of the day on which a portal opens: the company when it is set, its coordinator when it passes in vain.

Each mail has a key, so that a job that runs again sends nothing twice.
"""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from accounts import outbox
from onboarding import links
from onboarding.build_models import Build
from onboarding.link_models import Purpose
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose
from thuiswerk.lib.periods import amsterdam_date

if TYPE_CHECKING:
    from onboarding.golive import GateItem


def tell_company(build: Build, *, now: dt.datetime) -> None:
    """Mail the contact the day that was set, and the page that has the announcement kit."""
    lead = build.lead
    link = links.make_link(lead, Purpose.CHECK, name=lead.contact_name, email=lead.email, now=now)
    context = {"portal": build.portal, "name": lead.contact_name, "link": links.url_of(link)}
    message = compose("onboarding/mail/day_set", context, language=lead.language)
    outbox.queue(message, to=lead.email, key=f"golive:{build.pk}:{build.planned_on}:{now.isoformat()}", now=now)


def tell_owner(build: Build, items: "Iterable[GateItem]", *, now: dt.datetime) -> None:
    """Mail the coordinator that the day came and the portal did not open, and what of `items` is missing."""
    owner = build.lead.owner
    if owner is None:
        return
    page = absolute_url(None, "admin:onboarding_lead_change", object_id=build.lead_id)
    missing = [item for item in items if not item.is_done]
    context = {"portal": build.portal, "day": build.planned_on, "missing": missing, "page": page}
    message = compose("onboarding/mail/not_opened", context, language=owner.language)
    outbox.queue(message, to=owner.email, key=f"golive:{build.pk}:not-opened:{amsterdam_date(now)}", now=now)
