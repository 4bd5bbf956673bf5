"""The run of a month for one portal: drafts, then the issue of those that finance has had its days to look at."""

import datetime as dt

from accounts.models import User
from billing import invoicing, issuing
from billing.models import Invoice, Origin
from portals.models import Portal
from thuiswerk.lib.periods import Month


def run_portal(portal: Portal, month: Month, *, now: dt.datetime, actor: User | None = None) -> list[Invoice]:
    """Draft what `portal` consumed and gave back up to the end of `month`, and issue every draft of it that is due.

    Returns the run's documents of `month`, the invoice before the credit note; one that is held says why in its
    findings. Refuses MonthNotOver.
    """
    invoicing.draft_portal(portal, month, now=now)
    for pk in issuing.due_drafts(now, portal=portal):
        issue_or_hold(Invoice.objects.get(pk=pk), now=now, actor=actor)
    return documents_of(portal, month)


def issue_or_hold(invoice: Invoice, *, now: dt.datetime, actor: User | None = None) -> bool:
    """Issue a draft; False where it is held instead, with its findings."""
    try:
        issuing.issue(invoice, now=now, actor=actor)
    except issuing.DocumentHeld:
        return False
    return True


def documents_of(portal: Portal, month: Month) -> list[Invoice]:
    """The run's invoice and credit note of `portal` for `month`, in that order."""
    return list(portal.invoices.filter(period=month.first_day, origin=Origin.RUN).order_by("-kind"))
