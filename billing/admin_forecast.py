"""The next invoices so far, in the back office: what a company may take into its accruals, and as a file."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.forecast import forecast_csv, forecasts
from billing.models import Invoice
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("forecast/", wrap(show), name="billing_forecast"),
        path("forecast/forecast.csv", wrap(download), name="billing_forecast_csv"),
    ]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Per portal what its next invoice would be, and the most that it may become."""
    _check(request)
    now = timezone.now()
    found = forecasts(now=now)
    context = admin.site.each_context(request) | {
        "title": _("The next invoices so far"),
        "opts": Invoice._meta,
        "now": now,
        "forecasts": found,
        "so_far": sum((one.so_far for one in found), ZERO),
        "most": sum((one.most for one in found), ZERO),
    }
    return TemplateResponse(request, "admin/billing/forecast.html", context)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    _check(request)
    now = timezone.now()
    name = _("forecast") + f"-{amsterdam_date(now)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(
        forecast_csv(forecasts(now=now), now=now), content_type="text/csv; charset=utf-8", headers=headers
    )


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("billing.view_invoice"):
        raise PermissionDenied
