"""What billing does in the background. Every task may be run twice or killed: what is due is a query, not a message."""

import datetime as dt
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_process_init
from django.conf import settings
from django.utils import timezone

from accounts.jobs import CaughtUp
from billing import consumption, delivery, documents, issuing, ledger, reminders, rules, run, settling
from billing.models import Grant, Invoice
from portals.models import Membership, Portal
from thuiswerk.lib.periods import Month, amsterdam_date

log = structlog.get_logger(__name__)


@worker_process_init.connect
def warm_up_documents(**_: Any) -> None:
    """Read fonts, stylesheets and the rules of e-invoices when a worker process starts, not in its first document."""
    documents.warm_up()
    rules.warm_up()


@shared_task
def invoice_last_month() -> int:
    """Start the run from the first working day of the second week on; each later day completes what is missing."""
    now = timezone.now()
    month = consumption.month_to_run(now)
    portals = _start_run(month, now)
    if portals and consumption.is_late(month, amsterdam_date(now)):
        log.warning("month_caught_up_late", month=str(month), portals=portals)
        return CaughtUp(portals)
    return portals


@shared_task
def invoice_open_months() -> None:
    """The run up to the last closed month, whatever day it is."""
    now = timezone.now()
    _start_run(consumption.last_closed(now), now)


def _start_run(month: Month, now: dt.datetime) -> int:
    """One task per portal with credit up to `month` that is not billed; then the drafts whose time has come."""
    portals = consumption.portals_to_invoice(now, month)
    for portal_id in portals:
        invoice_month.delay(portal_id, str(month))
    issue_drafts()
    return len(portals)


@shared_task
def invoice_month(portal_id: int, month: str) -> None:
    """Draft what one portal owes up to the end of `month`, and issue what needs no review."""
    for invoice in run.run_portal(Portal.objects.get(pk=portal_id), Month.parse(month), now=timezone.now()):
        _log_held(invoice)


@shared_task
def issue_drafts() -> None:
    """One task per draft that finance had its days to look at."""
    for pk in issuing.due_drafts(timezone.now()):
        issue_draft.delay(pk)


@shared_task
def issue_draft(invoice_id: int) -> None:
    """Issue one draft; one that is held is logged, and shown in the back office with what is wrong."""
    invoice = Invoice.objects.get(pk=invoice_id)
    if not run.issue_or_hold(invoice, now=timezone.now()):
        invoice.refresh_from_db()
        _log_held(invoice)


def _log_held(invoice: Invoice) -> None:
    if invoice.held_at:
        log.warning("invoice_held", portal=invoice.portal_id, month=str(invoice.month), findings=invoice.findings)


@shared_task(autoretry_for=(Exception,), retry_backoff=30, max_retries=3)
def render_invoice(invoice_id: int) -> None:
    """Make the PDF of an issued invoice and mail it."""
    delivery.finish(Invoice.objects.get(pk=invoice_id), now=timezone.now())


@shared_task
def finish_invoices() -> int:
    """Find the issued invoices that wait for their PDF or their first mailing."""
    waiting = list(delivery.unfinished().values_list("pk", flat=True))
    for pk in waiting:
        render_invoice.delay(pk)
    return len(waiting)


@shared_task
def send_reminders() -> int:
    """Remind of what is due, where the operator has that done and payments are known up to these days. What may be paid
    by a payment that waits for a place is left to a person."""
    now = timezone.now()
    if not (settings.REMINDERS_AUTOMATIC and reminders.payments_are_known(now=now)):
        return 0
    due = {one.invoice.pk for one in reminders.due_reminders(now=now)}
    return len(reminders.send(due - reminders.may_be_paid(), now=now))


@shared_task
def settle_portals() -> int:
    """Close the books of portals that have ended, as far as nothing stands in the way, and tell their companies."""
    now = timezone.now()
    settled = settling.settle_ended(now=now)
    settling.tell_companies(now=now)
    return settled


@shared_task
def expire_credit() -> int:
    """Write off what is left on grants whose last day is over; each person in a transaction of its own."""
    now, people = timezone.now(), 0
    ended = Grant.objects.ended_before(amsterdam_date(now)).values("membership")
    for membership in Membership.objects.filter(pk__in=ended).iterator():
        ledger.expire(membership, now=now)
        people += 1
    return people
