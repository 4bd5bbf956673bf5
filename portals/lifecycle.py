"""The states of a portal and the only ways from one to the next: build -> ready <-> paused -> closed.

A portal that was closed too early is opened again by `reopen` alone, as long as its books are not settled. Each change
holds the row of the portal, is logged with actor, time and reason, and makes every cached page stale.
"""

from collections.abc import Collection

import pghistory
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from portals.models import Portal, PortalState

FROM = {
    PortalState.READY: {PortalState.BUILD, PortalState.PAUSED},
    PortalState.PAUSED: {PortalState.READY},
    PortalState.CLOSED: {PortalState.READY, PortalState.PAUSED},
}


class TransitionRefused(Exception):
    """The portal cannot go there; nothing was written. Its text is for the coordinator."""


class NoWayFromHere(TransitionRefused):
    """The state of the portal has no way to the one that was asked for."""


class BooksSettled(TransitionRefused):
    """The books of the portal are settled; what comes after needs a portal of its own."""


class NotComplete(TransitionRefused):
    """Something is missing that employees would run into."""


def make_ready(portal: Portal, *, actor: User, reason: str = "") -> None:
    """Open the portal for its live period: from build, or again after a pause. Refuses NoWayFromHere, NotComplete."""
    _move(portal, PortalState.READY, FROM[PortalState.READY], actor, reason)


def pause(portal: Portal, *, actor: User, reason: str = "") -> None:
    """Close the shop for a while; orders and credit stay. Refuses NoWayFromHere."""
    _move(portal, PortalState.PAUSED, FROM[PortalState.PAUSED], actor, reason)


def close(portal: Portal, *, actor: User, reason: str = "") -> None:
    """End the portal for good; orders and receipts stay reachable. Refuses NoWayFromHere."""
    _move(portal, PortalState.CLOSED, FROM[PortalState.CLOSED], actor, reason)


def reopen(portal: Portal, *, actor: User, reason: str) -> None:
    """Take a closing back. What expired stays expired. Refuses NoWayFromHere, BooksSettled, NotComplete."""
    _move(portal, PortalState.READY, {PortalState.CLOSED}, actor, reason)


def can_reopen(portal: Portal) -> bool:
    """Whether the closing of the portal can be taken back."""
    return portal.state == PortalState.CLOSED and not portal.settlements.exists()


def has_way(portal: Portal, state: PortalState) -> bool:
    """Whether the portal can go to `state` from where it is."""
    return portal.state in FROM[state]


@transaction.atomic
def _move(portal: Portal, state: PortalState, origins: Collection[PortalState], actor: User, reason: str) -> None:
    portal.refresh_from_db(from_queryset=Portal.objects.select_for_update(of=("self",), no_key=True))
    if portal.state == state:
        return  # The button was clicked twice, or a colleague was first.
    if portal.state not in origins:
        raise NoWayFromHere(
            _("This shop is “%(now)s”; it cannot become “%(then)s”.")
            % {"now": portal.get_state_display(), "then": state.label}
        )
    if portal.state == PortalState.CLOSED and not can_reopen(portal):
        raise BooksSettled(_("The books of this shop are settled. Make a new shop for a new period."))
    if state == PortalState.READY:
        _check_complete(portal)
    portal.state = state
    with pghistory.context(actor=actor.pk, **({"reason": reason} if reason else {})):
        portal.save(update_fields=["state"])


def _check_complete(portal: Portal) -> None:
    if portal.live_from is None or portal.live_until is None:
        raise NotComplete(_("The shop has no live period yet. Fill in its first day."))
    if not portal.assortment.exists():
        raise NotComplete(_("The shop pays for nothing yet. Choose at least one category."))
    build = getattr(portal, "build", None)
    if build is not None and (missing := build.in_the_way(timezone.now())):
        raise NotComplete(_("This shop cannot go live yet: %(missing)s.") % {"missing": ", ".join(missing)})
