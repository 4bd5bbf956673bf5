"""What a company told of itself goes a year after nothing came of it: everywhere, once, and nobody else's."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client

from accounts.models import Mail, User
from accounts.outbox import send_again, send_due
from billing.proof import faults
from onboarding import (
    acceptance,
    appointments,
    building,
    call_notes,
    company_check,
    golive,
    intake,
    lead_erasing,
    lead_forgetting,
    links,
    offer,
    pipeline,
    slots,
)
from onboarding.appointment_models import Appointment
from onboarding.forgetting import forget_people
from onboarding.models import Build, Lead, LeadNote, LostReason, Purpose, Stage
from onboarding.sign_up import sign_up
from portals.models import Company, Membership
from tests.onboarding.calls import make_coordinator
from tests.onboarding.test_forgetting import places
from tests.onboarding.test_pipeline import make_lead
from tests.onboarding.way import agreed_lead, approved, filled_in, handed_over, link_of, plan_for
from tests.world import NOW, World, build_world, make_membership

pytestmark = pytest.mark.django_db

YEAR = dt.timedelta(days=365)
DUE = NOW + YEAR
TRACES = (
    "irma@",
    "irma ",
    "de graaf",
    "initech",
    "peter",
    "samir",
    "5559876",
    "kwetsbare wens",
    "bijzondere opmerking",
)


def signed_up(world: World) -> Lead:
    """Irma's form, with a coordinator who calls."""
    make_coordinator(world.coordinator)
    data: dict[str, Any] = dict.fromkeys(
        ("contact_role", "register_number", "customer_number", "starts_on", "wishes"), ""
    ) | {
        "company_name": "Initech B.V.",
        "contact_name": "Irma de Graaf",
        "email": "irma@initech.example",
        "phone": "+31205559876",
        "country": "NL",
        "employees": 2,
        "budget": Decimal("300.00"),
        "starts_on": None,
        "wishes": "Een kwetsbare wens",
    }
    form = sign_up(data, categories=[world.chairs], token=uuid.uuid4(), consent="Ja", language="nl", now=NOW)
    form.lead.owner = world.coordinator
    form.lead.save()
    return form.lead


def offered(world: World) -> Lead:
    """Irma was called, met, and got the pack; each left a trace."""
    lead, actor = signed_up(world), world.coordinator
    pipeline.move(lead, Stage.TO_CALL, now=NOW, actor=actor, note="Irma belt terug")
    pipeline.move(lead, Stage.CALLED, now=NOW, actor=actor)
    LeadNote.objects.create(lead=lead, text="Irma de Graaf is op vakantie", written_at=NOW, author=actor)
    appointments.mail_booking_link(lead, now=NOW, actor=actor)
    slot = slots.free_slots(appointments.coordinator_of(lead), minutes=30, now=NOW)[0]
    call = appointments.book(lead, starts_at=slot, minutes=30, time_zone="Europe/Amsterdam", now=NOW)
    appointments.cancel(call, now=NOW, actor=actor)
    said = {"present_situation": "Irma doet alles", "needs": "", "head_count": 2, "budget": Decimal("300.00")}
    wished = {"starts_on": None, "months": 3, "categories": [world.chairs], "wishes": "bijzondere opmerking"}
    call_notes.write(lead, said | wished, now=NOW, actor=actor)
    pipeline.move(lead, Stage.CALLED, now=NOW, actor=actor)
    pipeline.move(lead, Stage.CALL_HELD, now=NOW, actor=actor)
    return lead


def given_up(world: World) -> Build:
    """Initech came as far as a portal with remarks, and then wanted nothing any more."""
    lead = offered(world)
    taken = filled_in(lead)
    draft = offer.prepare(lead, now=NOW)
    letter = {"to": draft.to, "subject": draft.subject, "summary": draft.summary, "token": draft.token}
    offer.send(lead, now=NOW, actor=world.coordinator, **letter)
    intake.invite_colleague(taken, name="Els Initech", email="els@initech.example", link=link_of(lead), now=NOW)
    documents = acceptance.documents_to_accept(lead, now=NOW)
    hashes = {document.kind: document.sha256 for document in documents}
    who = {"name": "Irma de Graaf", "role": "HR", "email": "irma@initech.example", "language": "nl"}
    acceptance.accept(lead, hashes=hashes, now=NOW, **who)
    intake.hand_over(taken, link=link_of(lead), now=NOW)
    build = building.make_portal(lead, plan_for(world), now=NOW, actor=world.coordinator)
    company_check.ask_to_check(build, now=NOW, actor=world.coordinator)
    link, text = link_of(lead, Purpose.CHECK), "Irma mist de bijzondere opmerking"
    links.mail_renewed(link, now=NOW)
    company_check.remark(build, page="/", text=text, token=uuid.uuid4(), link=link, now=NOW)
    company_check.send_remarks(build, link=link, now=NOW)
    send_due(now=NOW)
    send_again(Mail.objects.get(key__startswith="offer-pack:"), now=NOW)
    _log(world, lead)
    pipeline.lose(lead, reason=LostReason.LATER, note="Irma stopt", now=NOW, actor=world.coordinator)
    return build


def _log(world: World, lead: Lead) -> None:
    for model, pk in ((Lead, lead.pk), (Appointment, lead.appointments.get().pk)):
        kind = ContentType.objects.get_for_model(model)
        told = {"object_id": pk, "object_repr": "Initech B.V.", "action_flag": CHANGE, "change_message": "irma"}
        LogEntry.objects.create(user=world.coordinator, content_type=kind, **told)


def names(world: World) -> set[str]:
    """Where a trace is left, but for what a company of its own is called."""
    own = {f"portals_{table}.{column}" for table in ("company", "companyevent") for column in ("name", "legal_name")}
    own |= {f"portals_{table}.{column}" for table in ("portal", "portalevent") for column in ("name", "slug")}
    return places(*TRACES) - own


def test_nothing_of_the_people_is_left_anywhere(world: World, django_capture_on_commit_callbacks: Any):
    build = given_up(world)
    taken = build.lead.intake
    files = [(file.storage, file.name) for file in (taken.logo, taken.header)]
    before = names(world)

    with django_capture_on_commit_callbacks(execute=True):
        forgotten = lead_forgetting.forget_leads(now=DUE)

    assert {
        "accounts_mail.text",
        "accounts_mail.to",
        "accounts_user.email",
        "django_admin_log.object_repr",
        "onboarding_acceptance.name",
        "onboarding_accesslink.email",
        "onboarding_appointment.name",
        "onboarding_callnotes.present_situation",
        "onboarding_intake.rows",
        "onboarding_intakeentry.by_name",
        "onboarding_lead.contact_name",
        "onboarding_leadnote.text",
        "onboarding_leadstep.note",
        "onboarding_offerpack.to",
        "onboarding_remark.text",
        "onboarding_checkround.by_name",
        "onboarding_signup.data",
        "portals_company.invoice_email",
        "portals_companyevent.invoice_email",
        "portals_contact.email",
    } <= before
    assert (forgotten, names(world)) == (1, set())
    assert [storage.exists(name) for storage, name in files] == [False, False]
    assert faults() == []


def test_stages_and_their_times_stay(world: World):
    lead = given_up(world).lead
    steps = list(lead.steps.values_list("from_stage", "to_stage", "made_at"))

    lead_forgetting.forget_leads(now=DUE)

    lead.refresh_from_db()
    assert list(lead.steps.values_list("from_stage", "to_stage", "made_at")) == steps
    assert (lead.stage, lead.lost_reason, lead.employees, lead.forgotten_at) == (Stage.LOST, "later", 2, DUE)


@pytest.mark.parametrize(("days", "forgotten"), [(364, 0), (365, 1)])
def test_lost_lead_is_kept_for_a_year(days: int, forgotten: int):
    make_lead(Stage.LOST, stage_since=NOW)
    late = NOW.replace(hour=0, minute=10) + dt.timedelta(days=days)

    assert lead_forgetting.forget_leads(now=late) == forgotten


SIGNS = {
    "step": lambda lead, moment: lead.steps.create(to_stage=Stage.TO_CALL, made_at=moment),
    "note": lambda lead, moment: lead.notes.create(text="x", written_at=moment),
    "form": lambda lead, moment: lead.sign_ups.create(token=uuid.uuid4(), data={}, sent_at=moment),
    "intake": lambda lead, moment: intake.intake_of(lead, now=NOW).entries.create(what="kept", made_at=moment),
    "stage": lambda lead, moment: Lead.objects.update(stage_since=moment),
    "next action": lambda lead, moment: Lead.objects.update(next_action="Bellen", next_action_on=moment.date()),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_open_lead_is_kept_for_a_year_after_its_last_sign_of_life(sign: str):
    lead = make_lead(Stage.TO_CALL, stage_since=NOW)
    SIGNS[sign](lead, NOW + dt.timedelta(days=100))

    early = lead_forgetting.forget_leads(now=DUE + dt.timedelta(days=99))
    late = lead_forgetting.forget_leads(now=DUE + dt.timedelta(days=100))

    lead.refresh_from_db()
    assert (early, late, lead.stage, lead.lost_reason) == (0, 1, Stage.LOST, "no_answer")


def test_run_made_again_changes_nothing(world: World):
    given_up(world)
    lead_forgetting.forget_leads(now=DUE)
    kept = list(Lead.objects.values())

    assert [lead_forgetting.forget_leads(now=DUE + day * dt.timedelta(days=1)) for day in range(3)] == [0, 0, 0]
    assert list(Lead.objects.values()) == kept


def test_nobody_is_mailed_of_it(world: World):
    given_up(world)
    before = Mail.objects.count()

    lead_forgetting.forget_leads(now=DUE)
    forget_people(now=DUE)

    assert Mail.objects.count() == before


def test_customers_and_their_people_stay(world: World):
    """Initech has another portal and Peter works there; Irma's other request is open."""
    build = given_up(world)
    other = build.portal.company.portals.create(name="Initech Twee", slug="initech2", state="ready")
    peter = make_membership(other, "peter@initech.example")

    lead_forgetting.forget_leads(now=DUE)

    company = Company.objects.get(pk=build.portal.company_id)
    assert (company.invoice_email, company.contacts.count()) == ("facturen@initech.example", 1)
    assert User.objects.get(pk=peter.user_id).email == "peter@initech.example"
    assert Membership.objects.get(pk=peter.pk).forgotten_at is None
    assert Membership.objects.filter(portal=build.portal, forgotten_at=None).count() == 0


def test_request_that_led_to_a_portal_is_kept_but_for_its_list(world: World, django_capture_on_commit_callbacks: Any):
    build = approved(world)
    golive.plan(build, NOW.date(), now=NOW, actor=world.coordinator)
    golive.open_planned(now=NOW)
    taken, people = build.lead.intake, build.portal.memberships.count()
    pictures = [(file.storage, file.name) for file in (taken.logo, taken.header)]

    early = lead_forgetting.forget_leads(now=NOW + dt.timedelta(days=30))
    with django_capture_on_commit_callbacks(execute=True):
        late = [lead_forgetting.forget_leads(now=NOW + dt.timedelta(days=days)) for days in (31, 32, 900)]

    taken.refresh_from_db()
    build.lead.refresh_from_db()
    assert (early, late, taken.rows, taken.list_name) == (0, [1, 0, 0], [], "")
    assert [storage.exists(name) for storage, name in pictures] == [False, False]
    assert (build.lead.contact_name, build.lead.acceptances.count()) == ("Irma", 2)
    assert (build.portal.memberships.filter(forgotten_at=None).count(), bool(build.portal.logo)) == (people, True)
    assert lead_forgetting.is_due(build.lead, now=NOW + 3 * YEAR) is False


def test_forgotten_lead_is_on_no_screen(world: World, client: Client, settings: Any):
    settings.DEMO = True
    client.force_login(world.coordinator)
    lead = make_lead(Stage.LOST, stage_since=NOW)
    kept = make_lead(Stage.LOST, company_name="Globex", stage_since=DUE)
    lead_forgetting.forget_leads(now=DUE)

    listed = client.get("/admin/onboarding/lead/?stage=lost", HTTP_HOST="localhost:8000").context["cl"].queryset
    page = client.get(f"/admin/onboarding/lead/{lead.pk}/change/", HTTP_HOST="localhost:8000")
    own = client.get(f"/admin/onboarding/lead/{lead.pk}/call-notes/", HTTP_HOST="localhost:8000")

    assert [row.pk for row in listed] == [kept.pk]
    assert (page.status_code, own.status_code) == (302, 404)


def test_run_that_fails_half_way_leaves_the_lead_whole(world: World, monkeypatch: pytest.MonkeyPatch):
    given_up(world)
    before = names(world)

    def dies(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lead_erasing, "_empty", dies)
    with pytest.raises(KeyboardInterrupt):
        lead_forgetting.forget_leads(now=DUE)
    monkeypatch.undo()

    assert names(world) == before
    assert lead_forgetting.forget_leads(now=DUE) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_forget_each_lead_once():
    world = build_world()
    for number in range(6):
        make_lead(Stage.LOST, email=f"{number}@x.example", stage_since=NOW)
    handed_over(agreed_lead(stage_since=NOW))

    def run(_worker: int) -> int:
        try:
            return lead_forgetting.forget_leads(now=DUE)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(run, range(3)))

    assert (sum(counts), Lead.objects.exclude(forgotten_at=None).count()) == (7, 7)
    assert world.coordinator.is_active is True


def test_forgotten_lead_is_not_taken_up_again(world: World):
    lead = make_lead(Stage.LOST, stage_since=NOW)
    lead_forgetting.forget_leads(now=DUE)

    with pytest.raises(pipeline.NotYet):
        pipeline.move(lead, Stage.TO_CALL, now=DUE, actor=world.coordinator)
