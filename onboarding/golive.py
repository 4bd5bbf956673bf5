"""The gate in front of going live: one list of what is there and what is missing, and the date, set when nothing is.

The gate is asked again on the date itself, by whatever opens the portal: `portals.lifecycle.make_ready` refuses a
portal with a build whose gate is not complete.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing.parties import missing_of, names_of
from onboarding import acceptance, golive_mails, pipeline
from onboarding.build_models import Build
from onboarding.invitations import plan_invitations
from onboarding.lead_models import Stage
from onboarding.portal_setup import save_portal
from portals import lifecycle
from portals.models import Role
from thuiswerk.lib.periods import amsterdam_date

log = structlog.get_logger(__name__)


class GateClosed(Exception):
    """Something is missing. Its text says what."""


class NotADayToCome(GateClosed):
    """The portal cannot open in the past."""


@dataclass(frozen=True)
class GateItem:
    """One condition: whether it is met, and what is told where it is not."""

    key: str
    label: Promise
    is_done: bool
    told: str = ""


Condition = Callable[[Build], str]


def _documents(build: Build) -> str:
    missing = acceptance.missing(build.lead)
    return _("The company has not accepted all documents.") if missing else ""


def _company_data(build: Build) -> str:
    missing = missing_of(build.portal.company)
    return _("Missing: %(fields)s.") % {"fields": names_of(missing)} if missing else ""


def _people(build: Build) -> str:
    employees = build.portal.memberships.active().filter(role=Role.EMPLOYEE)
    return "" if employees.exists() else _("Nobody is on the list.")


def _assortment(build: Build) -> str:
    return "" if build.portal.assortment.exists() else _("Credit pays for nothing yet.")


def _logo(build: Build) -> str:
    return "" if build.portal.logo else _("There is no logo.")


def _header(build: Build) -> str:
    return "" if build.portal.header else _("There is no header picture.")


def _remarks(build: Build) -> str:
    still_open = build.portal.check_remarks.filter(closed_at=None).count()
    return _("%(count)d not dealt with.") % {"count": still_open} if still_open else ""


def _approval(build: Build) -> str:
    return "" if build.approval else _("The company has not approved this version.")


CONDITIONS: dict[str, tuple[Promise, Condition]] = {
    "documents": (gettext_lazy("Documents accepted"), _documents),
    "company": (gettext_lazy("Complete for invoices"), _company_data),
    "people": (gettext_lazy("List of employees"), _people),
    "assortment": (gettext_lazy("Assortment"), _assortment),
    "logo": (gettext_lazy("Logo"), _logo),
    "header": (gettext_lazy("Header picture"), _header),
    "remarks": (gettext_lazy("Remarks dealt with"), _remarks),
    "approval": (gettext_lazy("Approval of the company"), _approval),
}


def gate(build: Build, *, now: dt.datetime) -> list[GateItem]:
    """Every condition, met or not, in the order in which they are worked on."""
    told = {key: condition(build) for key, (_label, condition) in CONDITIONS.items()}
    return [GateItem(key, label, not told[key], told[key]) for key, (label, _condition) in CONDITIONS.items()]


@transaction.atomic
def plan(build: Build, day: dt.date, *, now: dt.datetime, actor: User) -> None:
    """Set the day on which the portal opens; its live period and the credit move along, and the company is told.
    Refuses GateClosed, NotADayToCome."""
    pipeline.lock(build.lead)
    build.refresh_from_db()
    if build.went_live_at is not None:
        raise GateClosed(_("This shop is live already."))
    if day < amsterdam_date(now):
        raise NotADayToCome(_("Choose today or a day to come."))
    _check_gate(build, now)
    portal = build.portal
    portal.live_from, portal.live_until = day, portal.default_live_until(day, build.months)
    chosen = [row.category for row in portal.assortment.select_related("category")]
    save_portal(portal, company=portal.company, categories=chosen, now=now, actor=actor)
    is_news = build.planned_on != day
    build.planned_on, build.planned_by = day, actor
    build.save(update_fields=["planned_on", "planned_by"])
    if is_news:
        golive_mails.tell_company(build, now=now)


def open_planned(*, now: dt.datetime) -> int:
    """Open every portal whose day has come, and plan its invitations. Returns how many were opened.

    One that misses something since is passed over and stays planned; its coordinator is mailed, once a day.
    """
    due = Build.objects.filter(planned_on__lte=amsterdam_date(now), went_live_at=None).order_by("planned_on", "pk")
    opened = 0
    for build in due.select_related("lead__owner", "portal__company", "planned_by"):
        try:
            opened += go_live(build, now=now)
        except (GateClosed, lifecycle.TransitionRefused, pipeline.StepRefused) as refusal:
            log.warning("portal_not_opened", portal=build.portal_id, reason=str(refusal))
            golive_mails.tell_owner(build, gate(build, now=now), now=now)
    return opened


@transaction.atomic
def go_live(build: Build, *, now: dt.datetime) -> bool:
    """Open one portal whose day has come. False where it is open already. Refuses GateClosed."""
    pipeline.lock(build.lead)
    build.refresh_from_db()
    if build.went_live_at is not None:
        return False
    if build.planned_on is None or build.planned_by is None or build.planned_on > amsterdam_date(now):
        raise GateClosed(_("No day has come on which this shop opens."))
    _check_gate(build, now)
    lifecycle.make_ready(build.portal, actor=build.planned_by)
    build.went_live_at = now
    build.save(update_fields=["went_live_at"])
    pipeline.move(build.lead, Stage.LIVE, now=now)
    plan_invitations(build.portal, day=build.planned_on, now=now, actor=build.planned_by)
    return True


def _check_gate(build: Build, now: dt.datetime) -> None:
    missing = [f"{item.label}: {item.told}" for item in gate(build, now=now) if not item.is_done]
    if missing:
        raise GateClosed(_("This shop cannot go live yet. %(missing)s") % {"missing": " ".join(missing)})
