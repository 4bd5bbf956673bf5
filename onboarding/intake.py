"""The intake: a company hands over what its portal is made from, in parts, by as many people and days as it takes.

What is unfinished is kept as it was typed; a part is done when its form takes it. Every change is a row with the name
of who made it. After it was handed over nothing changes, until the coordinator gives it back.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from onboarding import acceptance, links, pipeline
from onboarding.intake_models import Intake, IntakeEntry, Part
from onboarding.lead_models import Lead, Stage
from onboarding.link_models import AccessLink, Purpose
from onboarding.roster_row import Row
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose

LONGEST = 2000  # characters of one unfinished value
MOST_COLLEAGUES = 10


class IntakeRefused(Exception):
    """Nothing was written. Its text is for who fills in the intake."""


class HandedOver(IntakeRefused):
    """The data were handed over; the coordinator can give them back."""


class NotComplete(IntakeRefused):
    """A part is not done."""


class TooManyColleagues(IntakeRefused):
    """More people than take part in an intake."""


def intake_of(lead: Lead, *, now: dt.datetime) -> Intake:
    """The intake of the lead, begun where there is none."""
    try:
        return lead.intake
    except ObjectDoesNotExist:
        return Intake.objects.get_or_create(lead=lead, defaults={"started_at": now})[0]


def parts_of(intake: Intake) -> dict[Part, bool]:
    """The parts that this company fills in, each with whether it is done."""
    done = {
        Part.COMPANY: intake.company_done_at is not None,
        Part.PEOPLE: intake.people_done_at is not None,
        Part.LOOK: intake.look_done_at is not None,
        Part.DOCUMENTS: not acceptance.missing(intake.lead),
    }
    return {part: done[part] for part in Part if part != Part.COMPANY or intake.needs_company}


@transaction.atomic
def keep_company(
    intake: Intake, values: Mapping[str, str], *, is_done: bool, link: AccessLink, now: dt.datetime
) -> None:
    """Keep the texts of the company's form; `is_done` when the form took them. Refuses HandedOver."""
    _lock(intake)
    kept = {name: str(value)[:LONGEST] for name, value in values.items()}
    changed = sorted(name for name in kept if kept[name] != intake.company.get(name, ""))
    intake.company, intake.company_done_at = kept, now if is_done else None
    intake.save(update_fields=["company", "company_done_at"])
    _log(intake, Part.COMPANY, changed, is_done=is_done, link=link, now=now)


@transaction.atomic
def keep_people(intake: Intake, rows: Sequence[Row], *, name: str, link: AccessLink, now: dt.datetime) -> None:
    """Keep a list of employees to look at; it counts when it is confirmed. Refuses HandedOver."""
    _lock(intake)
    intake.rows, intake.list_name, intake.people_done_at = [dataclasses.asdict(r) for r in rows], name[:120], None
    intake.save(update_fields=["rows", "list_name", "people_done_at"])
    _log(intake, Part.PEOPLE, [name[:120]], is_done=False, link=link, now=now)


@transaction.atomic
def confirm_people(intake: Intake, *, link: AccessLink, now: dt.datetime) -> None:
    """The list as it was shown is right. Refuses HandedOver, NotComplete without any list."""
    _lock(intake)
    if not intake.rows:
        raise NotComplete(_("Hand over a list of employees first."))
    intake.people_done_at = now
    intake.save(update_fields=["people_done_at"])
    _log(intake, Part.PEOPLE, [], is_done=True, link=link, now=now)


@transaction.atomic
def keep_look(
    intake: Intake,
    *,
    color: str,
    header_alt: str,
    logo: "ContentFile[bytes] | None",
    header: "ContentFile[bytes] | None",
    is_done: bool,
    link: AccessLink,
    now: dt.datetime,
) -> None:
    """Keep colour and pictures; one that is None stays as it is. Refuses HandedOver, NotComplete without both."""
    _lock(intake)
    chosen = {"logo": logo, "header": header}
    new = {name: file for name, file in chosen.items() if file is not None and not _is_kept(intake, name, file)}
    changed = list(new)
    changed += [n for n, v in (("brand_color", color), ("header_alt", header_alt)) if getattr(intake, n) != v]
    intake.brand_color, intake.header_alt = color, header_alt
    for name, file in new.items():
        getattr(intake, name).save(str(file.name), file, save=False)
    if is_done and not (intake.logo and intake.header):
        raise NotComplete(_("Add a logo and a header picture."))
    intake.look_done_at = now if is_done else None
    intake.save()
    _log(intake, Part.LOOK, sorted(changed), is_done=is_done, link=link, now=now)


@transaction.atomic
def hand_over(intake: Intake, *, link: AccessLink, now: dt.datetime) -> None:
    """All parts are done: the coordinator is told and the lead goes on. Refuses HandedOver, NotComplete."""
    _lock(intake)
    open_parts = [str(part.label) for part, is_done in parts_of(intake).items() if not is_done]
    if open_parts:
        raise NotComplete(_("Not done yet: %(parts)s.") % {"parts": ", ".join(open_parts)})
    intake.submitted_at = now
    intake.save(update_fields=["submitted_at"])
    IntakeEntry.objects.create(intake=intake, what="handed", by_name=link.name, by_email=link.email, made_at=now)
    lead = pipeline.lock(intake.lead)
    if lead.stage == Stage.OFFER_SENT:
        pipeline.move(lead, Stage.AGREED, now=now, by=link.name)
    pipeline.move(lead, Stage.DATA_RECEIVED, now=now, by=link.name)
    _tell_owner(lead, link, now)


@transaction.atomic
def give_back(intake: Intake, *, now: dt.datetime, actor: User) -> None:
    """Let the company change what it handed over. Refuses NoWayFromHere once the portal is made."""
    lead = pipeline.lock(intake.lead)
    intake.submitted_at = None
    intake.save(update_fields=["submitted_at"])
    lead.intake = intake
    pipeline.move(lead, Stage.AGREED, now=now, actor=actor)


@transaction.atomic
def invite_colleague(intake: Intake, *, name: str, email: str, link: AccessLink, now: dt.datetime) -> None:
    """Mail a colleague at the company a link of the own, to fill in a part. Refuses TooManyColleagues."""
    pipeline.lock(intake.lead)
    if intake.lead.links.filter(purpose=Purpose.INTAKE).exclude(email=email.lower()).count() >= MOST_COLLEAGUES:
        raise TooManyColleagues(_("At most ten people take part. Ask your coordinator for more."))
    made = links.make_link(intake.lead, Purpose.INTAKE, name=name, email=email, now=now)
    message = compose(
        "onboarding/mail/intake_shared",
        {"link": links.url_of(made), "by": link.name},
        language=intake.lead.language,
    )
    outbox.queue(message, to=made.email, key=f"intake-shared:{made.pk}:{now:%Y%m%d}", now=now)


def rows_of(intake: Intake) -> list[Row]:
    """The list of employees as it was handed over."""
    return [Row.from_json(stored) for stored in intake.rows]


def _is_kept(intake: Intake, name: str, file: "ContentFile[bytes]") -> bool:
    """Whether this very picture is there: what it is called is the hash of its content, with more behind it where two
    intakes have the same one. A page that shows it may be loading."""
    held = PurePath(getattr(intake, name).name or "").stem
    return held.partition("_")[0] == PurePath(str(file.name)).stem


def _lock(intake: Intake) -> None:
    """Hold the intake, as it is now. Refuses HandedOver."""
    intake.refresh_from_db(from_queryset=Intake.objects.select_for_update(of=("self",)).select_related("lead"))
    if intake.submitted_at is not None:
        raise HandedOver(_("This was handed over already. Ask your coordinator if something has to change."))


def _log(intake: Intake, part: Part, changed: list[Any], *, is_done: bool, link: AccessLink, now: dt.datetime) -> None:
    IntakeEntry.objects.create(
        intake=intake,
        part=part,
        what="done" if is_done else "kept",
        changed=changed,
        by_name=link.name,
        by_email=link.email,
        made_at=now,
    )


def _tell_owner(lead: Lead, link: AccessLink, now: dt.datetime) -> None:
    if lead.owner is None:
        return
    page = absolute_url(None, "admin:onboarding_lead_change", object_id=lead.pk)
    message = compose(
        "onboarding/mail/intake_received", {"lead": lead, "by": link.name, "page": page}, language=lead.owner.language
    )
    outbox.queue(message, to=lead.owner.email, key=f"intake:{lead.pk}:{now.isoformat()}", now=now)
