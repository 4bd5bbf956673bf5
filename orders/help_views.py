"""Pages that help: contact and questions, the terms, what an employer sees. They outlive the shop itself."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.insight import employer_rows
from orders import own_data
from portals.http import PortalRequest, member_required


@require_safe
def help_show(request: PortalRequest) -> HttpResponse:
    """Who to ask, and the answers to what is asked most."""
    return render(request, "help/help.html", {"return_days": settings.RETURN_DAYS})


@require_safe
def terms_show(request: PortalRequest) -> HttpResponse:
    """The terms of the operator, with who that is and the notice of the legal guarantee."""
    context = {"return_days": settings.RETURN_DAYS, "trail": [(_("Help"), _help_url()), (_("Terms"), "")]}
    return render(request, "help/terms.html", context)


@require_safe
def accessibility_show(request: PortalRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "help/accessibility.html", {"trail": [(_("Help"), _help_url()), (_("Accessibility"), "")]})


@member_required
@require_safe
def employer_show(request: PortalRequest) -> HttpResponse:
    """What the employer sees of this employee: the rows of its invoices, word for word."""
    context = {
        "rows": employer_rows(request.membership),
        "trail": [(_("Help"), _help_url()), (_("What your employer sees"), "")],
    }
    return render(request, "help/employer.html", context)


@member_required
@require_safe
def own_data_json(request: PortalRequest) -> HttpResponse:
    """The employee's own data as JSON."""
    content = own_data.as_json(request.membership, now=timezone.now())
    return _file(content, "application/json", f"{request.portal.slug}.json")


@member_required
@require_safe
def own_data_csv(request: PortalRequest) -> HttpResponse:
    """The employee's own data as a zip of CSV files."""
    return _file(own_data.as_csv(request.membership), "application/zip", f"{request.portal.slug}.zip")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _help_url() -> str:
    return reverse("orders:help_show")
