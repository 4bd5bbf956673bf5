"""The live period of a portal that runs: made longer, and a closing taken back.

Credit that holds for the period moves along with its end. Credit that expired stays expired: the entries of the ledger
are never undone, and who shall have credit again is given new credit. Each change is logged with actor, time, reason.
"""

import datetime as dt

import pghistory
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from onboarding.portal_setup import move_credit
from portals import lifecycle
from portals.lifecycle import TransitionRefused
from portals.models import Portal, PortalState
from thuiswerk.lib.periods import amsterdam_date

RUNNING = frozenset({PortalState.READY, PortalState.PAUSED})


class NotRunning(TransitionRefused):
    """The portal is in build or closed, or has no live period."""


class NotLonger(TransitionRefused):
    """The new last day is before the one that there is."""


class PeriodOver(TransitionRefused):
    """The portal would be over on the day that it is opened."""


@transaction.atomic
def extend(portal: Portal, *, until: dt.date, reason: str, now: dt.datetime, actor: User) -> None:
    """Make `until` the last day of a portal that is ready or paused, also after its end; credit that has not ended
    moves along. The same day asked for again changes nothing.

    Refuses NotRunning, NotLonger, PeriodOver, and BooksSettled.
    """
    portal.refresh_from_db(from_queryset=_held())
    if portal.state not in RUNNING or portal.live_until is None:
        raise NotRunning(_("Only a shop that is open or paused can be extended."))
    if until == portal.live_until:
        return
    if until < portal.live_until:
        raise NotLonger(_("The shop is open until later already. Choose a day after its last one."))
    _check_day(until, now)
    if portal.settlements.exists():
        raise lifecycle.BooksSettled(_("The books of this shop are settled. Make a new shop for a new period."))
    _set_last_day(portal, until, reason, now, actor)


@transaction.atomic
def reopen(portal: Portal, *, until: dt.date, reason: str, now: dt.datetime, actor: User) -> None:
    """Take the closing of a portal back; `until` is its last day from now on.

    Refuses NoWayFromHere, BooksSettled, NotComplete, NotLonger and PeriodOver.
    """
    portal.refresh_from_db(from_queryset=_held())
    if portal.state == PortalState.READY:
        return  # The button was clicked twice.
    _check_day(until, now)
    if portal.live_until and until < portal.live_until:
        raise NotLonger(_("The shop was open until later. Choose that day or one after it."))
    lifecycle.reopen(portal, actor=actor, reason=reason)
    if until != portal.live_until:
        _set_last_day(portal, until, reason, now, actor)


def _check_day(until: dt.date, now: dt.datetime) -> None:
    if until < amsterdam_date(now):
        raise PeriodOver(_("This day is over. Choose today or a later day."))


def _set_last_day(portal: Portal, until: dt.date, reason: str, now: dt.datetime, actor: User) -> None:
    before = Portal.objects.get(pk=portal.pk)
    portal.live_until = until
    with pghistory.context(actor=actor.pk, reason=reason):
        portal.save(update_fields=["live_until"])
    move_credit(before, portal, now)


def _held() -> "models.QuerySet[Portal]":
    return Portal.objects.select_for_update(of=("self",), no_key=True)
