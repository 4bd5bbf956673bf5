"""Requests as the middleware leaves them, so that views need no casts, and the gate in front of every portal page."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from portals.models import Membership, Portal


class PortalRequest(HttpRequest):
    """A request on a portal's host by a member of that portal.

    `credit` (euro that may be spent today) and `cart_quantity` are what the header of every page shows.
    """

    credit: Decimal
    cart_quantity: int
    htmx: HtmxDetails
    user: User  # type: ignore[assignment]
    portal: Portal
    membership: Membership


View = Callable[..., HttpResponse]


def member_required(view: View) -> View:
    """Only for a signed-in, active member of the request's portal; others are sent to the login page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        tenant = cast("PortalRequest", request)
        if getattr(tenant, "membership", None) is None:
            if tenant.htmx:
                return HttpResponseClientRedirect(reverse("account_login"))
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        return view(request, *args, **kwargs)

    return guarded
