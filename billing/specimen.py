"""Examples of documents: the same template and the same lines as the real ones, marked as an example on each page.

A specimen is never stored and touches no ledger. Its number comes from a series of its own.
"""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.issuing import fill_in, next_in_series
from billing.models import DocumentKind, Invoice, InvoiceLine, Origin
from billing.naming import may_name
from billing.paper import render_invoice
from billing.parties import check_operator
from billing.payment import creditor_reference
from portals.models import Company, Portal, Specification
from thuiswerk.lib.money import ZERO, allocate, cents, euro
from thuiswerk.lib.periods import Month, amsterdam_date

SERIES = "specimen"
# How much of their credit three employees used: all of it, some of it, a little.
SHARES = (Decimal("1.00"), Decimal("0.62"), Decimal("0.35"))
PEOPLE = (("1001", "A. Jansen", "100"), ("1002", "B. Yılmaz", "100"), ("1003", "C. de Vries", "200"))
PRODUCTS = (
    gettext_lazy("2 × desk chair, 1 × monitor arm"),
    gettext_lazy("1 × desk lamp"),
    gettext_lazy("1 × headset"),
)
CREDIT = Decimal("250.00")
# What an example for a company that has no portal yet takes to be used in its month, and by which cost centres.
USED = Decimal("0.60")
CENTRES = (("100", Decimal(5)), ("200", Decimal(3)), ("300", Decimal(2)))


def specimen_of_offer(
    company: Company, *, portal_name: str, employees: int, budget: Decimal, now: dt.datetime
) -> bytes:
    """An example of the invoice of a month in which `employees` use the stated share `USED` of `budget` euro each.

    Neither `company` nor a portal has to be stored. Refuses OperatorIncomplete.
    """
    check_operator()
    company.specification = Specification.COST_CENTRE
    invoice = _blank(Portal(company=company, name=portal_name, credit_per_employee=budget), now)
    _number(invoice)
    lines = _lines_of_offer(invoice, employees, cents(employees * budget * USED))
    invoice.total = sum((line.amount for line in lines), ZERO)
    _date(invoice, now)
    with translation.override(invoice.language):
        said = {"employees": employees, "budget": euro(budget), "share": int(USED * 100)}
        remark = ngettext(
            "Worked out for %(employees)d employee with %(budget)s, who uses %(share)d %% of it this month.",
            "Worked out for %(employees)d employees with %(budget)s each, who use %(share)d %% of it this month.",
            employees,
        )
        return render_invoice(invoice, lines, remark=remark % said)


def specimen_pdf(portal: Portal, *, now: dt.datetime) -> bytes:
    """An example of the invoice that the company of `portal` will get, with made-up employees.

    Refuses OperatorIncomplete; what the company still lacks stays blank.
    """
    check_operator()
    invoice = _blank(portal, now)
    _number(invoice)
    lines = _lines(invoice)
    invoice.total = sum((line.amount for line in lines), ZERO)
    _date(invoice, now)
    return render_invoice(invoice, lines)


def preview_pdf(draft: Invoice, *, now: dt.datetime) -> bytes:
    """A draft as it would look if it were issued at `now`, marked as an example. Refuses OperatorIncomplete."""
    check_operator()
    lines = list(draft.lines.select_related("corrects").order_by("position"))
    draft.origin = Origin.SPECIMEN
    with translation.override(draft.portal.company.language):
        draft.number = _("Draft")
    fill_in(draft, draft.portal.company)
    _date(draft, now)
    return render_invoice(draft, lines)


def _blank(portal: Portal, now: dt.datetime) -> Invoice:
    month = Month.of(now).previous
    invoice = Invoice(
        portal=portal,
        kind=DocumentKind.INVOICE,
        origin=Origin.SPECIMEN,
        period=month.first_day,
        starts_on=month.first_day,
        ends_on=month.last_day,
        specification=portal.company.specification,
    )
    fill_in(invoice, portal.company)
    return invoice


def _number(invoice: Invoice) -> None:
    with transaction.atomic():
        invoice.number = f"VOORBEELD-{invoice.period.year}-{next_in_series(SERIES, invoice.period.year):04d}"


def _lines_of_offer(invoice: Invoice, employees: int, total: Decimal) -> list[InvoiceLine]:
    """The month by cost centre; a small company has fewer of them than there are."""
    centres = CENTRES[: min(employees, len(CENTRES))]
    weights = [weight for _centre, weight in centres]
    people = [int(100 * part) for part in allocate(Decimal(employees) / 100, weights)]
    amounts = allocate(total, [Decimal(count) for count in people])
    return [
        InvoiceLine(
            invoice=invoice,
            position=position,
            cost_centre=centre,
            orders=count,
            first_day=invoice.period,
            last_day=invoice.ends_on,
            amount=amount,
        )
        for position, ((centre, _weight), count, amount) in enumerate(
            zip(centres, people, amounts, strict=True), start=1
        )
    ]


def _date(invoice: Invoice, now: dt.datetime) -> None:
    invoice.issued_on = amsterdam_date(now)
    if not invoice.is_credit_note:
        invoice.due_on = invoice.issued_on + dt.timedelta(days=invoice.portal.company.payment_days)
        number = invoice.number or ""
        invoice.payment_reference = creditor_reference(number)


def _lines(invoice: Invoice) -> list[InvoiceLine]:
    credit = invoice.portal.credit_per_employee or CREDIT
    amounts = [cents(credit * share) for share in SHARES]
    if invoice.specification == Specification.COST_CENTRE:
        told = [({"cost_centre": "100"}, amounts[:2]), ({"cost_centre": "200"}, amounts[2:])]
    else:
        told = [(_said(invoice, position), [amount]) for position, amount in enumerate(amounts)]
    lines, orders = [], 0
    for position, (said, of_line) in enumerate(told, start=1):
        first_day = invoice.period.replace(day=5 * (orders + 1))
        orders += len(of_line)
        line = InvoiceLine(invoice=invoice, position=position, orders=len(of_line), first_day=first_day, **said)
        line.last_day, line.amount = invoice.period.replace(day=5 * orders), sum(of_line, ZERO)
        lines.append(line)
    return lines


def _said(invoice: Invoice, position: int) -> dict[str, str]:
    """What a line tells of one of the made-up employees, by the specification of the company."""
    staff_number, name, _centre = PEOPLE[position]
    said = {"staff_number": staff_number}
    if invoice.specification == Specification.NAME:
        said["name"] = name
    if invoice.specification in (Specification.ORDER, Specification.PRODUCTS):
        said["order_number"] = f"TW{invoice.period:%y}-{position + 1:06d}"
    if may_name(invoice):
        with translation.override(invoice.language):
            said["products"] = str(PRODUCTS[position])
    return said
