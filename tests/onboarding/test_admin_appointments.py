"""The coordinator's screens: hours, booking by telephone, moving, calling off, the list."""

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from onboarding.assigning import assign_in_turn
from onboarding.models import Appointment, Coordinator, HoursException, LeadStep, Stage, WorkingHours
from tests.onboarding.calls import at, book, make_coordinator, make_lead_of
from tests.onboarding.conftest import Office
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_colleague, make_user

pytestmark = pytest.mark.django_db
FORM = {"at": "2026-11-17T08:00Z", "minutes": "60", "zone": "Europe/London"}
NO_ROWS = {
    f"{rows}-{forms}": "0" for rows in ("hours", "hours_exceptions") for forms in ("TOTAL_FORMS", "INITIAL_FORMS")
}
FIELDS = ("phone", "video_link", "scheduler_link")


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coen(office) -> Coordinator:
    return make_coordinator()


@pytest.fixture
def lead(coen):
    return make_lead_of(coen)


def screen(lead, more: str = "change/") -> str:
    return f"/admin/onboarding/lead/{lead.pk}/{more}"


def test_call_is_booked_on_the_telephone_on_the_times_of_the_company(office, lead, world):
    shown = office.get(screen(lead, "appointment/")).text
    assert '<option value="2026-11-17T08:00Z">di 17 november, 9:00</option>' in shown
    assert '<optgroup label="dinsdag 17 november 2026">' in shown

    done = office.post(screen(lead, "appointment/"), FORM)

    appointment = Appointment.objects.get()
    assert done.url == screen(lead)
    assert (appointment.starts_at, appointment.minutes, appointment.time_zone, appointment.made_by) == (
        at("2026-11-17", "09:00"),
        60,
        "Europe/London",
        world.coordinator,
    )
    assert LeadStep.objects.get().actor == world.coordinator
    assert "dinsdag 17 november 2026, 9:00–10:00" in office.get(screen(lead)).text


def test_hour_that_is_half_taken_is_refused_in_the_form(office, lead, coen):
    book(make_lead_of(coen, email="o@x.example"), at("2026-11-17", "09:30"))

    shown = office.post(screen(lead, "appointment/"), FORM).text

    assert "Iemand anders nam net deze tijd" in shown
    assert Appointment.objects.count() == 1


def test_call_is_moved_and_called_off(office, lead):
    appointment = book(lead, at("2026-11-17", "09:00"))
    assert "Het staat op" in office.get(screen(lead, "appointment/")).text

    office.post(screen(lead, "appointment/"), FORM | {"at": "2026-11-18T08:00Z"})
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.sequence) == (at("2026-11-18", "09:00"), 1)

    assert "Het gesprek afzeggen?" in office.get(screen(lead, "appointment/cancel/")).text
    assert Appointment.objects.standing().count() == 1
    office.post(screen(lead, "appointment/cancel/"))
    lead.refresh_from_db()
    assert (Appointment.objects.standing().count(), lead.stage) == (0, Stage.TO_CALL)
    assert office.post(screen(lead, "appointment/cancel/")).url == screen(lead)


def test_call_that_stands_with_the_former_coordinator_is_said_to(office, lead):
    book(lead, at("2026-11-17", "09:00"))
    before = office.get(screen(lead)).text
    lead.owner = make_user("els@thuiswerk.example", "Els", is_staff=True)
    lead.save()

    after = office.get(screen(lead)).text

    told = "Dit gesprek staat in de agenda van Coen."
    assert (told in before, told in after) == (False, True)


def test_booking_link_is_mailed_by_a_post_only(office, lead):
    assert office.get(screen(lead, "booking-link/")).status_code == 404
    office.post(screen(lead, "booking-link/"))

    assert Mail.objects.get().to == lead.email


def test_lead_without_coordinator_is_given_one_first(office):
    lead = make_lead()

    for answer in (
        office.get(screen(lead, "appointment/"), follow=True),
        office.post(screen(lead, "booking-link/"), follow=True),
    ):
        assert "Kies eerst wie deze aanvraag begeleidt" in answer.text
    assert Mail.objects.count() == 0


def test_who_may_not_change_leads_books_nothing(client, lead, settings):
    settings.DEMO = True
    client.force_login(make_colleague("finance@thuiswerk.example", "Fien", role="finance"))
    finance = Office(client)

    for more in ("appointment/", "appointment/cancel/", "booking-link/"):
        assert finance.post(screen(lead, more), FORM).status_code in {403, 404}
    assert (Appointment.objects.count(), Mail.objects.count()) == (0, 0)


def test_list_shows_the_calls_to_come_and_costs_the_same_for_three(office, coen):
    counts = []
    for number in range(3):
        book(make_lead_of(coen, email=f"{number}@x.example"), at("2026-11-17", f"{9 + number:02d}:00"))
        with CaptureQueriesContext(connection) as queries:
            shown = office.get("/admin/onboarding/appointment/").text
        counts.append(len(queries))
    assert shown.count("dinsdag 17 november 2026") == 3
    assert counts[0] == counts[2]

    Appointment.objects.update(cancelled_at=NOW)
    assert "dinsdag 17 november" not in office.get("/admin/onboarding/appointment/").text
    assert office.get("/admin/onboarding/appointment/?which=all").text.count("dinsdag 17 november 2026") == 3


def test_new_coordinators_begin_with_the_hours_of_an_office_and_are_told(office):
    user = make_user("dora@thuiswerk.example", "Dora", is_staff=True)
    answer = office.post(
        "/admin/onboarding/coordinator/add/",
        NO_ROWS | dict.fromkeys(FIELDS, "") | {"user": user.pk, "takes_leads": "on"},
        follow=True,
    )

    assert "Te boeken van maandag tot en met vrijdag" in answer.text
    assert user.coordinator.hours.count() == 10

    made = make_colleague("eva@thuiswerk.example", "Eva", role="coordinator")
    assign_in_turn(make_lead(), now=NOW)
    assert made.coordinator.hours.count() == 10


def test_hours_that_were_taken_away_stay_away(office, coen, lead):
    coen.hours.all().delete()

    assign_in_turn(lead, now=NOW)
    office.get(screen(lead, "appointment/"))

    assert WorkingHours.objects.count() == 0


def test_coordinators_keep_their_own_hours_and_nobody_elses(client, settings, world, coen):
    settings.DEMO = True
    eva = make_colleague("eva@thuiswerk.example", "Eva", role="coordinator")
    eva.groups.get().permissions.add(
        *Permission.objects.filter(
            content_type__app_label="onboarding",
            codename__regex="(hoursexception|workinghours|view_coordinator|change_coordinator)",
        )
    )
    hers = make_coordinator(eva)
    client.force_login(eva)
    desk = Office(client)
    day_off = {
        "hours_exceptions-TOTAL_FORMS": "1",
        "hours_exceptions-0-date": "2026-11-20",
        "hours_exceptions-0-kind": "closed",
        "hours_exceptions-0-starts": "",
        "hours_exceptions-0-ends": "",
    }

    for coordinator in (hers, coen):
        page = f"/admin/onboarding/coordinator/{coordinator.pk}/change/"
        fields = NO_ROWS | dict.fromkeys(FIELDS, "") | day_off | {"hours_exceptions-0-coordinator": coordinator.pk}
        desk.post(page, fields)

    assert [exception.coordinator for exception in HoursException.objects.all()] == [hers]


@pytest.mark.parametrize(
    ("kind", "starts", "ends"),
    [("open", "", ""), ("closed", "09:00", ""), ("closed", "", "09:00"), ("open", "10:00", "09:00")],
)
def test_exception_with_half_of_its_times_is_refused_in_the_form(office, coen, kind, starts, ends):
    fields = (
        NO_ROWS
        | dict.fromkeys(FIELDS, "")
        | {
            "hours_exceptions-TOTAL_FORMS": "1",
            "hours_exceptions-0-date": "2026-11-20",
            "hours_exceptions-0-kind": kind,
            "hours_exceptions-0-starts": starts,
            "hours_exceptions-0-ends": ends,
            "hours_exceptions-0-coordinator": coen.pk,
        }
    )

    shown = office.post(f"/admin/onboarding/coordinator/{coen.pk}/change/", fields).text

    assert "Vul beide tijden in, of geen van beide voor een hele vrije dag." in shown
    assert HoursException.objects.count() == 0
