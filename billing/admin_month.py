"""The screen of a month in the back office: how far the run is, what each portal owes and why, and what to do now."""

import datetime as dt
from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from billing import consumption, issuing, month, proof
from billing.models import Invoice
from billing.month import PortalMonth
from billing.parties import OperatorIncomplete, check_operator, names_of
from billing.tasks import invoice_month, issue_draft
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.nudge import nudge
from thuiswerk.lib.periods import Month, amsterdam_date

VIEW, CHANGE = "billing.view_invoice", "billing.change_invoice"


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("month/", wrap(last), name="billing_month_last"),
        path("month/<str:text>/", wrap(show), name="billing_month"),
        path("month/<str:text>/run/", wrap(run), name="billing_month_run"),
        path("month/<str:text>/issue/", wrap(issue), name="billing_month_issue"),
    ]


@require_safe
def last(request: HttpRequest) -> HttpResponse:
    """To the last month that is over."""
    return redirect("admin:billing_month", str(consumption.last_closed(timezone.now())))


@require_safe
def show(request: HttpRequest, text: str) -> HttpResponse:
    """The portals of a month, with totals, what changed, and the exceptions on top."""
    _check(request, VIEW)
    chosen, now = _month(text), timezone.now()
    rows = month.portal_months(chosen)
    context = admin.site.each_context(request) | {
        "title": _("Invoices of %(month)s") % {"month": date_format(chosen.first_day, "F Y")},
        "opts": Invoice._meta,
        "month": chosen,
        "rows": rows,
        "exceptions": [(row, names_of(row.missing)) for row in rows if row.is_exception],
        "progress": month.progress(rows, chosen, now=now),
        "sums": _sums(rows),
        "opens_at": consumption.billable_from(chosen),
        "is_to_come": now < chosen.start,
        "is_open": now >= consumption.billable_from(chosen),
        "is_late": any(row.waiting for row in rows) and consumption.is_late(chosen, amsterdam_date(now)),
        "late_days": _late_days(rows, chosen),
        "operator_faults": _operator_faults(),
        "may_run": request.user.has_perm(CHANGE),
    }
    return TemplateResponse(request, "admin/billing/month.html", context)


@require_POST
def run(request: HttpRequest, text: str) -> HttpResponse:
    """Start the run, or go on with it; refused while the books are wrong."""
    _check(request, CHANGE)
    chosen, now = _month(text), timezone.now()
    if now < consumption.billable_from(chosen):
        raise Http404
    if wrong := proof.faults():
        messages.error(request, _("The books are wrong, so nothing was started: %(faults)s") % {"faults": wrong[0]})
        return redirect("admin:billing_month", text)
    portals = consumption.portals_to_invoice(now, chosen)
    for portal_id in portals:
        nudge(invoice_month, portal_id, str(chosen))
    count = len(portals)
    started = ngettext("The run of %(count)d portal has started.", "The run of %(count)d portals has started.", count)
    nothing = _("Nothing is waiting: every portal of this month has been run.")
    messages.success(request, started % {"count": count} if count else nothing)
    return redirect("admin:billing_month", text)


@require_POST
def issue(request: HttpRequest, text: str) -> HttpResponse:
    """Issue every draft of the month, invoices before the credit notes that may correct them."""
    _check(request, CHANGE)
    chosen, now = _month(text), timezone.now()
    drafts = Invoice.objects.drafts().filter(period=chosen.first_day).order_by("-kind", "pk")
    for draft in drafts:
        issuing.review(draft, now=now, actor=cast("User", request.user))
        nudge(issue_draft, draft.pk)
    told = ngettext(
        "%(count)d draft is being issued. If something stands in the way, it stays and the reason stands below.",
        "%(count)d drafts are being issued. Where something stands in the way, it stays and the reason stands below.",
        len(drafts),
    )
    messages.success(request, told % {"count": len(drafts)})
    return redirect("admin:billing_month", text)


def _check(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error


def _operator_faults() -> str:
    try:
        check_operator()
    except OperatorIncomplete as refusal:
        return ", ".join(refusal.missing)
    return ""


def _sums(rows: list[PortalMonth]) -> dict[str, object]:
    return {
        "consumed": sum((row.now.consumed for row in rows), ZERO),
        "change": sum((row.change for row in rows), ZERO),
        "issued": sum((row.issued for row in rows), ZERO),
        "not_yet": sum((row.not_yet for row in rows), ZERO),
        "difference": sum((abs(row.difference) for row in rows), ZERO),
        "drafts": sum(len(row.drafts) for row in rows),
    }


def _late_days(rows: list[PortalMonth], chosen: Month) -> list[dt.date]:
    """The days after the second week on which documents of the run were made after all."""
    made = {amsterdam_date(document.drafted_at) for row in rows for document in row.of_run}
    return sorted(day for day in made if consumption.is_late(chosen, day))
