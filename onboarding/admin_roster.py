"""Screens of a portal's roster in the back office: add one person, import a list.

The portal's admin calls these with a portal that the colleague may change.
"""

import io
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from onboarding import roster, roster_list
from onboarding.forms import EmployeeForm
from onboarding.roster_check import WARNINGS, Verdict, count_verdicts, worst_first
from onboarding.roster_form import RosterForm
from onboarding.roster_import import apply_import, check_rows, keep_list
from portals.models import Portal

ROWS_A_PAGE = 200


def employee_add(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Put one person on the roster."""
    form = EmployeeForm(request.POST or None, initial={"amount": portal.credit_per_employee})
    if form.is_valid() and _added(request, portal, form):
        messages.success(request, _("%(email)s was added.") % {"email": form.cleaned_data["email"]})
        return redirect("admin:portals_portal_change", portal.pk)
    return _page(request, portal, "onboarding/employee_add.html", _("Add an employee"), form=form)


def people_download(request: HttpRequest, portal: Portal) -> FileResponse:
    """Everybody on the roster, as a list that can be imported elsewhere."""
    return _list(roster_list.roster_csv(portal), f"{portal.slug}.csv")


def import_template(request: HttpRequest, portal: Portal) -> FileResponse:
    """A list without employees, to fill in."""
    return _list(roster_list.empty_csv(), _("employees") + ".csv")


def import_upload(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Hand over a list; it is read and kept, and nothing else happens."""
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if form.is_valid():
        actor = cast("User", request.user)
        batch = keep_list(portal, name=form.name, rows=form.rows, now=timezone.now(), actor=actor)
        return redirect("admin:portals_portal_import_show", portal.pk, batch.pk)
    return _page(request, portal, "onboarding/import_upload.html", _("Import employees"), form=form)


def import_show(request: HttpRequest, portal: Portal, import_pk: int) -> HttpResponse:
    """What the list would do, row by row; POST does it."""
    batch = get_object_or_404(portal.roster_imports, pk=import_pk)
    if request.method == "POST":
        try:
            done = apply_import(batch, now=timezone.now(), actor=cast("User", request.user))
        except roster.RosterRefusal as refusal:
            messages.error(request, str(refusal))
        else:
            told = ngettext(
                "The list was applied to %(count)d employee.", "The list was applied to %(count)d employees.", done
            )
            messages.success(request, told % {"count": done})
        return redirect("admin:portals_portal_change", portal.pk)
    rows = check_rows(batch, now=timezone.now())
    counts = count_verdicts(rows)
    shown = request.GET.get("show", "")
    return _page(
        request,
        portal,
        "onboarding/import_show.html",
        _("Check the list"),
        batch=batch,
        page=Paginator(worst_first(rows, shown=shown), ROWS_A_PAGE).get_page(request.GET.get("page")),
        counts=counts,
        filters=_filters(counts, len(rows)),
        shown=shown,
        credit=sum(row.amount for row in rows if row.verdict == Verdict.NEW),
    )


def _filters(counts: dict[str, int], total: int) -> list[tuple[str, str, int]]:
    """What of the list can be shown: the value in the address, what it is called, how many rows there are."""
    verdicts = [(verdict.value, str(verdict.label), counts[verdict]) for verdict in Verdict]
    return [("", _("all"), total), *verdicts, (WARNINGS, _("with a warning"), counts[WARNINGS])]


def _list(content: bytes, name: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _added(request: HttpRequest, portal: Portal, form: forms.Form) -> bool:
    try:
        roster.add_employee(portal, **form.cleaned_data, now=timezone.now(), actor=cast("User", request.user))
    except roster.RosterRefusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _page(request: HttpRequest, portal: Portal, template: str, title: str, **context: Any) -> HttpResponse:
    shared = admin.site.each_context(request) | {"title": title, "original": portal, "opts": Portal._meta}
    return TemplateResponse(request, template, shared | context)
