"""The notes of the call, and the figures that the offer pack and the portal begin with."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Category
from onboarding import pipeline
from onboarding.models import CallNotes, Lead, LeadNote
from portals.models import LIVE_MONTHS
from thuiswerk.lib.money import euro

# What the form asks, in its order.
FIELDS = ("present_situation", "needs", "head_count", "budget", "starts_on", "months", "categories", "wishes")
LONGEST_NOTE = 4000


class LeadEnded(pipeline.StepRefused):
    """The lead is live or lost: nothing is offered to it any more."""


@dataclass(frozen=True)
class Figures:
    """What a company wants, as far as it is known: the notes of the call, else what its forms said."""

    employees: int | None
    budget: Decimal | None
    starts_on: dt.date | None
    months: int
    categories: list[Category]
    wishes: str


def lead_figures(lead: Lead) -> Figures:
    """What the notes say, else the lead."""
    notes = getattr(lead, "call_notes", None) if lead.pk else None
    chosen = list(notes.categories.all()) if notes else []
    asked = list(lead.categories.all()) if lead.pk and not chosen else []
    return Figures(
        employees=_first(notes and notes.head_count, lead.employees),
        budget=_first(notes and notes.budget, lead.budget),
        starts_on=_first(notes and notes.starts_on, lead.starts_on),
        months=notes.months if notes else LIVE_MONTHS,
        categories=chosen or asked,
        wishes=(notes.wishes if notes else "") or lead.wishes,
    )


def first_notes(lead: Lead) -> dict[str, Any]:
    """What the form begins with where nothing was noted yet."""
    figures = lead_figures(lead)
    return {
        "head_count": figures.employees,
        "budget": figures.budget,
        "starts_on": figures.starts_on,
        "months": figures.months,
        "categories": [category.pk for category in figures.categories],
        "wishes": figures.wishes,
    }


@transaction.atomic
def write(lead: Lead, said: dict[str, Any], *, now: dt.datetime, actor: User) -> CallNotes:
    """Keep what was said, a value for each of `FIELDS`; what changed is also a note of the lead, so nothing is lost.

    Refuses LeadEnded.
    """
    pipeline.lock(lead)
    if not lead.is_open:
        raise LeadEnded(_("This lead has ended."))
    notes = CallNotes.objects.filter(lead=lead).first() or CallNotes(lead=lead)
    before = _told(notes) if notes.pk else {}
    for name in FIELDS:
        if name != "categories":
            setattr(notes, name, said[name])
    notes.written_at, notes.written_by = now, actor
    notes.save()
    notes.categories.set(said["categories"])
    changed = {name: text for name, text in _told(notes).items() if text != before.get(name, "")}
    if changed:
        LeadNote.objects.create(lead=lead, text=_as_note(changed), written_at=now, author=actor)
    lead.call_notes = notes
    return notes


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _told(notes: CallNotes) -> dict[str, str]:
    """Each field as it is read in a note."""
    told = {name: str(getattr(notes, name) or "") for name in FIELDS if name != "categories"}
    told["budget"] = euro(notes.budget) if notes.budget is not None else ""
    told["categories"] = ", ".join(category.name for category in notes.categories.all())
    return told


def _as_note(changed: dict[str, str]) -> str:
    lines = [_("From the call:")]
    for name, text in changed.items():
        label = CallNotes._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        lines.append(f"{capfirst(label)}: {text or '–'}")
    return "\n".join(lines)[:LONGEST_NOTE]
