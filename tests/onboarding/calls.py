"""A coordinator with the hours of an office, and a lead of theirs."""

import datetime as dt
from typing import Any

from accounts.models import User
from onboarding import appointments, slots
from onboarding.models import Appointment, Coordinator, Lead, Stage
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_user
from thuiswerk.lib.periods import AMSTERDAM

VIDEO = "https://video.example/coen"


def make_coordinator(user: User | None = None, **fields: Any) -> Coordinator:
    """Coen, bookable Monday to Friday 9-12 and 13-17."""
    user = user or make_user("coen@thuiswerk.example", "Coen", is_staff=True)
    coordinator = Coordinator.objects.create(user=user, **({"video_link": VIDEO} | fields))
    slots.give_first_hours(coordinator)
    return coordinator


def make_lead_of(coordinator: Coordinator, stage: Stage = Stage.TO_CALL, **fields: Any) -> Lead:
    return make_lead(stage, owner=coordinator.user, **fields)


def at(day: str, clock: str, *, fold: int = 0) -> dt.datetime:
    """A moment by the clock of Amsterdam."""
    return dt.datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=AMSTERDAM, fold=fold)


def book(lead: Lead, starts_at: dt.datetime, **fields: Any) -> Appointment:
    said = {"minutes": 30, "time_zone": "Europe/Amsterdam", "now": NOW}
    return appointments.book(lead, starts_at=starts_at.astimezone(dt.UTC), **(said | fields))
