"""The pages of billing on a portal's host."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.statement import open_grants, statement_page
from portals.http import PortalRequest, member_required
from thuiswerk.lib.periods import amsterdam_date


@require_safe
@member_required
def statement(request: PortalRequest) -> HttpResponse:
    """The employee's own credit: what there is, until when, what an order has set apart, and every movement of it."""
    today = amsterdam_date(timezone.now())
    page, lines, reserved = statement_page(request.membership, request.GET.get("page"))
    holding = list(request.membership.orders.holding_credit()) if reserved else []
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "lines": lines,
        "holding": holding,
        "grants": open_grants(request.membership, today=today, holding=[order.number for order in holding]),
        "today": today,
    }
    return render(request, "billing/statement.html", context)
