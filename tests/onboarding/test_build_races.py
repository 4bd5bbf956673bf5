"""Two windows at once: one portal is made of a lead, and no version is approved over a remark."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import Mail
from billing.models import Grant
from onboarding import building, company_check, golive, intake, pipeline
from onboarding.build_models import Build
from onboarding.models import CheckRound, Lead, Outcome, Purpose, Stage
from onboarding.roster import RosterRefusal, WorksElsewhere
from portals.models import Company, Portal
from tests.onboarding.way import agreed_lead, approved, built, handed_over, link_of, plan_for
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8
REFUSALS = (building.BuildRefused, company_check.CheckRefused, pipeline.StepRefused, RosterRefusal, IntegrityError)


@pytest.fixture
def cast() -> World:
    return build_world()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them returned, or was refused with."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except REFUSALS as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def without_lock(lead: Lead) -> Lead:
    lead.refresh_from_db()
    return lead


def make_all(cast: World) -> list[Any]:
    """Eight windows in which the same portal is made, each under an address of its own."""
    lead = agreed_lead()
    handed_over(lead)

    def make(number: int) -> str:
        plan = plan_for(cast, slug=f"initech-{number}")
        return building.make_portal(Lead.objects.get(), plan, now=NOW, actor=cast.coordinator).portal.slug

    return at_once(*[lambda number=number: make(number) for number in range(AT_ONCE)])


def test_portal_is_made_once(cast: World):
    results = make_all(cast)

    made = Portal.objects.get(slug__startswith="initech-")
    assert sorted(map(str, results)) == sorted([made.slug, *[str(building.BuiltBefore)] * (AT_ONCE - 1)])
    assert (Company.objects.filter(name="Initech").count(), Grant.objects.filter(portal=made).count()) == (1, 2)
    assert Lead.objects.get().steps.filter(to_stage=Stage.IN_BUILD).count() == 1


def test_without_the_lock_the_second_is_stopped_late_or_by_the_database(cast: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pipeline, "lock", without_lock)

    results = make_all(cast)

    assert Portal.objects.filter(slug__startswith="initech-").count() == 1
    assert {IntegrityError, WorksElsewhere} & {one for one in results if isinstance(one, type)}


def approve_while_a_remark_comes_in(cast: World, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], CheckRound]:
    """Irma approves; before her yes is written, Els has a remark in another window."""
    build = built(cast)
    company_check.ask_to_check(build, now=NOW, actor=cast.coordinator)
    link, about_to_end, came = link_of(build.lead, Purpose.CHECK), Event(), Event()
    end = company_check._end

    def slowly(*args: Any, **fields: Any) -> None:
        about_to_end.set()
        came.wait(timeout=1)
        end(*args, **fields)

    def say() -> None:
        about_to_end.wait(timeout=20)
        said = {"page": "/", "text": "De stoel ontbreekt", "token": uuid.uuid4()}
        company_check.remark(Build.objects.get(), link=link, now=NOW, **said)
        came.set()

    def approve() -> str:
        yes = {"name": "Irma", "role": "HR", "link": link, "now": NOW}
        return company_check.approve(Build.objects.get(), **yes).outcome

    monkeypatch.setattr(company_check, "_end", slowly)
    return at_once(approve, say), build.rounds.get()


def test_nothing_is_approved_over_a_remark(cast: World, monkeypatch: pytest.MonkeyPatch):
    results, check = approve_while_a_remark_comes_in(cast, monkeypatch)

    assert results == [Outcome.APPROVED, company_check.NoOpenRound]
    assert (check.outcome, check.remarks.count()) == (Outcome.APPROVED, 0)


def test_without_the_lock_a_remark_is_approved_over(cast: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pipeline, "lock", without_lock)

    _results, check = approve_while_a_remark_comes_in(cast, monkeypatch)

    assert (check.outcome, check.remarks.count()) == (Outcome.APPROVED, 1)


def test_many_who_approve_at_once_say_it_once(cast: World):
    build = built(cast)
    company_check.ask_to_check(build, now=NOW, actor=cast.coordinator)
    link = link_of(build.lead, Purpose.CHECK)

    def approve(number: int) -> int:
        yes = {"name": f"Irma {number}", "role": "HR", "link": link, "now": NOW}
        return company_check.approve(Build.objects.get(), **yes).pk

    results = at_once(*[lambda number=number: approve(number) for number in range(AT_ONCE)])

    assert results == [build.rounds.get().pk] * AT_ONCE
    assert Mail.objects.filter(key__endswith=":answered").count() <= 1
    assert build.lead.steps.filter(to_stage=Stage.APPROVED).count() == 1


def test_workers_that_open_at_once_open_it_once(cast: World):
    build = approved(cast)
    golive.plan(build, NOW.date(), now=NOW, actor=cast.coordinator)

    results = at_once(*[lambda: golive.open_planned(now=NOW)] * AT_ONCE)

    assert sum(results) == 1
    assert build.lead.steps.filter(to_stage=Stage.LIVE).count() == 1


def test_data_are_handed_over_once(cast: World):
    lead = agreed_lead()
    taken = handed_over(lead)
    intake.give_back(taken, now=NOW, actor=cast.coordinator)
    link = link_of(lead)

    def hand_over() -> str:
        try:
            intake.hand_over(Lead.objects.get().intake, link=link, now=NOW)
        except intake.HandedOver:
            return "before"
        return "now"

    results = at_once(*[hand_over] * AT_ONCE)

    assert sorted(results) == ["before"] * (AT_ONCE - 1) + ["now"]
    assert taken.entries.filter(what="handed").count() == 2
