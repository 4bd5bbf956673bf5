"""The gate: not one thing may be missing, whoever tries to open the portal."""

import datetime as dt
from collections.abc import Callable

import pytest

from accounts.models import Mail
from onboarding import golive, invitations, pipeline
from onboarding.links import url_of
from onboarding.models import Build, Purpose, Remark, Stage
from portals import lifecycle
from portals.models import Membership, PortalState, Role
from tests.onboarding.way import approved, built
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

DAY = NOW.date() + dt.timedelta(days=7)
LATER = NOW + dt.timedelta(days=7)


def set_of(build: Build, **fields: object) -> None:
    type(build.portal).objects.filter(pk=build.portal_id).update(**fields)
    build.portal.refresh_from_db()


def spoil_company(build: Build) -> None:
    type(build.portal.company).objects.update(invoice_email="")
    build.portal.company.refresh_from_db()


def leave_a_remark(build: Build) -> None:
    Remark.objects.create(
        check_round=build.rounds.get(),
        portal=build.portal,
        text="x",
        by_name="I",
        written_at=NOW,
        token="0" * 32,
    )


def send_newer_documents(build: Build) -> None:
    """A pack with newer texts, which nobody has accepted."""
    pack = {"number": 1, "token": "1" * 32, "language": "nl", "to": "i@i.example", "subject": "x", "summary": "x"}
    build.lead.offer_packs.create(**pack, sent_at=NOW, sent_by=build.made_by)


SPOIL: dict[str, Callable[[Build], object]] = {
    "documents": send_newer_documents,
    "company": spoil_company,
    "people": lambda build: build.portal.memberships.filter(role=Role.EMPLOYEE).update(disabled_at=NOW),
    "assortment": lambda build: build.portal.assortment.all().delete(),
    "logo": lambda build: set_of(build, logo=""),
    "header": lambda build: set_of(build, header=""),
    "remarks": leave_a_remark,
    "approval": lambda build: build.rounds.update(outcome="reopened"),
}


def test_every_condition_is_tried():
    assert set(SPOIL) == set(golive.CONDITIONS)


def test_gate_is_open_when_all_is_there(world: World):
    assert [item.key for item in golive.gate(approved(world), now=NOW) if not item.is_done] == []


@pytest.mark.parametrize("key", golive.CONDITIONS)
def test_no_day_is_set_while_one_thing_is_missing(world: World, key: str):
    build = approved(world)
    SPOIL[key](build)

    with pytest.raises(golive.GateClosed) as refusal:
        golive.plan(build, DAY, now=NOW, actor=world.coordinator)

    build.refresh_from_db()
    missing = [item for item in golive.gate(build, now=NOW) if not item.is_done]
    assert [item.key for item in missing] == [key]
    assert (str(missing[0].label) in str(refusal.value), build.planned_on) == (True, None)


@pytest.mark.parametrize("key", golive.CONDITIONS)
def test_portal_stays_shut_when_something_is_lost_after_the_day_was_set(world: World, key: str):
    build = approved(world)
    golive.plan(build, DAY, now=NOW, actor=world.coordinator)
    SPOIL[key](build)

    opened = golive.open_planned(now=LATER)
    with pytest.raises(lifecycle.NotComplete):
        lifecycle.make_ready(build.portal, actor=world.coordinator)

    build.portal.refresh_from_db()
    assert (opened, build.portal.state, build.lead.stage) == (0, PortalState.BUILD, Stage.APPROVED)


def test_nobody_opens_a_portal_before_its_day(world: World):
    build = approved(world)
    for _ in range(2):
        with pytest.raises(lifecycle.NotComplete):
            lifecycle.make_ready(build.portal, actor=world.coordinator)
        with pytest.raises(pipeline.NotYet):
            pipeline.move(build.lead, Stage.LIVE, now=NOW, actor=world.coordinator)
        golive.plan(build, dt.date(2099, 1, 1), now=NOW, actor=world.coordinator)


def test_live_period_and_credit_move_to_the_day(world: World):
    build = approved(world)

    golive.plan(build, DAY, now=NOW, actor=world.coordinator)

    build.portal.refresh_from_db()
    assert (build.portal.live_from, build.portal.live_until) == (DAY, build.portal.default_live_until(DAY))
    assert set(build.portal.grants.values_list("valid_from", "valid_until")) == {(DAY, build.portal.live_until)}


def test_months_that_were_agreed_stay_when_the_day_is_set(world: World):
    build = approved(world)
    type(build).objects.update(months=5)

    golive.plan(build, DAY, now=NOW, actor=world.coordinator)

    build.portal.refresh_from_db()
    assert build.portal.live_until == build.portal.default_live_until(DAY, 5)


def test_day_in_the_past_is_refused(world: World):
    with pytest.raises(golive.NotADayToCome):
        golive.plan(approved(world), NOW.date() - dt.timedelta(days=1), now=NOW, actor=world.coordinator)


def test_portal_opens_on_its_day_once_and_everybody_is_invited_once(world: World):
    build = approved(world)
    golive.plan(build, DAY, now=NOW, actor=world.coordinator)

    opened = [golive.open_planned(now=moment) for moment in (NOW, LATER, LATER, LATER + dt.timedelta(days=3))]
    for _ in range(3):
        invitations.open_portals(now=LATER)
        invitations.send_portion(now=LATER)

    build.refresh_from_db()
    build.portal.refresh_from_db()
    build.lead.refresh_from_db()
    assert opened == [0, 1, 0, 0]
    assert (build.portal.state, build.went_live_at, build.lead.stage) == (PortalState.READY, LATER, Stage.LIVE)
    invited = Mail.objects.filter(key__startswith="invitation:").values_list("to", flat=True)
    assert sorted(invited) == ["irma@initech.example", "peter@initech.example", "samir@initech.example"]


def test_missed_day_is_caught_up(world: World):
    build = approved(world)
    golive.plan(build, DAY, now=NOW, actor=world.coordinator)

    assert golive.open_planned(now=LATER + dt.timedelta(days=4)) == 1


def test_after_it_was_live_a_pause_ends_without_the_gate(world: World):
    build = approved(world)
    golive.plan(build, NOW.date(), now=NOW, actor=world.coordinator)
    golive.open_planned(now=NOW)
    lifecycle.pause(build.portal, actor=world.coordinator)
    SPOIL["header"](build)

    lifecycle.make_ready(build.portal, actor=world.coordinator)

    assert build.portal.state == PortalState.READY


def test_portal_without_a_lead_has_no_gate(world: World):
    world.acme.state = PortalState.BUILD
    world.acme.save()

    lifecycle.make_ready(world.acme, actor=world.coordinator)

    assert world.acme.state == PortalState.READY
    assert Membership.objects.filter(portal=world.acme, invite_requested_at__isnull=False).count() == 0


def test_built_portal_that_is_not_approved_stays_shut(world: World):
    build = built(world)

    with pytest.raises(lifecycle.NotComplete) as refusal:
        lifecycle.make_ready(build.portal, actor=world.coordinator)

    assert "Goedkeuring van het bedrijf" in str(refusal.value)


def test_company_is_told_the_day_once_for_each_day_that_was_set(world: World):
    build = approved(world)

    for minute, day in enumerate((DAY, DAY, DAY + dt.timedelta(days=1))):
        golive.plan(build, day, now=NOW + dt.timedelta(minutes=minute), actor=world.coordinator)

    mails = Mail.objects.filter(key__startswith=f"golive:{build.pk}:2").order_by("pk")
    link = url_of(build.lead.links.get(purpose=Purpose.CHECK))
    assert [mail.to for mail in mails] == [build.lead.email, build.lead.email]
    assert [link in mail.text for mail in mails] == [True, True]


def test_coordinator_is_told_once_a_day_that_the_shop_did_not_open_and_why(world: World):
    build = approved(world)
    type(build.lead).objects.update(owner=world.coordinator)
    golive.plan(build, DAY, now=NOW, actor=world.coordinator)
    SPOIL["header"](build)

    for hours in (0, 1, 24):
        golive.open_planned(now=LATER + dt.timedelta(hours=hours))

    mails = Mail.objects.filter(key__contains="not-opened").order_by("pk")
    assert [mail.to for mail in mails] == [world.coordinator.email] * 2
    assert "Headerfoto: Er is geen headerfoto" in mails[0].text
