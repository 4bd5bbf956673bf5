"""The books of a year in the back office: per month the journal and the papers, and the audit file of the whole."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing import xaf
from billing.journal import journal_csv
from billing.models import BankEntry, Invoice
from billing.parties import OperatorIncomplete
from billing.rules import CannotCheck
from thuiswerk.lib.periods import Month, amsterdam_date

FIRST_YEAR = 2020


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("books/", wrap(this_year), name="billing_books_now"),
        path("books/<int:year>/", wrap(show), name="billing_books"),
        path("books/<int:year>/journal.csv", wrap(journal_of_year), name="billing_journal_year"),
        path("books/<int:year>/audit.xaf", wrap(audit_file), name="billing_audit_file"),
        path("books/month/<str:text>/journal.csv", wrap(journal_of_month), name="billing_journal"),
    ]


@require_safe
def this_year(request: HttpRequest) -> HttpResponse:
    """To the year that is running."""
    return redirect("admin:billing_books", amsterdam_date(timezone.now()).year)


@require_safe
def show(request: HttpRequest, year: int) -> HttpResponse:
    """The months of a year in which something was booked, each with its journal."""
    _check(request, year)
    days = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    documents = _per_month(Invoice.objects.filter(issued_on__range=days), "issued_on")
    payments = _per_month(BankEntry.objects.filter(booked_on__range=days), "booked_on")
    months = [
        (Month(day.year, day.month), documents.get(day, 0), payments.get(day, 0))
        for day in sorted({*documents, *payments})
    ]
    context = admin.site.each_context(request) | {
        "title": _("Books of %(year)d") % {"year": year},
        "opts": Invoice._meta,
        "year": year,
        "has_next": year < amsterdam_date(timezone.now()).year,
        "months": months,
    }
    return TemplateResponse(request, "admin/billing/books.html", context)


@require_safe
def journal_of_year(request: HttpRequest, year: int) -> HttpResponse:
    """Every booking of a year."""
    _check(request, year)
    return _csv(dt.date(year, 1, 1), dt.date(year, 12, 31), str(year))


@require_safe
def journal_of_month(request: HttpRequest, text: str) -> HttpResponse:
    """Every booking of a month, by the day of the document or the payment."""
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error
    _check(request, month.year)
    return _csv(month.first_day, month.last_day, text)


@require_safe
def audit_file(request: HttpRequest, year: int) -> HttpResponse:
    """The year as XML Auditfile Financieel, or what stands in its way."""
    _check(request, year)
    try:
        content = xaf.audit_file(year, now=timezone.now())
    except (OperatorIncomplete, xaf.NotValid, CannotCheck) as refusal:
        messages.error(request, _("The audit file cannot be made: %(why)s") % {"why": refusal})
        return redirect("admin:billing_books", year)
    return _file(content, "application/xml", f"thuiswerk-{year}.xaf")


def _check(request: HttpRequest, year: int) -> None:
    if not request.user.has_perms(("billing.view_invoice", "billing.view_bankentry")):
        raise PermissionDenied
    if not FIRST_YEAR <= year <= amsterdam_date(timezone.now()).year:
        raise Http404


def _per_month[Row: Model](rows: QuerySet[Row], day: str) -> dict[Any, int]:
    """How many there are, by the first day of their month."""
    months = rows.order_by().annotate(month=TruncMonth(day)).values("month").annotate(count=Count("pk"))
    return {row["month"]: row["count"] for row in months}


def _csv(first_day: dt.date, last_day: dt.date, of: str) -> HttpResponse:
    name = _("journal") + f"-{of}.csv"
    return _file(journal_csv(first_day, last_day), "text/csv; charset=utf-8", name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
