"""The books of a portal that has ended are closed by themselves once nothing stands in the way; the company is told.

Each settlement is mailed once, whoever made it: with the closing statement as it was then. A return that comes later
makes new figures, which are settled and told in their turn.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts import outbox
from accounts.models import Mail
from billing import closing
from billing.models import Entry, PortalSettlement
from portals.models import Portal, PortalState, Role
from thuiswerk.lib.mail import compose
from thuiswerk.lib.periods import amsterdam_date

# A settlement of longer ago was told by other means before this was done by itself.
RECENT = dt.timedelta(days=60)


def settle_ended(*, now: dt.datetime) -> int:
    """Settle every portal that has ended and may be settled. Returns how many."""
    over = Q(live_until__lt=amsterdam_date(now)) | Q(state=PortalState.CLOSED)
    settlements = PortalSettlement.objects.filter(portal=OuterRef("pk"))
    latest = settlements.order_by("-settled_at").values("settled_at")
    moved = Entry.objects.filter(portal=OuterRef("pk"), posted_at__gte=OuterRef("last")).order_by()
    ended = Portal.objects.real().filter(over).exclude(state=PortalState.BUILD).alias(last=Subquery(latest[:1]))
    ended = ended.filter(Q(last=None) | Exists(moved))
    return sum(_settle(portal, now) for portal in ended.select_related("company").order_by("pk"))


def tell_companies(*, now: dt.datetime) -> int:
    """Mail every settlement that its company has not been told. Returns how many. Refuses OperatorIncomplete."""
    recent = PortalSettlement.objects.filter(settled_at__gt=now - RECENT)
    return sum(tell_company(settlement, now=now) for settlement in recent.select_related("portal__company"))


@transaction.atomic
def tell_company(settlement: PortalSettlement, *, now: dt.datetime) -> bool:
    """Mail the closing statement to the company's address for invoices and to its contacts, once. Refuses
    OperatorIncomplete."""
    portal = (
        Portal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("company")
        .get(pk=settlement.portal_id)
    )
    key = f"closing:{settlement.pk}:"
    readers = readers_of(portal)
    if not readers or Mail.objects.filter(key=f"{key}0").exists():
        return False
    statement = closing.closing_statement(portal)
    if statement.settlement != settlement or not statement.is_settled:
        return False  # Credit moved since: the next settlement tells.
    files = [
        outbox.Attachment(
            closing.file_name(statement, "pdf", now=now), "application/pdf", closing.closing_pdf(statement, now=now)
        ),
        outbox.Attachment(closing.file_name(statement, "csv", now=now), "text/csv", closing.closing_csv(statement)),
    ]
    for number, address in enumerate(readers):
        message = compose(
            "billing/mail/closing", {"portal": portal, "statement": statement}, language=portal.company.language
        )
        outbox.queue(message, to=address, key=f"{key}{number}", now=now, attachments=files)
    return True


def readers_of(portal: Portal) -> list[str]:
    """Who gets the closing statement: where invoices go, and the company's contacts in the portal."""
    managers = portal.memberships.active().filter(role=Role.MANAGER).order_by("pk")
    addresses = [*portal.company.invoice_emails, *managers.values_list("user__email", flat=True)]
    return [address for address in dict.fromkeys(addresses) if address]


def _settle(portal: Portal, now: dt.datetime) -> int:
    """Settle one portal where that is new; what stands in the way stands on its screen."""
    statement = closing.closing_statement(portal)
    if statement.is_settled or closing.reasons_not_to_settle(statement, now=now):
        return 0
    try:
        closing.settle(portal, now=now, actor=None)
    except closing.NotSettled:
        return 0
    return 1
