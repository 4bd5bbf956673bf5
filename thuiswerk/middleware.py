"""Turns the user into a member of the portal, with what the header of every portal page shows."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib.auth import logout
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, DateField, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from billing.models import Grant
from orders.delivery import calendar_at
from orders.limits import find_allowance
from orders.models import CartLine, DeliveryException
from portals.http import PortalRequest
from portals.models import Membership
from portals.preview import forget_preview, is_preview, stand_in
from thuiswerk.lib.delivery import DeliveryCalendar
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date
from thuiswerk.lib.prepared import Given, Prepared


class MembershipMiddleware:
    """Sets on a portal's host `request.membership`, the active membership of the user in this portal or None, with
    `request.credit`, `request.returned_until`, `request.cart_quantity` and `request.delivery`, in one query, and
    `request.allowance`, which asks when it is called. Ends the session of who is no active member."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = cast("PortalRequest", request)
        if tenant.portal is not None:
            load_membership(tenant)
        response = self.get_response(request)
        if getattr(request, "membership", None) is not None:
            # A page with a name, a balance or an address is kept nowhere: no proxy, no back button after logging out.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse every write of a preview, and the account pages of an example: nobody has an account there."""
        if getattr(request, "is_preview", False):
            return render(request, "portals/preview_refused.html", status=403) if _writes(request) else None
        if _is_page_of_shop(request) and _preview_has_ended(request):
            return render(request, "portals/preview_expired.html", status=403)
        if _is_account_page_of_example(request):
            way_on = {"next": request.GET["next"]} if "next" in request.GET else {}
            return redirect(reverse("portals:example_enter", query=way_on))
        return None


def _writes(request: HttpRequest) -> bool:
    """Whether a request asks for more than looking. Leaving the preview and choosing a language are always possible."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    match = request.resolver_match
    return match is None or match.view_name not in {"portals:preview_close", "portals:language_set"}


def _is_page_of_shop(request: HttpRequest) -> bool:
    """Whether a request asks for a page of a portal, not for a picture or a style, nor for another way in."""
    match = request.resolver_match
    has_portal = getattr(request, "portal", None) is not None
    return has_portal and match is not None and not match.view_name.startswith(("portals:preview_", "portals:brand_"))


def _preview_has_ended(request: HttpRequest) -> bool:
    """Whether this visitor was looking at a preview until just now. Said once; then the visitor is as any other."""
    tenant = cast("PortalRequest", request)
    return tenant.membership is None and forget_preview(tenant.session, tenant.portal)


def _is_account_page_of_example(request: HttpRequest) -> bool:
    """Leaving, by logging out, is always possible."""
    portal, match = getattr(request, "portal", None), request.resolver_match
    if portal is None or not portal.is_example or match is None:
        return False
    return match.view_name.startswith(("account_", "mfa_")) and match.view_name != "account_logout"


def load_membership(request: PortalRequest) -> None:
    """Put the membership, the credit and the size of the cart on a request of a portal's host."""
    membership = _membership_with_totals(request) if request.user.is_authenticated else None
    if membership is None and request.user.is_authenticated:
        logout(request)
    request.is_preview = membership is None and is_preview(request.session, request.portal, now=timezone.now())
    if request.is_preview:
        request.membership = stand_in(request.portal)
        request.credit, request.cart_quantity, request.returned_until = request.portal.credit_per_employee, 0, None
        request.delivery = calendar_at(timezone.now())
        request.allowance = partial(find_allowance, request.membership)
        return
    request.membership = membership  # type: ignore[assignment]
    request.credit = getattr(membership, "credit", None) or ZERO
    request.cart_quantity = getattr(membership, "cart_quantity", None) or 0
    request.returned_until = getattr(membership, "returned_until", None)
    if membership is not None:
        membership.portal = request.portal
        membership.user = request.user
        request.delivery = _calendar(membership)
        request.allowance = partial(find_allowance, membership)
        if membership.first_seen_at is None:
            membership.arrive(now=timezone.now())


def _calendar(membership: Any) -> DeliveryCalendar:
    return DeliveryCalendar(timezone.now(), closed=frozenset(membership.closed), opened=frozenset(membership.opened))


def _membership_with_totals(request: PortalRequest) -> Membership | None:
    today = amsterdam_date(timezone.now())
    membership: Membership | None = _member.first(portal=request.portal.pk, user=request.user.pk, today=today)
    return membership


def _members() -> QuerySet[Membership]:
    today = Given("today", DateField())
    usable = Grant.objects.filter(membership=OuterRef("pk")).usable_on(today)
    returned = usable.filter(reopened_until__gte=today).order_by("reopened_until").values("reopened_until")
    lines = CartLine.objects.filter(membership=OuterRef("pk"))
    mine = Membership.objects.active().filter(
        portal=Given("portal", BigIntegerField()), user=Given("user", BigIntegerField())
    )
    exceptions = DeliveryException.objects.filter(date__gte=today).order_by()
    return mine.order_by().annotate(
        credit=_total(usable, "remaining"),
        returned_until=Subquery(returned[:1]),
        cart_quantity=_total(lines, "quantity"),
        closed=ArraySubquery(exceptions.filter(delivers=False).values("date")),
        opened=ArraySubquery(exceptions.filter(delivers=True).values("date")),
    )


def _total(rows: QuerySet[Any], column: str) -> Subquery:
    return Subquery(rows.order_by().values("membership").annotate(total=Sum(column)).values("total"))


_member = Prepared(_members)
