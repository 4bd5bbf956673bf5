"""What a company owes beside an invoice that stays unpaid: statutory commercial interest and collection costs.

- Interest from the day after the due date, on what was open each day, at the rates of BW 6:119a and 6:120 that finance
  enters; after each year the interest of that year bears interest too (BW 6:119a, paragraph 3). A year has 365 days.
- Costs by the Besluit vergoeding voor buitengerechtelijke incassokosten, article 2, on what is open; without VAT, which
  the operator can deduct.
- A statement apart: no invoice, no ledger and no open amount changes. Dutch law, so for companies in the Netherlands.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from billing.documents import render_pdf
from billing.models import Allocation, InterestRate, Invoice, InvoiceLine, ReminderLevel
from billing.payment import in_fours
from thuiswerk.lib.money import ZERO, cents, euro
from thuiswerk.lib.periods import amsterdam_date

DAY = dt.timedelta(days=1)
YEAR = 365
# Of so much of the claim so many per cent; what is above all of them bears the last one.
STEPS = ((2_500, "0.15"), (2_500, "0.10"), (5_000, "0.05"), (190_000, "0.01"), (None, "0.005"))
LEAST, MOST = Decimal("40.00"), Decimal("6775.00")


class InterestRefused(Exception):
    """No statement can be made; the text says why, in the language that is active."""


@dataclass(frozen=True)
class Stretch:
    """Days on which the same was open at the same rate, `first` and `last` among them. Not rounded."""

    first: dt.date
    last: dt.date
    open: Decimal
    percent: Decimal
    interest: Decimal

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class InterestStatement:
    """What is owed on a day: the open amount, the interest up to and including that day, and the costs, in euro."""

    invoice: Invoice
    until: dt.date
    open: Decimal
    stretches: tuple[Stretch, ...]
    costs: Decimal

    @property
    def interest(self) -> Decimal:
        return cents(sum((stretch.interest for stretch in self.stretches), ZERO))

    @property
    def total(self) -> Decimal:
        return self.open + self.interest + self.costs


def interest_statement(invoice: Invoice, *, now: dt.datetime) -> InterestStatement:
    """What `invoice` has come to. Refuses InterestRefused: before the last reminder, paid, abroad, or with no rate."""
    until, moves = amsterdam_date(now), _moves(invoice)
    still_open = sum(moves.values(), ZERO)
    last = ReminderLevel.objects.order_by("position").last()
    if invoice.buyer["country"] != "NL":
        raise InterestRefused(_("Interest and costs are those of Dutch law; this company is elsewhere."))
    if last is None or not invoice.reminders.filter(level=last.position).exists():
        raise InterestRefused(_("The last reminder of this invoice was not sent yet."))
    if still_open <= 0 or invoice.due_on is None:
        raise InterestRefused(_("Nothing is open on this invoice."))
    stretches = tuple(stretches_of(moves, since=invoice.due_on + DAY, until=until, rates=_rates()))
    return InterestStatement(invoice, until, still_open, stretches, collection_costs(still_open))


def collection_costs(claim: Decimal) -> Decimal:
    """The costs of collecting `claim` euro that may be asked for, in whole cents."""
    costs, left = ZERO, claim
    for width, share in STEPS:
        part = left if width is None else min(left, Decimal(width))
        costs += part * Decimal(share)
        left -= part
    return cents(min(max(costs, LEAST), MOST))


def stretches_of(
    moves: dict[dt.date, Decimal], *, since: dt.date, until: dt.date, rates: dict[dt.date, Decimal]
) -> Iterator[Stretch]:
    """The days from `since` to `until`, cut where something was paid or credited (`moves`: what is open rises or falls
    on a day, and from the next day on bears more or less), where a rate begins, and after each year.

    Refuses InterestRefused where a day has no rate.
    """
    anniversaries = {_years_after(since, years) for years in range(1, until.year - since.year + 1)}
    cuts = {since, *anniversaries, *rates, *(day + DAY for day in moves)}
    firsts = sorted(day for day in cuts if since <= day <= until)
    added = of_year = ZERO
    for first, after in zip(firsts, [*firsts[1:], until + DAY], strict=True):
        if first in anniversaries:
            added, of_year = added + of_year, ZERO
        base = sum((amount for day, amount in moves.items() if day < first), ZERO) + added
        percent, last = _rate_on(first, rates), after - DAY
        if base > 0:
            interest = base * percent / 100 * ((last - first).days + 1) / YEAR
            of_year += interest
            yield Stretch(first, last, base, percent, interest)


def interest_pdf(statement: InterestStatement) -> bytes:
    """The statement for the company, in the language of its invoice."""
    invoice = statement.invoice
    with translation.override(invoice.language):
        context = {
            "seller": invoice.seller,
            "buyer": invoice.buyer,
            "portal": None,
            "statement": statement,
            "iban": in_fours(invoice.seller["iban"]),
            "reference": in_fours(invoice.payment_reference),
            "rows": [_row(stretch) for stretch in statement.stretches],
        }
    return render_pdf("billing/interest.html", context, language=invoice.language)


def _row(stretch: Stretch) -> tuple[Stretch, str, str]:
    return stretch, f"{number_format(stretch.percent, decimal_pos=2)} %", euro(cents(stretch.interest))


def _moves(invoice: Invoice) -> dict[dt.date, Decimal]:
    """By how much what is open rose or fell, by day."""
    moves: dict[dt.date, Decimal] = {invoice.issued_on or invoice.period: invoice.total}
    paid = Allocation.objects.filter(invoice=invoice).order_by().values_list("entry__booked_on").annotate(Sum("amount"))
    credit = InvoiceLine.objects.filter(corrects=invoice, invoice__issued_at__isnull=False).order_by()
    for day, amount in (*paid, *credit.values_list("invoice__issued_on").annotate(Sum("amount"))):
        moves[day] = moves.get(day, ZERO) - amount
    return moves


def _rates() -> dict[dt.date, Decimal]:
    return dict(InterestRate.objects.values_list("first_day", "percent"))


def _rate_on(day: dt.date, rates: dict[dt.date, Decimal]) -> Decimal:
    since = [first for first in rates if first <= day]
    if not since:
        raise InterestRefused(_("Enter the rate of statutory commercial interest of %(day)s first.") % {"day": day})
    return rates[max(since)]


def _years_after(day: dt.date, years: int) -> dt.date:
    """The same day of a later year; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
