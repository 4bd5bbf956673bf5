"""The way of a lead: every step that is not allowed is refused by the workflow itself."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from onboarding import pipeline
from onboarding.board import board_of, figures_of
from onboarding.models import Lead, LeadStep, LostReason, Stage
from tests.world import NOW, make_staff

pytestmark = pytest.mark.django_db

PAIRS = [(here, there) for here in Stage for there in Stage if here != there]
ALLOWED = [(here, there) for here, there in PAIRS if there in pipeline.NEXT[here]]
GUARDED = [(here, there) for here, there in ALLOWED if there in pipeline.NEEDS]


def make_lead(stage: Stage = Stage.NEW, **fields: Any) -> Lead:
    reason = {"lost_reason": "budget"} if stage == Stage.LOST else {}
    defaults = {"company_name": "Initech", "contact_name": "Irma", "email": "irma@initech.example", "created_at": NOW}
    return Lead.objects.create(**(defaults | {"stage": stage} | reason | fields))


def test_every_stage_has_its_ways_written_down():
    assert set(pipeline.NEXT) == set(Stage)
    assert len(ALLOWED) == 35


@pytest.mark.parametrize(("here", "there"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_step_that_is_no_way_is_refused_and_nothing_is_written(here: Stage, there: Stage):
    lead = make_lead(here)
    refused = pipeline.ReasonMissing if there == Stage.LOST else pipeline.NoWayFromHere

    with pytest.raises(refused):
        pipeline.move(lead, there, now=NOW)

    lead.refresh_from_db()
    assert (lead.stage, LeadStep.objects.count()) == (here, 0)


@pytest.mark.parametrize(("here", "there"), GUARDED)
def test_step_without_what_it_stands_for_is_refused(here: Stage, there: Stage, monkeypatch: pytest.MonkeyPatch):
    lead = make_lead(here)
    for name in ("build", "intake", "offer_packs"):
        if not hasattr(Lead, name) and there != Stage.IN_BUILD:
            monkeypatch.setattr(Lead, name, NOTHING_YET[name], raising=False)

    with pytest.raises(pipeline.NotYet):
        pipeline.move(lead, there, now=NOW)

    lead.refresh_from_db()
    assert (lead.stage, LeadStep.objects.count()) == (here, 0)


@pytest.mark.parametrize(("here", "there"), [pair for pair in ALLOWED if pair not in GUARDED and pair[1] != Stage.LOST])
def test_step_is_written_down_with_actor_and_time(here: Stage, there: Stage):
    lead, carla = make_lead(here), make_staff("carla@thuiswerk.example")

    pipeline.move(lead, there, now=NOW, actor=carla, note="Om tien uur")

    step = LeadStep.objects.get()
    assert (lead.stage, lead.stage_since, lead.lost_reason) == (there, NOW, "")
    assert (step.from_stage, step.to_stage, step.made_at, step.actor, step.note) == (
        here, there, NOW, carla, "Om tien uur",
    )  # fmt: skip


def test_step_taken_twice_is_written_once():
    lead = make_lead()

    for _ in range(2):
        pipeline.move(lead, Stage.TO_CALL, now=NOW)

    assert LeadStep.objects.count() == 1


def test_lost_lead_has_a_reason_and_its_links_end():
    lead, carla = make_lead(Stage.CALLED, next_action="Bellen", next_action_on=NOW.date()), make_staff("c@t.example")
    link = lead.links.create(purpose="booking", key="k", name="I", email="i@i.example", expires_at=NOW)

    pipeline.lose(lead, reason=LostReason.BUDGET, note="Volgend jaar", now=NOW, actor=carla)

    lead.refresh_from_db()
    link.refresh_from_db()
    assert (lead.stage, lead.lost_reason, lead.next_action, lead.next_action_on) == ("lost", "budget", "", None)
    assert link.revoked_at == NOW


def test_live_lead_cannot_be_lost_and_keeps_no_reason():
    lead = make_lead(Stage.LIVE)

    with pytest.raises(pipeline.NoWayFromHere):
        pipeline.lose(lead, reason=LostReason.BUDGET, now=NOW, actor=make_staff("c@t.example"))

    lead.refresh_from_db()
    assert lead.lost_reason == ""


@pytest.mark.parametrize("change", [{"to_stage": "live"}, {"made_at": NOW + dt.timedelta(days=1)}])
def test_steps_cannot_be_rewritten(change: dict[str, Any]):
    pipeline.move(make_lead(), Stage.TO_CALL, now=NOW)

    with pytest.raises(ProgrammingError), transaction.atomic():
        LeadStep.objects.update(**change)


def test_first_contact_is_when_a_colleague_spoke_to_the_company():
    lead, carla = make_lead(), make_staff("c@t.example")
    later = NOW + dt.timedelta(hours=3)

    pipeline.move(lead, Stage.TO_CALL, now=NOW, actor=carla)
    untouched = lead.first_contact_at
    pipeline.move(lead, Stage.CALLED, now=later, actor=carla)
    pipeline.move(lead, Stage.CALL_PLANNED, now=later + dt.timedelta(days=1), actor=carla)

    assert (untouched, lead.first_contact_at) == (None, later)


def test_offered_steps_are_those_that_the_workflow_takes():
    assert pipeline.steps_from(make_lead(Stage.CALL_PLANNED)) == [Stage.CALL_HELD, Stage.TO_CALL, Stage.LOST]
    assert pipeline.steps_from(make_lead(Stage.LIVE)) == []


def test_board_has_overdue_leads_first_and_none_that_ended(django_assert_num_queries: Any):
    today = NOW.date()
    calm = make_lead(company_name="Calm", next_action_on=today)
    late = make_lead(company_name="Late", next_action_on=today - dt.timedelta(days=1))
    idle = make_lead(company_name="Idle")
    make_lead(Stage.LOST)
    make_lead(Stage.LIVE)

    with django_assert_num_queries(1):
        columns = board_of(now=NOW)

    assert [column.stage for column in columns] == [stage for stage in Stage if stage not in {"live", "lost"}]
    assert [(card.lead, card.is_overdue) for card in columns[0].cards] == [(late, True), (calm, False), (idle, False)]


def test_figures_say_how_long_companies_wait():
    for hours in (1, 3, 20):
        make_lead(Stage.CALLED, first_contact_at=NOW + dt.timedelta(hours=hours))
    make_lead(created_at=NOW + dt.timedelta(hours=2))

    figures = figures_of(now=NOW + dt.timedelta(days=1))

    assert (figures.typical, figures.waiting, figures.longest) == (dt.timedelta(hours=3), 1, dt.timedelta(hours=22))


class NotThere:
    """A row that a lead does not have yet."""

    def exists(self) -> bool:
        return False


NOTHING_YET = {
    "offer_packs": NotThere(),
    "intake": None,
    "build": SimpleNamespace(open_round=None, approval=None, went_live_at=None),
}
