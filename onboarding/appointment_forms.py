"""How long, in which time zone, and when: what a company, or a coordinator for it, chooses of an appointment."""

import datetime as dt
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onboarding.slots import LENGTHS
from onboarding.time_zones import HOME, ZONES, clock_of, day_of, short_day_of

LENGTH_CHOICES = [(30, _("half an hour")), (60, _("an hour"))]


def read_moment(text: str) -> dt.datetime:
    """Read `2026-11-17T08:00Z`. Refuses (ValidationError) what is no moment."""
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError(gettext("Choose one of the times."))


def write_moment(moment: dt.datetime) -> str:
    """What `read_moment` reads."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%MZ}"


class LengthForm(forms.Form):
    """How long, and by which clock the times are shown."""

    minutes = forms.TypedChoiceField(label=_("How long"), choices=LENGTH_CHOICES, coerce=int, initial=LENGTHS[0])
    zone = forms.ChoiceField(label=_("Your time zone"), choices=ZONES, initial=HOME)


class TimeForm(LengthForm):
    """One of the times that were shown."""

    at = forms.CharField(max_length=40)

    def clean_at(self) -> dt.datetime:
        return read_moment(self.cleaned_data["at"])


class PhoneForm(TimeForm):
    """The same on the telephone: the coordinator chooses, by the clock of Amsterdam."""

    field_order = ("at", "minutes", "zone")

    def __init__(self, *args: Any, times: list[dt.datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_day = groupby(times, lambda moment: day_of(moment, HOME))
        choices = [
            (day, [(write_moment(one), f"{short_day_of(one, HOME)}, {clock_of(one, HOME)}") for one in of_day])
            for day, of_day in by_day
        ]
        self.fields["at"] = forms.ChoiceField(label=gettext("Begins at (Amsterdam)"), choices=choices)
        self.fields["zone"].label = gettext("Time zone of the company")
        self.order_fields(self.field_order)
