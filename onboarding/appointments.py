"""Calls with companies: booked, moved, cancelled and reminded of.

Two calls of a coordinator never overlap: the database refuses the second one, whoever looked when. Every change is made
under the lock of the lead, with its mails, its calendar files and the step of the lead in the same transaction. What
reminders are due is a query, and each is queued once.
"""

import datetime as dt
from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Mail, User
from onboarding import appointment_mails, links, pipeline, slots
from onboarding.appointment_mails import BOOKED, CANCELLED, DAY, HOUR, MOVED, Reader
from onboarding.appointment_models import Appointment, AppointmentQuerySet
from onboarding.lead_models import Coordinator, Lead, Stage
from onboarding.link_models import AccessLink, Purpose
from onboarding.time_zones import ZONES
from thuiswerk.lib.mail import compose

# Until how long before the call a reminder of the day before still makes sense, after runs that were missed.
LATEST = {DAY: dt.timedelta(hours=2), HOUR: dt.timedelta(0)}
BEFORE = {DAY: dt.timedelta(days=1), HOUR: dt.timedelta(hours=1)}


class AppointmentRefused(Exception):
    """Nothing was changed. Its text is for whoever asked."""


class SlotTaken(AppointmentRefused):
    """Somebody else has this time."""


class NotASlot(AppointmentRefused):
    """The coordinator cannot be booked then."""


class AlreadyPlanned(AppointmentRefused):
    """The lead has an appointment to come."""


class NothingPlanned(AppointmentRefused):
    """The appointment was cancelled, has begun, or is over."""


class NobodyToCall(AppointmentRefused):
    """The lead has no coordinator, or has ended."""


def planned(lead: Lead, *, now: dt.datetime) -> Appointment | None:
    """The appointment of the lead that is to come, or is being held."""
    return lead.appointments.to_come(now).select_related("coordinator__user").first()


def coordinator_of(lead: Lead) -> Coordinator:
    """The coordinator who leads it, made with first hours where there is none yet. Refuses NobodyToCall."""
    if lead.owner is None or not lead.is_open:
        raise NobodyToCall(_("Nobody can be booked for this request at the moment. Call us or mail us."))
    coordinator, is_new = Coordinator.objects.select_related("user").get_or_create(
        user=lead.owner, defaults={"takes_leads": False}
    )
    if is_new:
        slots.give_first_hours(coordinator)
    return coordinator


@transaction.atomic
def book(
    lead: Lead,
    *,
    starts_at: dt.datetime,
    minutes: int,
    time_zone: str,
    now: dt.datetime,
    by: str = "",
    email: str = "",
    actor: User | None = None,
) -> Appointment:
    """Book a call and tell both sides; the lead is then planned, where it was not further already.

    `by` and `email` are of the person at the company, without them of the lead's contact; `actor` is the colleague who
    booked by telephone. Refuses SlotTaken, NotASlot, AlreadyPlanned, NobodyToCall.
    """
    pipeline.lock(lead)
    coordinator = coordinator_of(lead)
    if planned(lead, now=now) is not None:
        raise AlreadyPlanned(_("There is an appointment already; move that one."))
    lead.appointments.standing().filter(passed_at=None).update(passed_at=now)
    check_slot(coordinator, starts_at, minutes, now=now)
    appointment = Appointment(
        lead=lead,
        coordinator=coordinator,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        time_zone=_known_zone(time_zone),
        name=by or lead.contact_name,
        email=email or lead.email,
        video_link=coordinator.video_link,
        made_at=now,
        made_by=actor,
        set_at=now,
    )
    _save_in_turn(appointment)
    if Stage.CALL_PLANNED in pipeline.NEXT[lead.stage]:
        pipeline.move(lead, Stage.CALL_PLANNED, now=now, actor=actor, by="" if actor else appointment.name)
    appointment_mails.tell(appointment, BOOKED, now=now)
    return appointment


@transaction.atomic
def reschedule(
    appointment: Appointment, *, starts_at: dt.datetime, minutes: int, time_zone: str, now: dt.datetime
) -> Appointment:
    """Move the call to another time of the same coordinator, and tell both sides; its reminders are due anew.

    The time that it has already changes nothing. Refuses SlotTaken, NotASlot, NothingPlanned.
    """
    _lock_to_come(appointment, now=now)
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    if (appointment.starts_at, appointment.ends_at) == (starts_at, ends_at):
        return appointment
    check_slot(appointment.coordinator, starts_at, minutes, now=now, moving=appointment)
    appointment.starts_at, appointment.ends_at, appointment.set_at = starts_at, ends_at, now
    appointment.time_zone = _known_zone(time_zone)
    appointment.video_link = appointment.coordinator.video_link
    appointment.sequence += 1
    _save_in_turn(appointment)
    appointment_mails.tell(appointment, MOVED, now=now)
    return appointment


@transaction.atomic
def cancel(appointment: Appointment, *, now: dt.datetime, by: str = "", actor: User | None = None) -> None:
    """Call it off and tell both sides; a lead that was planned is to be called again. Refuses NothingPlanned."""
    lead = _lock_to_come(appointment, now=now)
    appointment.cancelled_at = now
    appointment.sequence += 1
    appointment.save(update_fields=["cancelled_at", "sequence"])
    if lead.stage == Stage.CALL_PLANNED:
        pipeline.move(lead, Stage.TO_CALL, now=now, actor=actor, by=by, note=_("The appointment was cancelled."))
    appointment_mails.tell(appointment, CANCELLED, now=now)


@transaction.atomic
def mail_booking_link(lead: Lead, *, now: dt.datetime, actor: User | None = None) -> AccessLink:
    """Mail the contact the link on which they choose a time, once a minute at most. Refuses NobodyToCall."""
    coordinator = coordinator_of(lead)
    link = links.make_link(lead, Purpose.BOOKING, name=lead.contact_name, email=lead.email, now=now, actor=actor)
    context = {
        "link": coordinator.scheduler_link or links.url_of(link),
        "name": lead.contact_name,
        "coordinator": coordinator,
    }
    message = compose("onboarding/mail/booking_link", context, language=lead.language)
    outbox.queue(message, to=lead.email, key=f"booking-link:{link.pk}:{now:%Y%m%d%H%M}", now=now)
    return link


def remind(*, now: dt.datetime) -> int:
    """Mail the reminders that are due at `now` to both sides, each once. Returns how many mails were queued.

    What the mails of an earlier run told is known by their keys. An appointment that a lost lead left behind is
    cancelled first.
    """
    for left in Appointment.objects.standing().filter(lead__stage=Stage.LOST, starts_at__gt=now):
        with suppress(NothingPlanned):  # somebody else was first
            cancel(left, now=now)
    due = {
        appointment_mails.key_of(appointment, news, reader): (appointment, news, reader)
        for appointment in _soon(now)
        for news in (DAY, HOUR)
        if _is_due(appointment, news, now)
        for reader in appointment_mails.readers_of(appointment)
    }
    told = set(Mail.objects.filter(key__in=due).values_list("key", flat=True))
    return sum(_remind_one(*what, now=now) for key, what in due.items() if key not in told)


def check_slot(
    coordinator: Coordinator,
    starts_at: dt.datetime,
    minutes: int,
    *,
    now: dt.datetime,
    moving: Appointment | None = None,
) -> None:
    """Refuses NotASlot, SlotTaken. What is free here can be taken a moment later: the constraint decides."""
    if minutes not in slots.LENGTHS or starts_at not in slots.offered_slots(coordinator, minutes=minutes, now=now):
        raise NotASlot(_("This time is not on offer; choose another one."))
    if not slots.is_free(starts_at, minutes, slots.taken_spans(coordinator, now=now, moving=moving)):
        raise _taken()


def _save_in_turn(appointment: Appointment) -> None:
    """Those who come together wait at the coordinator, where PostgreSQL would let them wait for each other in a
    circle; whether the time is free is for the constraint to say."""
    Coordinator.objects.select_for_update(no_key=True).get(pk=appointment.coordinator_id)
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError as error:
        if "appointments_never_overlap" not in str(error):
            raise
        raise _taken() from error


def _taken() -> SlotTaken:
    return SlotTaken(_("Somebody else has just taken this time; choose another one."))


def _lock_to_come(appointment: Appointment, *, now: dt.datetime) -> Lead:
    """Hold its lead, and see the appointment as it is now."""
    lead = pipeline.lock(appointment.lead)
    appointment.refresh_from_db()
    if appointment.cancelled_at is not None or appointment.starts_at <= now:
        raise NothingPlanned(_("This appointment was cancelled or has begun."))
    appointment.lead = lead
    return lead


def _is_due(appointment: Appointment, news: str, now: dt.datetime) -> bool:
    """From its time before the call, unless the call was agreed on later than that, until it makes no sense."""
    due = appointment.starts_at - BEFORE[news]
    return appointment.set_at < due <= now < appointment.starts_at - LATEST[news]


def _soon(now: dt.datetime) -> AppointmentQuerySet:
    soon = Appointment.objects.to_come(now).filter(starts_at__lte=now + BEFORE[DAY])
    return soon.select_related("lead__owner", "coordinator__user")


@transaction.atomic
def _remind_one(appointment: Appointment, news: str, reader: Reader, *, now: dt.datetime) -> bool:
    """False where it was cancelled or moved in the meantime."""
    seen = appointment.sequence
    try:
        _lock_to_come(appointment, now=now)
    except NothingPlanned:
        return False
    if appointment.sequence == seen:
        appointment_mails.tell_one(appointment, news, reader, now=now)
    return appointment.sequence == seen


def _known_zone(name: str) -> str:
    return name if name in ZONES else settings.TIME_ZONE
