"""A portal goes from state to state only where there is a way, complete and logged."""

import itertools

import pytest

from portals import lifecycle
from portals.models import Portal, PortalState

MOVES = {
    PortalState.READY: lifecycle.make_ready,
    PortalState.PAUSED: lifecycle.pause,
    PortalState.CLOSED: lifecycle.close,
}
ALLOWED = {("build", "ready"), ("ready", "paused"), ("paused", "ready"), ("ready", "closed"), ("paused", "closed")}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(PortalState, MOVES)))
def test_only_the_ways_of_the_design_are_open(world, before, after):
    world.acme.state = before
    world.acme.save()

    if (before, after) in ALLOWED or before == after:
        MOVES[after](world.acme, actor=world.coordinator)
    else:
        with pytest.raises(lifecycle.NoWayFromHere):
            MOVES[after](world.acme, actor=world.coordinator)

    world.acme.refresh_from_db()
    assert world.acme.state == (after if (before, after) in ALLOWED else before)


def test_same_change_made_twice_is_logged_once(world):
    lifecycle.close(world.acme, actor=world.coordinator)
    revision, events = world.acme.revision, world.acme.events.count()

    lifecycle.close(world.acme, actor=world.coordinator)

    world.acme.refresh_from_db()
    assert (world.acme.state, world.acme.revision, world.acme.events.count()) == ("closed", revision, events)


def test_portal_without_a_period_does_not_open(world):
    world.acme.state, world.acme.live_from, world.acme.live_until = PortalState.BUILD, None, None
    world.acme.save()

    with pytest.raises(lifecycle.NotComplete):
        lifecycle.make_ready(world.acme, actor=world.coordinator)


def test_portal_that_pays_for_nothing_does_not_open(world):
    world.acme.state = PortalState.BUILD
    world.acme.save()
    world.acme.assortment.all().delete()

    with pytest.raises(lifecycle.NotComplete):
        lifecycle.make_ready(world.acme, actor=world.coordinator)


def test_change_is_logged_with_who_and_makes_cached_pages_stale(world):
    revision = world.acme.revision

    lifecycle.pause(world.acme, actor=world.coordinator)

    event = world.acme.events.order_by("-pgh_id").first()
    assert (event.state, event.pgh_context.metadata) == ("paused", {"actor": world.coordinator.pk})
    assert world.acme.revision > revision


def test_stale_copy_cannot_go_a_way_that_is_closed(world):
    stale = type(world.acme).objects.get(pk=world.acme.pk)
    lifecycle.close(world.acme, actor=world.coordinator)

    with pytest.raises(lifecycle.NoWayFromHere):
        lifecycle.pause(stale, actor=world.coordinator)


def test_revision_never_falls_back_when_a_stale_portal_is_saved(world):
    stale = Portal.objects.get(pk=world.acme.pk)
    world.acme.bump_revision()
    world.acme.bump_revision()

    stale.save()

    assert stale.revision == world.acme.revision + 1
