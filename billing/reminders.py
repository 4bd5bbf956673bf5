"""Asking again for overdue invoices, level by level, until they are paid, credited or disputed.

- Each level of an invoice goes once. The next waits until its days have passed since the due date, and since the one
  before for as many days as lie between the two: never two on one day.
- What is open is read again under the lock of the invoices right before the mail is queued, so that two presses send
  one mail, and a payment or a pause that came in between stops it.
- A company gets one mail for all of its invoices that are due; the words are those of the highest level among them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import translation

from accounts import outbox
from accounts.models import User
from billing.models import BankEntry, BankStatement, DisputePause, Invoice, Reminder, ReminderLevel
from billing.open_items import overdue
from billing.parties import seller
from billing.payment import in_fours
from billing.proposals import proposals_for
from portals.models import Company
from thuiswerk.lib.mail import Message, compose
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date

if TYPE_CHECKING:
    from billing.open_items import OpenInvoice

STALE_AFTER = dt.timedelta(days=7)
SHOWN = 12  # hexadecimal digits that tell one mail from another


class ReasonMissing(Exception):
    """A pause says why."""


@dataclass(frozen=True)
class Due:
    """An overdue invoice and the level that it is at; `days` have passed since its due date."""

    invoice: "OpenInvoice"
    level: ReminderLevel
    days: int

    @property
    def company(self) -> Company:
        return self.invoice.portal.company


def due_reminders(*, now: dt.datetime, among: Iterable[int] | None = None) -> list[Due]:
    """What is to be asked for again at `now`, by company and due date; of the ids `among` only, where given."""
    today = amsterdam_date(now)
    late = overdue(today).exclude(pauses__in=DisputePause.objects.filter(lifted_at=None))
    late = late if among is None else late.filter(pk__in=list(among))
    invoices = list(late.select_related("portal__company").order_by("portal__company__name", "due_on", "number"))
    levels = list(ReminderLevel.objects.order_by("position"))
    sent: dict[int, list[Reminder]] = {}
    for reminder in Reminder.objects.filter(invoice__in=[invoice.pk for invoice in invoices]).order_by("level"):
        sent.setdefault(reminder.invoice_id, []).append(reminder)
    found = ((invoice, _next(invoice, levels, sent.get(invoice.pk, []))) for invoice in invoices)
    due = ((invoice, next_one[0]) for invoice, next_one in found if next_one and next_one[1] <= today)
    return [Due(invoice, level, (today - (invoice.due_on or today)).days) for invoice, level in due]


def next_reminder(invoice: Invoice) -> tuple[ReminderLevel, dt.date] | None:
    """The level that `invoice` is reminded of next if it stays unpaid, and on which day; None after the last one."""
    return _next(invoice, list(ReminderLevel.objects.order_by("position")), list(invoice.reminders.order_by("level")))


@transaction.atomic
def send(invoice_ids: Iterable[int], *, now: dt.datetime, actor: User | None = None) -> list[Reminder]:
    """Remind of those of the invoices that are due at `now`: one mail for each company, a row for each invoice."""
    locked = Invoice.objects.select_for_update().filter(pk__in=list(invoice_ids)).order_by("pk")
    by_company: dict[Company, list[Due]] = {}
    for due in due_reminders(now=now, among=[invoice.pk for invoice in locked]):
        by_company.setdefault(due.company, []).append(due)
    return [reminder for company, mine in by_company.items() for reminder in _remind(company, mine, now, actor)]


def message_of(company: Company, due: list[Due]) -> Message:
    """The mail to a company for its invoices that are due."""
    return compose("billing/mail/reminder", _context(company, due), language=company.language)


@transaction.atomic
def pause(invoice: Invoice, *, reason: str, now: dt.datetime, actor: User) -> DisputePause:
    """Send no reminders of `invoice` until that is lifted. Paused already, it stays as it is. Refuses ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    fresh = {"portal_id": invoice.portal_id, "reason": reason.strip(), "paused_at": now, "paused_by": actor}
    return DisputePause.objects.get_or_create(invoice=invoice, lifted_at=None, defaults=fresh)[0]


def lift(invoice: Invoice, *, now: dt.datetime, actor: User) -> None:
    """Remind of `invoice` again, from the level that it was at."""
    DisputePause.objects.filter(invoice=invoice, lifted_at=None).update(lifted_at=now, lifted_by=actor)


def may_be_paid() -> set[int]:
    """The ids of the invoices that a payment which waits for a place is most likely for: place that one first."""
    waiting = BankEntry.objects.to_place().filter(amount__gt=0)
    best = (proposals[0] for proposals in proposals_for(waiting).values() if proposals)
    return {part.invoice.pk for proposal in best for part in proposal.parts}


def last_statement_day() -> dt.date | None:
    """Up to when payments are known."""
    last: dt.date | None = BankStatement.objects.aggregate(last=Max("ends_on"))["last"]
    return last


def payments_are_known(*, now: dt.datetime) -> bool:
    """Whether the last bank statement is fresh enough to remind without asking for what was paid."""
    last = last_statement_day()
    return last is not None and amsterdam_date(now) - last <= STALE_AFTER


def _next(invoice: Invoice, levels: list[ReminderLevel], sent: list[Reminder]) -> tuple[ReminderLevel, dt.date] | None:
    """The level after the last that was sent, and its day: so long after the due date, and after the one before."""
    last = sent[-1] if sent else None
    after = [level for level in levels if last is None or level.position > last.level]
    if not after or invoice.due_on is None:
        return None
    day = invoice.due_on + dt.timedelta(days=after[0].days)
    if last:
        before = next((level.days for level in levels if level.position == last.level), 0)
        apart = dt.timedelta(days=max(after[0].days - before, 1))
        day = max(day, amsterdam_date(last.sent_at) + apart)
    return after[0], day


def _remind(company: Company, due: list[Due], now: dt.datetime, actor: User | None) -> list[Reminder]:
    addresses = company.invoice_emails or due[0].invoice.buyer["emails"]
    of = sha256(" ".join(f"{one.invoice.number}:{one.level.position}" for one in due).encode()).hexdigest()[:SHOWN]
    for position, address in enumerate(addresses, start=1):
        outbox.queue(message_of(company, due), to=address, key=f"reminder:{company.pk}:{of}:{position}", now=now)
    return Reminder.objects.bulk_create(
        Reminder(
            portal_id=one.invoice.portal_id,
            invoice=one.invoice,
            level=one.level.position,
            open=one.invoice.open,
            to=", ".join(addresses),
            sent_at=now,
            sent_by=actor,
        )
        for one in due
    )


def _context(company: Company, due: list[Due]) -> dict[str, Any]:
    highest = max((one.level for one in due), key=lambda level: level.position)
    with translation.override(company.language):
        return {
            "company": company,
            "seller": seller(),
            "iban": in_fours(seller()["iban"]),
            "level": highest,
            "text": highest.text(company.language),
            "due": [(one, in_fours(one.invoice.payment_reference)) for one in due],
            "total": sum((one.invoice.open for one in due), ZERO),
        }
