"""The calendar file of an appointment (RFC 5545): as an invitation by mail (RFC 5546, 6047), and to take along."""

import datetime as dt

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from onboarding.appointment_models import Appointment

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def calendar_file(appointment: Appointment, *, method: str, now: dt.datetime, language: str) -> bytes:
    """The appointment in `language`; every change of it has the same UID and a higher SEQUENCE.

    Times are in UTC, so that no calendar has to know the rules of a zone to show the right hour.
    """
    with translation.override(language):
        event = _event(appointment, now=now, language=language)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    if method != PUBLISH:  # RFC 5546, 3.2.1: what is published has nobody to answer.
        _add_people(event, appointment, language=language)
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.OPERATOR['name']}//Thuiswerk//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def mime_type(method: str) -> str:
    """The type of the file in a mail: with the method, or a mail program shows a file instead of an invitation."""
    return f"text/calendar; method={method}"


def _event(appointment: Appointment, *, now: dt.datetime, language: str) -> Event:
    said = {"LANGUAGE": language}
    event = Event()
    event.add("uid", f"{appointment.uid}@{settings.BASE_DOMAIN.partition(':')[0]}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", appointment.starts_at.astimezone(dt.UTC))
    event.add("dtend", appointment.ends_at.astimezone(dt.UTC))
    title = _("Call about the Thuiswerkwinkel of %(company)s") % {"company": appointment.lead.company_name}
    event.add("summary", title, parameters=said)
    if appointment.video_link:
        event.add("location", appointment.video_link)
        event.add("url", appointment.video_link)
        event.add("description", _("Video call: %(link)s") % {"link": appointment.video_link}, parameters=said)
    else:
        event.add("location", _("By telephone: we call you"), parameters=said)
    return event


def _add_people(event: Event, appointment: Appointment, *, language: str) -> None:
    """The operator invites; the company and the coordinator have agreed already, so no answer is asked for."""
    event.add("organizer", _person(settings.OPERATOR["email"], settings.OPERATOR["name"]), encode=False)
    colleague = appointment.coordinator.user
    for email, name in ((appointment.email, appointment.name), (colleague.email, colleague.get_full_name())):
        person = _person(email, name)
        person.params |= {
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "ACCEPTED",
            "RSVP": "FALSE",
            "LANGUAGE": language,
        }
        event.add("attendee", person, encode=False)


def _person(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = name.replace('"', "'")
    return address
