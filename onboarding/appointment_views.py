"""The pages behind a booking link: choose a time, see the appointment, move it, call it off, take it along.

No address names an appointment: it is the one of the lead of the link.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onboarding import appointments, links, slots
from onboarding.appointment_forms import LengthForm, TimeForm
from onboarding.appointments import AppointmentRefused, NobodyToCall
from onboarding.calendar_file import PUBLISH, calendar_file
from onboarding.lead_models import Coordinator
from onboarding.links import LinkRequest, link_required
from onboarding.models import Appointment, Purpose
from onboarding.slot_list import weeks_of
from onboarding.time_zones import HOME, ZONES, told

ZONE_KEY = "time_zone"


@link_required(Purpose.BOOKING)
def booking(request: LinkRequest) -> HttpResponse:
    """The appointment that stands; where there is none, the times to choose from. POST books one."""
    appointment = appointments.planned(request.link.lead, now=timezone.now())
    if appointment is None:
        return _choose(request, None)
    if request.method == "POST":  # the form was sent twice
        return _back(request)
    context = {
        "appointment": appointment,
        "when": told(appointment.starts_at, appointment.ends_at, appointment.time_zone),
        "has_begun": appointment.starts_at <= timezone.now(),
        "pages": _pages(request),
    }
    return render(request, "onboarding/booking.html", context)


@link_required(Purpose.BOOKING)
def booking_move(request: LinkRequest) -> HttpResponse:
    """Another time for the appointment that stands. POST moves it."""
    appointment = appointments.planned(request.link.lead, now=timezone.now())
    return _choose(request, appointment) if appointment else _back(request)


@link_required(Purpose.BOOKING)
def booking_cancel(request: LinkRequest) -> HttpResponse:
    """Ask whether the appointment is called off; POST does it."""
    appointment = appointments.planned(request.link.lead, now=timezone.now())
    if appointment is None:
        messages.info(request, _("There is no appointment any more. You can choose a new time."))
        return _back(request)
    if request.method == "POST":
        try:
            appointments.cancel(appointment, now=timezone.now(), by=request.link.name)
        except AppointmentRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The appointment is cancelled. You can choose a new time."))
        return _back(request)
    when = told(appointment.starts_at, appointment.ends_at, appointment.time_zone)
    return render(request, "onboarding/booking_cancel.html", {"when": when, "pages": _pages(request)})


@link_required(Purpose.BOOKING)
def booking_file(request: LinkRequest) -> HttpResponse:
    """The appointment for a calendar."""
    now = timezone.now()
    appointment = appointments.planned(request.link.lead, now=now)
    if appointment is None:
        return _back(request)
    content = calendar_file(appointment, method=PUBLISH, now=now, language=get_language() or "nl")
    disposition = {"Content-Disposition": 'attachment; filename="thuiswerk.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=disposition)


def _choose(request: LinkRequest, moving: Appointment | None) -> HttpResponse:
    """The list of times; one of them to confirm; or, by POST, the deed."""
    try:
        coordinator = moving.coordinator if moving else appointments.coordinator_of(request.link.lead)
    except NobodyToCall as refusal:
        return render(request, "onboarding/booking_elsewhere.html", {"refusal": refusal})
    if coordinator.scheduler_link:
        return render(request, "onboarding/booking_elsewhere.html", {"coordinator": coordinator})
    time = TimeForm(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        return _keep(request, time, moving)
    if time.is_valid():
        return _confirm(request, time, moving, coordinator)
    return _list(request, moving, coordinator)


def _list(request: LinkRequest, moving: Appointment | None, coordinator: Coordinator) -> HttpResponse:
    first = {"minutes": moving.minutes if moving else slots.LENGTHS[0], "zone": _remembered(request, moving)}
    form = LengthForm(first | request.GET.dict())
    if not form.is_valid():
        form = LengthForm(first)
        form.is_valid()
    minutes, zone = form.cleaned_data["minutes"], form.cleaned_data["zone"]
    if zone != _remembered(request, moving):
        request.session[ZONE_KEY] = zone
    free = slots.free_slots(coordinator, minutes=minutes, now=timezone.now(), moving=moving)
    context = {
        "form": form,
        "minutes": minutes,
        "zone": zone,
        "weeks": weeks_of(free, zone),
        "moving": moving,
        "coordinator": coordinator,
        "pages": _pages(request),
    }
    return render(request, "onboarding/booking_times.html", context)


def _confirm(
    request: LinkRequest, form: TimeForm, moving: Appointment | None, coordinator: Coordinator
) -> HttpResponse:
    chosen = form.cleaned_data
    try:
        appointments.check_slot(coordinator, chosen["at"], chosen["minutes"], now=timezone.now(), moving=moving)
    except AppointmentRefused as refusal:
        return _again(request, form, refusal)
    ends_at = chosen["at"] + slots.STEP * (chosen["minutes"] // 30)
    context = {
        "form": form,
        "when": told(chosen["at"], ends_at, chosen["zone"]),
        "moving": moving,
        "coordinator": coordinator,
        "back": f"?{_query(form)}",
    }
    return render(request, "onboarding/booking_confirm.html", context)


def _keep(request: LinkRequest, form: TimeForm, moving: Appointment | None) -> HttpResponse:
    link, now = request.link, timezone.now()
    if not form.is_valid():
        return _again(request, form, AppointmentRefused(_("Choose one of the times.")))
    chosen = form.cleaned_data
    said = {"starts_at": chosen["at"], "minutes": chosen["minutes"], "time_zone": chosen["zone"], "now": now}
    try:
        if moving:
            appointments.reschedule(moving, **said)
        else:
            appointments.book(link.lead, by=link.name, email=link.email, **said)
    except AppointmentRefused as refusal:
        return _again(request, form, refusal)
    messages.success(request, _("The appointment stands. You find it in your mail, with a calendar file."))
    return _back(request)


def _again(request: LinkRequest, form: TimeForm, refusal: AppointmentRefused) -> HttpResponse:
    """The times as they are free now, with what was chosen besides."""
    messages.error(request, str(refusal))
    return redirect(f"{request.path}?{_query(form)}")


def _query(form: TimeForm) -> str:
    kept: dict[str, object] = {
        name: form.cleaned_data[name] for name in ("minutes", "zone") if name in form.cleaned_data
    }
    return urlencode(kept)


def _remembered(request: HttpRequest, moving: Appointment | None) -> str:
    zone = request.session.get(ZONE_KEY) or (moving.time_zone if moving else HOME)
    return zone if zone in ZONES else HOME


def _pages(request: LinkRequest) -> dict[str, str]:
    names = {"show": "booking", "move": "booking_move", "cancel": "booking_cancel", "file": "booking_file"}
    return {key: links.page_of(request.link, f"onboarding:{name}") for key, name in names.items()}


def _back(request: LinkRequest) -> HttpResponse:
    return redirect(links.page_of(request.link, "onboarding:booking"))
