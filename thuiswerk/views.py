"""Pages that belong to no app: the front page of the main host and that of a portal."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.listing import cards_html, some_cards
from catalog.shelves import shelves_of
from onboarding.example import sign_up_url, the_example
from portals.http import PortalRequest, shop_required
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


def home(request: HttpRequest) -> HttpResponse:
    """The front page of the main host."""
    return render(request, "main/home.html", _ways_in())


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """What a company does, step by step, from its request to the end of its shop."""
    return render(request, "main/how_it_works.html", _ways_in())


@require_safe
@shop_required
def portal_home(request: PortalRequest) -> HttpResponse:
    """The front page of a portal: welcome, balance, the categories and a few products."""
    cards = some_cards(request.portal)
    context = {
        "shelves": shelves_of(request.portal).roots,
        "cards_html": cards_html(request.portal, cards, calendar=request.delivery, heading=3) if cards else "",
        "credit": _credit_state(request, amsterdam_date(timezone.now())),
    }
    return render(request, "portals/home.html", context)


def _ways_in() -> dict[str, Any]:
    """Where somebody who is interested may go on."""
    return {"has_example": the_example() is not None, "sign_up_url": sign_up_url(None)}


def _credit_state(request: PortalRequest, today: dt.date) -> dict[str, Any]:
    """What the front page says of the credit: available, upcoming from a day, ended on a day, spent, or none.

    Of available credit: what of it ends first, and when; `all` where that is everything.
    """
    grants = list(request.portal.grants.filter(membership=request.membership))
    usable = [given for given in grants if given.remaining and given.is_spendable_on(today)]
    upcoming = [given.valid_from for given in grants if given.remaining and given.valid_from > today]
    if usable:
        day = min(given.last_day for given in usable)
        ending = sum((given.remaining for given in usable if given.last_day == day), ZERO)
        return {"state": "available", "day": day, "ending": ending, "all": ending == request.credit}
    if upcoming:
        return {"state": "upcoming", "day": min(upcoming)}
    if request.is_preview:
        return {"state": "available", "day": request.portal.live_until, "all": True}
    if any(given.last_day >= today for given in grants):
        return {"state": "spent"}
    return {"state": "ended", "day": max(given.last_day for given in grants)} if grants else {"state": "none"}
