"""What the company and the coordinator are told of an appointment, each in their own language and time zone."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import outbox
from onboarding import links
from onboarding.appointment_models import Appointment
from onboarding.calendar_file import CANCEL, REQUEST, calendar_file, mime_type
from onboarding.link_models import Purpose
from onboarding.time_zones import HOME, told
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose

MAIL = "onboarding/mail/appointment"
BOOKED, MOVED, CANCELLED, DAY, HOUR = "booked", "moved", "cancelled", "day", "hour"
# Heading and sentence of each piece of news.
NEWS: dict[str, tuple[Promise, Promise]] = {
    BOOKED: (_("Your appointment stands"), _("We look forward to it. The calendar file comes with this mail.")),
    MOVED: (_("Your appointment has a new time"), _("The calendar file with this mail replaces the old one.")),
    CANCELLED: (
        _("Your appointment is cancelled"),
        _("The calendar file with this mail takes it out of your calendar."),
    ),
    DAY: (_("Your call is within a day"), _("We remind you of our appointment.")),
    HOUR: (_("Your call is soon"), _("We remind you of our appointment.")),
}


@dataclass(frozen=True)
class Reader:
    """Who is told: the person at the company, or the coordinator."""

    side: str
    email: str
    language: str
    zone: str


def readers_of(appointment: Appointment) -> list[Reader]:
    """Both sides of the appointment."""
    colleague = appointment.coordinator.user
    return [
        Reader("company", appointment.email, appointment.lead.language, appointment.time_zone),
        Reader("coordinator", colleague.email, colleague.language, HOME),
    ]


def key_of(appointment: Appointment, news: str, reader: Reader) -> str:
    """Of one mail: the same news of the same time is told once."""
    start = appointment.starts_at.astimezone(dt.UTC)
    return f"appointment:{appointment.pk}:{news}:{appointment.sequence}:{start:%Y%m%dT%H%M}:{reader.side}"


def tell(appointment: Appointment, news: str, *, now: dt.datetime) -> None:
    """Mail a piece of `NEWS` to both sides, once."""
    for reader in readers_of(appointment):
        tell_one(appointment, news, reader, now=now)


def tell_one(appointment: Appointment, news: str, reader: Reader, *, now: dt.datetime) -> None:
    """Mail a piece of `NEWS` to one side, once; whatever changes the time comes with a calendar file."""
    heading, sentence = NEWS[news]
    with translation.override(reader.language):
        when = told(appointment.starts_at, appointment.ends_at, reader.zone)
    context: dict[str, Any] = {
        "heading": heading,
        "sentence": sentence,
        "when": when,
        "appointment": appointment,
        "is_cancelled": news == CANCELLED,
        "page": _page_of(appointment, reader, now=now),
        "for_company": reader.side == "company",
    }
    outbox.queue(
        compose(MAIL, context, language=reader.language),
        to=reader.email,
        key=key_of(appointment, news, reader),
        now=now,
        attachments=_files(appointment, news, reader, now=now),
    )


def _files(appointment: Appointment, news: str, reader: Reader, *, now: dt.datetime) -> list[outbox.Attachment]:
    if news in {DAY, HOUR}:
        return []
    method = CANCEL if news == CANCELLED else REQUEST
    content = calendar_file(appointment, method=method, now=now, language=reader.language)
    return [outbox.Attachment("thuiswerk.ics", mime_type(method), content)]


def _page_of(appointment: Appointment, reader: Reader, *, now: dt.datetime) -> str:
    """Where the reader changes it: the company by its link, made to hold past the call."""
    lead = appointment.lead
    if reader.side != "company":
        return absolute_url(None, "admin:onboarding_lead_change", object_id=lead.pk)
    link = links.make_link(lead, Purpose.BOOKING, name=appointment.name, email=appointment.email, now=now)
    return links.url_of(link)
