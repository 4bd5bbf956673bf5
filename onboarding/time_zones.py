"""The time zones in which a company can read its appointments, and how a moment is said in one of them."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from thuiswerk.lib.periods import AMSTERDAM

HOME = "Europe/Amsterdam"
ZONES = {
    HOME: _("Amsterdam, Brussels, Berlin, Paris, Madrid"),
    "Europe/London": _("London, Dublin, Lisbon"),
    "Europe/Athens": _("Athens, Helsinki, Bucharest"),
    "Europe/Istanbul": _("Istanbul"),
    "America/Paramaribo": _("Paramaribo"),
    "America/Curacao": _("Curaçao, Aruba, Bonaire"),
    "America/New_York": _("New York, Toronto"),
    "America/Chicago": _("Chicago"),
    "America/Denver": _("Denver"),
    "America/Los_Angeles": _("Los Angeles, Vancouver"),
    "America/Sao_Paulo": _("São Paulo"),
    "Africa/Casablanca": _("Casablanca"),
    "Africa/Johannesburg": _("Johannesburg"),
    "Asia/Dubai": _("Dubai"),
    "Asia/Kolkata": _("Mumbai, New Delhi"),
    "Asia/Jakarta": _("Jakarta"),
    "Asia/Singapore": _("Singapore, Hong Kong, Beijing"),
    "Asia/Tokyo": _("Tokyo"),
    "Australia/Sydney": _("Sydney"),
    "Pacific/Auckland": _("Auckland"),
    "UTC": _("UTC"),
}


def local(moment: dt.datetime, zone: str) -> dt.datetime:
    """`moment` by the clock of `zone`."""
    return moment.astimezone(ZoneInfo(zone))


def day_of(moment: dt.datetime, zone: str) -> str:
    """`Tuesday 17 November 2026`, in the language of the moment."""
    return date_format(local(moment, zone).date(), "l j F Y")


def short_day_of(moment: dt.datetime, zone: str) -> str:
    """`Tue 17 November`, for a list of times."""
    return date_format(local(moment, zone).date(), "D j F")


def clock_of(moment: dt.datetime, zone: str) -> str:
    """`9:30`."""
    there = local(moment, zone)
    return f"{there.hour}:{there.minute:02d}"


def is_elsewhere(moment: dt.datetime, zone: str) -> bool:
    """Whether the clock of `zone` shows another time than that of Amsterdam at `moment`."""
    return local(moment, zone).utcoffset() != moment.astimezone(AMSTERDAM).utcoffset()


def told(starts_at: dt.datetime, ends_at: dt.datetime, zone: str) -> str:
    """Day and times as their reader says them, with the name of the zone and, where it differs, Amsterdam's time."""
    text = f"{day_of(starts_at, zone)}, {clock_of(starts_at, zone)}–{clock_of(ends_at, zone)}"
    text += f" ({ZONES.get(zone, zone)})"
    if is_elsewhere(starts_at, zone):
        text += f" · {clock_of(starts_at, HOME)}–{clock_of(ends_at, HOME)} Amsterdam"
    return text
