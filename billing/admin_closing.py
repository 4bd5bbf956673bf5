"""The closing statement of a portal in the back office: its figures, what stands in the way, and settling it."""

from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from billing import closing
from billing.models import Invoice
from billing.parties import OperatorIncomplete
from portals.models import Portal
from thuiswerk.lib.money import euro

VIEW, SETTLE = "billing.view_invoice", "billing.change_invoice"


def urls() -> list[URLPattern]:
    wrap = admin.site.admin_view
    return [
        path("closing/<int:portal_pk>/", wrap(show), name="billing_closing"),
        path("closing/<int:portal_pk>/settle/", wrap(settle), name="billing_closing_settle"),
        path("closing/<int:portal_pk>/pdf/", wrap(pdf), name="billing_closing_pdf"),
        path("closing/<int:portal_pk>/csv/", wrap(csv), name="billing_closing_csv"),
    ]


@require_safe
def show(request: HttpRequest, portal_pk: int) -> HttpResponse:
    """What became of the credit of a portal, per person and in total."""
    statement = _statement(request, portal_pk, VIEW)
    rows = [*statement.people, (_("Together"), statement.total)]
    context = admin.site.each_context(request) | {
        "title": _("Closing statement of %(portal)s") % {"portal": statement.portal},
        "opts": Invoice._meta,
        "statement": statement,
        "heading": closing.heading_of(statement),
        "labels": [label for _name, label in closing.columns()],
        "rows": [(name, [euro(amount) for amount in closing.amounts(figures)]) for name, figures in rows],
        "reasons": closing.reasons_not_to_settle(statement, now=timezone.now()),
        "may_settle": request.user.has_perm(SETTLE),
    }
    return TemplateResponse(request, "admin/billing/closing.html", context)


@require_POST
def settle(request: HttpRequest, portal_pk: int) -> HttpResponse:
    """Close the books of a portal, or say what stands in the way."""
    statement = _statement(request, portal_pk, SETTLE)
    try:
        closing.settle(statement.portal, now=timezone.now(), actor=cast("User", request.user))
    except closing.NotSettled as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, _("%(portal)s is settled.") % {"portal": statement.portal})
    return redirect("admin:billing_closing", portal_pk)


@require_safe
def pdf(request: HttpRequest, portal_pk: int) -> HttpResponse:
    """The statement for the company."""
    statement, now = _statement(request, portal_pk, VIEW), timezone.now()
    try:
        content = closing.closing_pdf(statement, now=now)
    except OperatorIncomplete as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:billing_closing", portal_pk)
    return _file(content, "application/pdf", closing.file_name(statement, "pdf", now=now))


@require_safe
def csv(request: HttpRequest, portal_pk: int) -> HttpResponse:
    """The statement as a table."""
    statement = _statement(request, portal_pk, VIEW)
    name = closing.file_name(statement, "csv", now=timezone.now())
    return _file(closing.closing_csv(statement), "text/csv; charset=utf-8", name)


def _statement(request: HttpRequest, portal_pk: int, permission: str) -> closing.ClosingStatement:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return closing.closing_statement(get_object_or_404(Portal.objects.real().select_related("company"), pk=portal_pk))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
