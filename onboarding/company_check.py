"""The company looks at its portal and says yes, or what has to be different. Every round is kept.

One round at a time; remarks send the portal back into build, and so does a colleague who builds on after a yes. Only
the company says yes, with name and job title, and not while it has remarks in the round.
"""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from onboarding import links, pipeline
from onboarding.build_models import Build, CheckRound, Outcome, Remark
from onboarding.lead_models import Stage
from onboarding.link_models import AccessLink, Purpose
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.mail import compose


class CheckRefused(Exception):
    """Nothing was written. Its text is for who asked."""


class NoOpenRound(CheckRefused):
    """The company is not asked to check now."""


class HasRemarks(CheckRefused):
    """Who has remarks does not approve in the same round."""


class NoRemarks(CheckRefused):
    """There is nothing to build on."""


@transaction.atomic
def ask_to_check(build: Build, *, now: dt.datetime, actor: User) -> CheckRound:
    """Mail the contact the way to the portal as it is now; the round that is open already stays the one."""
    lead = pipeline.lock(build.lead)
    if (under_way := build.open_round) is not None:
        return under_way
    number = (build.rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    check = CheckRound.objects.create(build=build, portal=build.portal, number=number, asked_at=now, asked_by=actor)
    pipeline.move(lead, Stage.COMPANY_CHECK, now=now, actor=actor)
    link = links.make_link(lead, Purpose.CHECK, name=lead.contact_name, email=lead.email, now=now, actor=actor)
    context = {"portal": build.portal, "link": links.url_of(link), "number": number, "name": lead.contact_name}
    message = compose("onboarding/mail/check_asked", context, language=lead.language)
    outbox.queue(message, to=lead.email, key=f"check:{check.pk}", now=now)
    return check


@transaction.atomic
def remark(build: Build, *, page: str, text: str, token: uuid.UUID, link: AccessLink, now: dt.datetime) -> Remark:
    """Keep a remark of the open round, once per `token`. Refuses NoOpenRound."""
    check = _open_round(build)
    if done := Remark.objects.filter(token=token).first():
        return done
    return Remark.objects.create(
        check_round=check,
        portal=build.portal,
        page=page[:300],
        text=text,
        token=token,
        written_at=now,
        by_name=link.name,
    )


@transaction.atomic
def send_remarks(build: Build, *, link: AccessLink, now: dt.datetime) -> CheckRound:
    """The company has looked at everything: the portal goes back into build. Refuses NoOpenRound, NoRemarks."""
    check = _open_round(build)
    if not check.remarks.exists():
        raise NoRemarks(_("You have no remarks yet. Is everything as it should be? Then approve the shop."))
    _end(check, Outcome.REMARKS, name=link.name, role="", email=link.email, now=now)
    pipeline.move(build.lead, Stage.IN_BUILD, now=now, by=link.name)
    _tell_owner(check, now)
    return check


@transaction.atomic
def approve(build: Build, *, name: str, role: str, link: AccessLink, now: dt.datetime) -> CheckRound:
    """The company says yes. Said twice it is said once. Refuses NoOpenRound, HasRemarks."""
    pipeline.lock(build.lead)
    if (done := build.approval) is not None:
        return done
    check = _open_round(build)
    if check.remarks.exists():
        raise HasRemarks(
            _("You have remarks in this round. Send them first; after we dealt with them you can approve.")
        )
    _end(check, Outcome.APPROVED, name=name, role=role, email=link.email, now=now)
    pipeline.move(build.lead, Stage.APPROVED, now=now, by=name)
    _tell_owner(check, now)
    return check


@transaction.atomic
def build_on(build: Build, *, now: dt.datetime, actor: User) -> None:
    """Take the portal up again: an open round ends, an approval counts no more, a date that was set is taken back.

    Refuses NoWayFromHere for a portal that is live.
    """
    lead = pipeline.lock(build.lead)
    pipeline.check_step(lead, Stage.IN_BUILD)
    ended = {Outcome.OPEN: Outcome.ENDED, Outcome.APPROVED: Outcome.REOPENED}
    last = build.rounds.order_by("-number").first()
    if last is not None and last.outcome in ended:
        last.outcome, last.ended_at = ended[Outcome(last.outcome)], last.ended_at or now
        last.save(update_fields=["outcome", "ended_at"])
    build.planned_on = build.planned_by = None
    build.save(update_fields=["planned_on", "planned_by"])
    links.revoke_links(lead, Purpose.CHECK, now=now)
    pipeline.move(lead, Stage.IN_BUILD, now=now, actor=actor)


@transaction.atomic
def close_remark(remark: Remark, *, now: dt.datetime, actor: User) -> None:
    """Say that a remark was dealt with, once."""
    Remark.objects.filter(pk=remark.pk, closed_at=None).update(closed_at=now, closed_by=actor)


def _open_round(build: Build) -> CheckRound:
    pipeline.lock(build.lead)
    check = build.open_round
    if check is None:
        raise NoOpenRound(_("There is nothing to check now. We mail you when there is."))
    return check


def _end(check: CheckRound, outcome: Outcome, *, name: str, role: str, email: str, now: dt.datetime) -> None:
    check.outcome, check.ended_at = outcome, now
    check.by_name, check.by_role, check.by_email = name, role, email
    check.save(update_fields=["outcome", "ended_at", "by_name", "by_role", "by_email"])


def _tell_owner(check: CheckRound, now: dt.datetime) -> None:
    lead = check.build.lead
    if lead.owner is None:
        return
    page = absolute_url(None, "admin:onboarding_lead_change", object_id=lead.pk)
    context = {"lead": lead, "check": check, "is_approved": check.outcome == Outcome.APPROVED, "page": page}
    message = compose("onboarding/mail/check_answered", context, language=lead.owner.language)
    outbox.queue(message, to=lead.owner.email, key=f"check:{check.pk}:answered", now=now)
