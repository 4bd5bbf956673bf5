"""Two companies never have one time: twenty at once, one of them gets it, because the database says so."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Mail
from onboarding import appointments
from onboarding.appointments import AlreadyPlanned, AppointmentRefused, SlotTaken
from onboarding.models import Appointment
from tests.onboarding.calls import at, book, make_coordinator, make_lead_of
from tests.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20
NINE = at("2026-11-17", "09:00").astimezone(dt.UTC)
CONSTRAINT = next(one for one in Appointment._meta.constraints if one.name == "appointments_never_overlap")


@pytest.fixture
def all_see_it_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody goes on before all twenty have seen the time free, so that only the constraint can refuse."""
    barrier = Barrier(AT_ONCE)
    check_slot = appointments.check_slot

    def and_wait(*args: object, **kwargs: object) -> None:
        check_slot(*args, **kwargs)  # type: ignore[arg-type]
        barrier.wait(timeout=60)

    monkeypatch.setattr(appointments, "check_slot", and_wait)


def at_once(act: Callable[[int], object]) -> list[object]:
    def one(number: int) -> object:
        try:
            return act(number)
        except AppointmentRefused as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def rivals() -> list:
    coen = make_coordinator()
    return [make_lead_of(coen, company_name=f"Company {number}", email=f"c{number}@x.example") for number in range(20)]


def test_twenty_companies_and_one_time_have_one_winner(all_see_it_free):
    leads = rivals()

    results = at_once(lambda number: book(leads[number], NINE).lead_id)

    winner = Appointment.objects.get()
    assert sorted(map(str, results)) == sorted([str(winner.lead_id), *[str(SlotTaken)] * (AT_ONCE - 1)])
    assert Mail.objects.count() == 2


def test_times_that_overlap_in_part_have_one_winner(all_see_it_free):
    leads = rivals()
    half_past = NINE + dt.timedelta(minutes=30)

    results = at_once(lambda number: book(leads[number], half_past if number % 2 else NINE, minutes=60).lead_id)

    assert results.count(SlotTaken) == AT_ONCE - 1
    assert Appointment.objects.count() == 1


def test_twenty_that_move_to_one_time_have_one_winner():
    leads = rivals()
    slots = [at(f"2026-11-{day}", f"{hour:02d}:00") for day in (18, 19, 20, 23) for hour in (9, 10, 11, 14, 15)]
    planned = [book(lead, slot) for lead, slot in zip(leads, slots, strict=True)]
    barrier = Barrier(AT_ONCE)

    def move(number: int) -> object:
        barrier.wait(timeout=60)
        moved = appointments.reschedule(planned[number], starts_at=NINE, minutes=30, time_zone="UTC", now=NOW)
        return moved.lead_id

    results = at_once(move)

    assert results.count(SlotTaken) == AT_ONCE - 1
    assert Appointment.objects.filter(starts_at=NINE).count() == 1


def test_without_the_constraint_there_are_more_winners(all_see_it_free):
    leads = rivals()
    with connection.schema_editor() as editor:
        editor.remove_constraint(Appointment, CONSTRAINT)
    try:
        results = at_once(lambda number: book(leads[number], NINE).lead_id)
    finally:
        Appointment.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Appointment, CONSTRAINT)

    assert len([result for result in results if result is not SlotTaken]) == AT_ONCE


def test_one_company_that_sends_its_form_twenty_times_has_one_appointment():
    lead = rivals()[0]

    def send(number: int) -> object:
        mine = type(lead).objects.select_related("owner").get(pk=lead.pk)
        return book(mine, NINE + dt.timedelta(minutes=30 * (number % 4))).lead_id

    results = at_once(send)

    assert (results.count(lead.pk), results.count(AlreadyPlanned)) == (1, AT_ONCE - 1)
    assert (Appointment.objects.count(), Mail.objects.count()) == (1, 2)
