"""Requests as the middleware leaves them, so that views need no casts, and the gates in front of every portal page."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from portals.models import Membership, Portal
from thuiswerk.lib.delivery import DeliveryCalendar


class PortalRequest(HttpRequest):
    """A request on a portal's host by a member of that portal.

    `credit` (euro that may be spent today) and `cart_quantity` are what the header of every page shows.
    `returned_until`: the last day of what of it came back after the end, None where nothing did. `delivery`: the
    calendar by which a day is promised now. `allowance`: tells of a product what the limits of the portal leave of it
    (`orders.limits.Allowance`), in one statement where there are any. `is_preview`: a colleague of the back office
    looks at the portal as an employee would, and `membership` is a stand-in.
    """

    credit: Decimal
    returned_until: dt.date | None
    cart_quantity: int
    htmx: HtmxDetails
    delivery: DeliveryCalendar
    allowance: Callable[[Any], Any]
    is_preview: bool
    user: User
    portal: Portal
    membership: Membership


View = Callable[..., HttpResponse]


def member_required(view: View) -> View:
    """Only for a signed-in, active member of the request's portal; others are sent to the login page.

    For what stays reachable when the shop is closed: orders, receipts, the statement of the credit.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        tenant = cast("PortalRequest", request)
        if getattr(tenant, "membership", None) is None:
            if tenant.htmx:
                return HttpResponseClientRedirect(reverse("account_login"))
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        return view(request, *args, **kwargs)

    return guarded


def shop_required(view: View) -> View:
    """`member_required`, and only while the shop is open to who asks: for every page of the shop.

    Before the live period, after it and while paused, members and visitors alike read why the shop is closed.
    """
    for_members = member_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        tenant = cast("PortalRequest", request)
        if shop_is_open(tenant):
            return for_members(request, *args, **kwargs)
        if tenant.htmx:
            return HttpResponseClientRedirect(reverse("portals:home"))
        return closed_page(tenant)

    return guarded


def shop_is_open(request: PortalRequest) -> bool:
    """Whether the pages of the shop may be seen, and so may be offered: the portal is live, this is a preview, or the
    member has credit that came back after the end."""
    # A refusal may be rendered before any middleware said who is looking.
    returned_until = getattr(request, "returned_until", None)
    return getattr(request, "is_preview", False) or request.portal.is_open_to(returned_until, timezone.now())


def grace_until(request: PortalRequest) -> dt.date | None:
    """Until when the shop stays open to who asks though its portal ended; None where that is not so."""
    if getattr(request, "is_preview", False) or request.portal.is_live(timezone.now()) or not shop_is_open(request):
        return None
    return request.returned_until


def closed_page(request: PortalRequest) -> HttpResponse:
    """The friendly page that says why the shop is closed. 403 on a page of the shop, 200 on the front page."""
    status = 200 if request.path == reverse("portals:home") else 403
    return render(request, "portals/closed.html", {"phase": request.portal.phase(timezone.now())}, status=status)
