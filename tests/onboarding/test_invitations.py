"""Invitations from the day of opening on: in portions, each once, again on request, whatever happens to the jobs."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from accounts.outbox import send_due
from onboarding import roster
from onboarding.arrivals import Arrival, arrivals_of
from onboarding.invitations import (
    PeriodIsOver,
    Resent,
    open_portals,
    plan_invitations,
    resend_invitations,
    send_portion,
)
from onboarding.models import InvitationAgain, InvitationPlan
from portals.models import Membership, Portal, PortalState
from tests.world import NOW, build_world, make_membership

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def people(portal, count, **fields):
    """So many people who have never been there."""
    return [
        make_membership(portal, f"p{number:03d}@acme.example", password=None, **({"first_seen_at": None} | fields))
        for number in range(count)
    ]


def invitations():
    return list(Mail.objects.filter(key__startswith="invitation:").order_by("pk").values_list("to", flat=True))


def plan(portal, **fields):
    return plan_invitations(portal, **({"now": NOW, "actor": None} | fields))


def test_invitations_go_in_portions_in_the_order_they_were_asked_for(world, settings):
    settings.INVITATIONS_PER_MINUTE = 2
    everybody = [member.user.email for member in people(world.acme, 5)]
    Membership.objects.filter(pk__in=[world.alice.pk, world.bob.pk]).update(invited_at=NOW - DAY)
    roster.request_invitations(world.acme, now=NOW)

    sent = [send_portion(now=NOW + number * MINUTE) for number in range(4)]

    assert (sent, invitations()) == ([2, 2, 1, 0], everybody)


def test_second_run_in_a_minute_sends_no_second_portion(world, settings):
    settings.INVITATIONS_PER_MINUTE = 2
    people(world.acme, 5)
    roster.request_invitations(world.acme, now=NOW)

    sent = [send_portion(now=NOW + dt.timedelta(seconds=seconds)) for seconds in (0, 5, 30)]

    assert sent == [2, 0, 0]


def test_portal_that_is_paused_holds_nobody_elses_invitations_up(world, settings):
    settings.INVITATIONS_PER_MINUTE = 2
    people(world.acme, 3)
    roster.request_invitations(world.acme, now=NOW)
    roster.request_invitations(world.globex, now=NOW + MINUTE)
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.PAUSED)

    send_portion(now=NOW + MINUTE)
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.READY)
    for number in range(2, 5):
        send_portion(now=NOW + number * MINUTE)

    assert invitations()[0] == "charlie@globex.example"
    assert len(invitations()) == len(set(invitations())) == 6


@pytest.mark.parametrize(("late", "asked"), [(-1, 0), (0, 2), (1, 2), (20, 2)])
def test_everybody_is_asked_for_on_the_day_or_after_it(world, late, asked):
    plan(world.acme, day=NOW.date())

    assert open_portals(now=NOW + late * DAY) == asked
    assert open_portals(now=NOW + late * DAY) == 0


def test_plan_without_a_day_follows_the_first_day_of_the_portal(world):
    plan(world.acme)
    Portal.objects.filter(pk=world.acme.pk).update(live_from=NOW.date() + 3 * DAY)

    assert [open_portals(now=NOW + days * DAY) for days in range(5)] == [0, 0, 0, 2, 0]


@pytest.mark.parametrize("state", [PortalState.BUILD, PortalState.PAUSED, PortalState.CLOSED])
def test_portal_that_is_not_ready_waits(world, state):
    plan(world.acme, day=NOW.date())
    Portal.objects.filter(pk=world.acme.pk).update(state=state)

    asked = [open_portals(now=NOW)]
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.READY)
    asked.append(open_portals(now=NOW + DAY))

    assert asked == [0, 2]


@pytest.mark.parametrize(("invites", "asked"), [(True, 1), (False, 0)])
def test_newcomers_are_invited_where_the_plan_says_so(world, invites, asked):
    plan(world.acme, day=NOW.date(), invites_newcomers=invites)
    open_portals(now=NOW)
    people(world.acme, 1)

    assert open_portals(now=NOW + MINUTE) == asked


def test_plan_after_the_end_and_of_a_closed_portal_is_refused(world):
    with pytest.raises(PeriodIsOver):
        plan(world.acme, day=world.acme.live_until + DAY)
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.CLOSED)
    with pytest.raises(roster.NotOpenForInvitations):
        plan(world.acme)

    assert InvitationPlan.objects.count() == 0


def invited(world, count=1):
    """People who were invited yesterday and have not come; their mails are sent."""
    members = people(world.acme, count)
    for member in members:
        roster.invite(member, now=NOW - DAY)
    send_due(now=NOW - DAY)
    return members


def resend(world, now=NOW):
    return resend_invitations(world.acme.memberships.all(), now=now, actor=world.coordinator)


def test_who_has_not_come_is_invited_again_at_most_once_a_day(world):
    invited(world, 2)

    told = []
    for moment in (NOW, NOW + MINUTE, NOW + DAY):
        told.append(resend(world, moment))
        send_portion(now=moment)

    assert told == [Resent(2, 0, 0), Resent(0, 0, 2), Resent(2, 0, 0)]
    assert len(invitations()) == 6
    subject = Mail.objects.order_by("pk").last().subject
    assert subject == "Acme Thuiswerkwinkel wacht op je"


def test_request_that_still_waits_is_not_made_again(world):
    invited(world)

    told = [resend(world), resend(world, NOW + DAY)]

    assert told == [Resent(1, 0, 0), Resent(0, 0, 1)]


def test_who_was_invited_today_is_not_invited_again_today(world):
    (member,) = people(world.acme, 1)
    roster.invite(member, now=NOW)

    assert resend(world, NOW + MINUTE) == Resent(0, 0, 1)


def test_address_that_refused_is_left_out_until_it_is_corrected(world):
    wrong, _right = invited(world, 2)
    Mail.objects.filter(to=wrong.user.email).update(bounced_at=NOW)

    before = resend(world)
    wrong.user.email = "right@acme.example"
    wrong.user.save()
    after = resend(world)

    assert (before, after) == (Resent(1, 1, 0), Resent(1, 0, 1))


def test_repeated_invitation_that_bounces_counts_too(world):
    invited(world)
    resend(world)
    send_portion(now=NOW)
    Mail.objects.filter(key=InvitationAgain.objects.get().key).update(bounced_at=NOW)

    assert resend(world, NOW + DAY) == Resent(0, 1, 0)


def test_who_comes_meanwhile_gets_no_second_invitation(world):
    first, second = invited(world, 2)
    resend(world)
    first.arrive(now=NOW)

    sent = send_portion(now=NOW)

    assert (sent, invitations().count(first.user.email), invitations().count(second.user.email)) == (1, 1, 2)


def test_states_of_people_are_counted(world):
    not_invited, asked, reached, bounced, opened, left = people(world.acme, 6)
    for member in (reached, bounced, opened):
        roster.invite(member, now=NOW)
    send_due(now=NOW)
    Mail.objects.filter(to=bounced.user.email).update(bounced_at=NOW)
    opened.arrive(now=NOW)
    Membership.objects.filter(pk=asked.pk).update(invite_requested_at=NOW)
    roster.disable(left, now=NOW, actor=None)

    counts = arrivals_of(world.acme)

    assert counts == {
        Arrival.NOT_INVITED: 1,
        Arrival.ON_ITS_WAY: 1,
        Arrival.INVITED: 1,
        Arrival.BOUNCED: 1,
        Arrival.OPENED: 3,  # Alice and Bob have been there before
        Arrival.ORDERED: 0,
        Arrival.BLOCKED: 1,
        Arrival.FORGOTTEN: 0,
    }
    assert not_invited.invited_at is None


def test_list_of_people_asks_the_database_as_often_for_one_as_for_three(world, office):
    url = f"/admin/portals/membership/?portal__id__exact={world.acme.pk}&arrival={Arrival.NOT_INVITED}"
    counts = []
    for numbers in ((0,), (1, 2)):
        for number in numbers:
            make_membership(world.acme, f"n{number}@acme.example", password=None, first_seen_at=None)
        office.get(url)
        with CaptureQueriesContext(connection) as asked:
            page = office.get(url).content.decode()
        counts.append((page.count("@acme.example</td>"), len(asked)))

    assert [rows for rows, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_first_visit_is_noted_once(world, client):
    Membership.objects.filter(pk=world.bob.pk).update(first_seen_at=None)
    client.force_login(world.bob.user)
    with time_machine.travel(NOW, tick=False) as clock:
        client.get("/", headers={"host": "acme.localhost"})
        clock.shift(DAY)
        client.get("/", headers={"host": "acme.localhost"})

    assert Membership.objects.get(pk=world.bob.pk).first_seen_at == NOW


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_invitation_once(settings):
    settings.INVITATIONS_PER_MINUTE = 1000
    world = build_world()
    members = people(world.acme, 20)
    for member in members[:10]:
        roster.invite(member, now=NOW - DAY)
    roster.request_invitations(world.acme, now=NOW)
    resend(world)

    def run(_worker):
        try:
            open_portals(now=NOW)
            return send_portion(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))

    # Ten were invited yesterday and again today; ten, with Alice and Bob, for the first time.
    assert len(invitations()) == 10 + 10 + 12
    assert Mail.objects.values("key").distinct().count() == len(invitations())
