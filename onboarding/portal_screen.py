"""Two coordinators at the screen of one portal: who saves last is told, and undoes nothing unseen.

The form carries a token of what it was filled with, compared when it is saved. `Portal.revision` would not do: it grows
with every change of the catalogue and every pause, which the screen does not overwrite, and it stays the same when the
company is changed from another of its portals, which the screen does.
"""

import datetime as dt
import json
from hashlib import sha256

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import QuerySet

from accounts.models import User
from onboarding.portal_setup import COLUMNS
from portals.models import Company, Portal


class ChangedMeanwhile(Exception):
    """What the screen shows was changed after it was opened; by whom and when, if the history knows."""

    def __init__(self, by: User | None, at: dt.datetime | None) -> None:
        super().__init__("The portal was changed after its screen was opened.")
        self.by = by
        self.at = at


def token_of(portal: Portal) -> str:
    """Where the history of `portal` stands, and a digest of all that its screen writes."""
    last = _history(portal).first()
    return f"{last.pk if last else 0}-{_digest(portal)}"


def check_token(portal: Portal, token: str) -> None:
    """Hold the portal and its company until the transaction ends. Refuses ChangedMeanwhile for a token of before."""
    Portal.objects.select_for_update(of=("self", "company"), no_key=True).select_related("company").get(pk=portal.pk)
    before, _dash, digest = token.partition("-")
    if digest == _digest(portal):
        return
    since = _history(portal).filter(pk__gt=int(before) if before.isdecimal() else 0).select_related("user").first()
    raise ChangedMeanwhile(since.user if since else None, since.action_time if since else None)


def _history(portal: Portal) -> QuerySet[LogEntry]:
    """What the back office saved of the portal, the latest first."""
    return LogEntry.objects.filter(content_type=get_content_type_for_model(portal), object_id=portal.pk).order_by("-pk")


def _digest(portal: Portal) -> str:
    shown = [
        Portal.objects.filter(pk=portal.pk).values(*sorted(COLUMNS)).get(),
        Company.objects.filter(portals=portal.pk).values().get(),
        list(portal.assortment.order_by("category").values_list("category", flat=True)),
        list(portal.assortment_exceptions.order_by("product").values_list("product", "allowed")),
        list(portal.quantity_limits.order_by("pk").values_list("category", "product", "most")),
        list(portal.payroll_rules.order_by("pk").values_list("category", "payroll_class", "base_amount")),
    ]
    return sha256(json.dumps(shown, default=str).encode()).hexdigest()
