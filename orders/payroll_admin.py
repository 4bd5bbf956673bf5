"""The payroll files in the back office: which portals have one of a month, what it holds, and the file itself."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.consumption import billable_from, last_closed
from catalog.payroll import unclassified
from orders import payroll
from orders.models import Order
from portals.models import Portal
from thuiswerk.lib.periods import Month


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("payroll/", wrap(last), name="orders_payroll_last"),
        path("payroll/<str:text>/", wrap(month_list), name="orders_payroll_month"),
        path("payroll/<str:text>/<slug:slug>/", wrap(show), name="orders_payroll"),
        path("payroll/<str:text>/<slug:slug>/file/", wrap(download), name="orders_payroll_file"),
    ]


@require_safe
def last(request: HttpRequest) -> HttpResponse:
    """To the last month that is over."""
    return redirect("admin:orders_payroll_month", str(last_closed(timezone.now())))


@require_safe
def month_list(request: HttpRequest, text: str) -> HttpResponse:
    """The portals in which credit was used or given back in a month."""
    month = _month(request, text)
    portals = payroll.consumed_by_portal(month)
    title = _("Payroll files of %(month)s") % {"month": date_format(month.first_day, "F Y")}
    return _page(request, "orders/payroll_month.html", title, month, portals=portals)


@require_safe
def show(request: HttpRequest, text: str, slug: str) -> HttpResponse:
    """What the file of one portal and month holds, by class, and what should be set right first."""
    month, portal = _month(request, text), _portal(slug)
    rows = payroll.payroll_rows(portal, month)
    title = _("Payroll file of %(portal)s, %(month)s") % {
        "portal": portal.company,
        "month": date_format(month.first_day, "F Y"),
    }
    return _page(
        request,
        "orders/payroll.html",
        title,
        month,
        portal=portal,
        totals=payroll.class_totals(rows),
        total=payroll.total_of(rows),
        without_number=sorted({str(row.member) for row in rows if not row.member.staff_number}),
        unclassified=unclassified(portal),
    )


@require_safe
def download(request: HttpRequest, text: str, slug: str) -> HttpResponse:
    """The file."""
    month, portal = _month(request, text), _portal(slug)
    response = HttpResponse(
        payroll.payroll_csv(portal, payroll.payroll_rows(portal, month)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{payroll.file_name(portal, month)}"'
    return response


def _month(request: HttpRequest, text: str) -> Month:
    """The month, for a colleague who may see the classes; 403 and 404 otherwise."""
    if not request.user.has_perm("catalog.view_payrollrule"):
        raise PermissionDenied
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Http404(str(error)) from error


def _portal(slug: str) -> Portal:
    return get_object_or_404(Portal.objects.real().select_related("company"), slug=slug)


def _page(request: HttpRequest, template: str, title: str, month: Month, **context: object) -> HttpResponse:
    shared = admin.site.each_context(request) | {
        "title": title,
        "opts": Order._meta,
        "month": month,
        "is_over": timezone.now() >= billable_from(month),
    }
    return TemplateResponse(request, template, shared | context)
