"""A portal that runs is made longer, and a closing taken back; what expired stays expired."""

import datetime as dt
import itertools
import re
from decimal import Decimal

import pytest

from billing import closing, ledger
from billing.models import EntryKind
from onboarding import period
from onboarding.timeline import timeline
from portals import lifecycle
from portals.models import Portal, PortalPhase, PortalState
from tests.world import NOW
from thuiswerk.lib.periods import start_of_day

DAY = dt.timedelta(days=1)
LAST = dt.date(2027, 1, 31)
AFTER = start_of_day(LAST + DAY) + dt.timedelta(hours=1)


def extend(world, until=LAST + 30 * DAY, now=NOW):
    period.extend(world.acme, until=until, reason="Op verzoek", now=now, actor=world.coordinator)


def reopen(world, until=LAST, now=NOW):
    period.reopen(world.acme, until=until, reason="Te vroeg gesloten", now=now, actor=world.coordinator)


def last_days(world):
    return list(world.acme.grants.values_list("valid_until", flat=True))


def close(world, now=NOW):
    lifecycle.close(world.acme, actor=world.coordinator)
    for member in world.acme.memberships.all():
        ledger.expire(member, now=now)


def test_credit_moves_along_with_the_end(world):
    extend(world)

    world.acme.refresh_from_db()
    assert (world.acme.live_until, last_days(world)) == (LAST + 30 * DAY, [LAST + 30 * DAY])
    assert ledger.available(world.bob, now=AFTER) == Decimal("250.00")


def test_portal_that_ended_opens_again_without_the_credit_that_expired(world):
    for member in world.acme.memberships.all():
        ledger.expire(member, now=AFTER)

    extend(world, now=AFTER)

    assert world.acme.phase(AFTER) == PortalPhase.LIVE
    assert (last_days(world), ledger.available(world.bob, now=AFTER)) == ([LAST], Decimal("0.00"))


def test_credit_that_ended_stays_so_where_its_entry_is_not_written_yet(world):
    extend(world, now=AFTER)

    assert ledger.available(world.bob, now=AFTER) == Decimal("0.00")
    assert [entry.kind for entry in ledger.expire(world.bob, now=AFTER)] == [EntryKind.EXPIRE]


def test_same_day_asked_for_twice_changes_it_once(world):
    extend(world)
    events = world.acme.events.count()

    extend(world)

    assert world.acme.events.count() == events


@pytest.mark.parametrize(
    ("until", "now", "refusal"),
    [
        (LAST - DAY, NOW, period.NotLonger),
        (LAST + DAY, AFTER + 5 * DAY, period.PeriodOver),
    ],
)
def test_day_that_makes_no_sense_is_refused(world, until, now, refusal):
    with pytest.raises(refusal):
        extend(world, until, now)

    assert Portal.objects.get(pk=world.acme.pk).live_until == LAST


def settled(world):
    close(world)
    closing.settle(world.acme, now=NOW, actor=world.coordinator)


def test_settled_portal_is_neither_extended_nor_opened_again(world):
    for member in world.acme.memberships.all():
        ledger.expire(member, now=AFTER)
    closing.settle(world.acme, now=AFTER, actor=world.coordinator)

    with pytest.raises(lifecycle.BooksSettled):
        extend(world, now=AFTER)
    lifecycle.close(world.acme, actor=world.coordinator)
    with pytest.raises(lifecycle.BooksSettled):
        reopen(world, LAST + 9 * DAY, now=AFTER)

    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.CLOSED


def test_closing_is_taken_back_and_what_expired_stays_expired(world):
    close(world)

    reopen(world)

    assert (world.acme.state, world.acme.phase(NOW)) == (PortalState.READY, PortalPhase.LIVE)
    assert ledger.available(world.bob, now=NOW) == Decimal("0.00")


def test_portal_opened_after_its_end_needs_a_day_to_come(world):
    close(world)

    with pytest.raises(period.PeriodOver):
        reopen(world, LAST, now=AFTER)
    reopen(world, LAST + 9 * DAY, now=AFTER)

    assert world.acme.phase(AFTER) == PortalPhase.LIVE


WAYS = {
    "ready": lambda world: lifecycle.make_ready(world.acme, actor=world.coordinator),
    "pause": lambda world: lifecycle.pause(world.acme, actor=world.coordinator),
    "close": lambda world: lifecycle.close(world.acme, actor=world.coordinator),
    "reopen": reopen,
    "extend": extend,
}
OUTCOME = {
    ("build", "ready"): "ready",
    ("paused", "ready"): "ready",
    ("ready", "ready"): "ready",
    ("ready", "pause"): "paused",
    ("paused", "pause"): "paused",
    ("ready", "close"): "closed",
    ("paused", "close"): "closed",
    ("closed", "close"): "closed",
    ("closed", "reopen"): "ready",
    ("ready", "reopen"): "ready",
    ("ready", "extend"): "ready",
    ("paused", "extend"): "paused",
}


@pytest.mark.parametrize(("state", "way"), list(itertools.product(PortalState, WAYS)))
def test_every_way_from_every_state(world, state, way):
    Portal.objects.filter(pk=world.acme.pk).update(state=state)
    world.acme.refresh_from_db()
    outcome = OUTCOME.get((state, way))

    if outcome is None:
        with pytest.raises(lifecycle.TransitionRefused):
            WAYS[way](world)
    else:
        WAYS[way](world)

    after = Portal.objects.get(pk=world.acme.pk)
    assert (after.state, after.live_until) == (
        outcome or state,
        LAST + 30 * DAY if outcome and way == "extend" else LAST,
    )


def test_timeline_tells_who_did_what_and_why(world):
    lifecycle.pause(world.acme, actor=world.coordinator, reason="Storing")
    lifecycle.make_ready(world.acme, actor=world.coordinator)
    extend(world)
    settled(world)

    told = [(moment.told, moment.who, moment.reason) for moment in timeline(world.acme)]

    coen = "Coen Coördinator"
    assert sorted(told) == sorted(
        [
            ("Gepauzeerd.", coen, "Storing"),
            ("Weer geopend.", coen, ""),
            ("De laatste dag werd 2 maart 2027.", coen, "Op verzoek"),
            ("Gesloten.", coen, ""),
            ("De winkel is afgerekend.", coen, ""),
        ]
    )


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace("\N{NO-BREAK SPACE}", " ")


def address(world, name):
    return f"/admin/portals/portal/{world.acme.pk}/{name}/"


def test_pause_asks_first_and_keeps_the_reason(world, office):
    page = office.get(address(world, "pause"))
    office.post(address(world, "pause"), {"reason": "Onderhoud"})

    assert "2 deelnemers kunnen zolang niet bestellen" in words(page)
    change = words(office.get(f"/admin/portals/portal/{world.acme.pk}/change/"))
    assert "Gepauzeerd. Coen Coördinator Onderhoud" in change


def test_extension_says_what_it_does_and_needs_a_reason(world, office):
    page = office.get(address(world, "extend"))
    refused = office.post(address(world, "extend"), {"until": "2027-03-02"})
    office.post(address(world, "extend"), {"until": "2027-03-02", "reason": "Op verzoek"})

    assert "1 persoon houdt € 250,00 tegoed tot de nieuwe laatste dag" in words(page)
    assert refused.status_code == 200
    assert Portal.objects.get(pk=world.acme.pk).live_until == dt.date(2027, 3, 2)


def test_reopening_says_that_expired_credit_stays_expired(world, office):
    close(world)

    page = office.get(address(world, "reopen"))
    office.post(address(world, "reopen"), {"until": "2027-01-31", "reason": "Te vroeg"})

    assert "Het tegoed van 1 persoon is vervallen en blijft dat" in words(page)
    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.READY


@pytest.mark.parametrize(("name", "state"), [("pause", "closed"), ("extend", "closed"), ("reopen", "ready")])
def test_way_that_is_closed_is_not_asked_about(world, office, name, state):
    Portal.objects.filter(pk=world.acme.pk).update(state=state)

    response = office.get(address(world, name))

    assert (response.status_code, response["Location"]) == (302, f"/admin/portals/portal/{world.acme.pk}/change/")
