"""Making the portal: company, portal, assortment, people and first credit from the intake, in one transaction.

What is not in the intake comes from the call notes, or from another portal that is taken as the template. Nobody at the
company's is mailed by it.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.models import Category
from onboarding import pipeline
from onboarding.build_models import Build
from onboarding.call_notes import lead_figures
from onboarding.company_form import CompanyForm
from onboarding.intake import rows_of
from onboarding.intake_models import Intake
from onboarding.lead_models import Lead, Stage
from onboarding.portal_setup import save_portal
from onboarding.roster import add_employee
from onboarding.roster_import import put_on_roster
from portals.models import LIVE_MONTHS, Company, Contact, Portal, Role
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date

# From the portal that is taken as the template; what is the other company's own is not among it.
COPIED = ("own_money", "welcome_nl", "welcome_en", "language")
DAYS_AHEAD = 14


class BuildRefused(Exception):
    """No portal was made; nothing was written. Its text is for the coordinator."""


class BuiltBefore(BuildRefused):
    """The lead has its portal."""


class AddressTaken(BuildRefused):
    """Another portal has this address."""


@dataclass(frozen=True)
class Plan:
    """What the coordinator decides: the portal's name and address, credit in euro per employee, its first day, for
    how many months it is live, what credit pays, and another portal that it starts from."""

    name: str
    slug: str
    credit: Decimal
    live_from: dt.date
    categories: list[Category]
    months: int = LIVE_MONTHS
    template: Portal | None = None


def proposed_day(lead: Lead, *, now: dt.datetime) -> dt.date:
    """The first day that was wished for, or one that leaves time to check."""
    soonest = amsterdam_date(now) + dt.timedelta(days=DAYS_AHEAD)
    wished = lead_figures(lead).starts_on
    return max(wished, soonest) if wished else soonest


@transaction.atomic
def make_portal(lead: Lead, plan: Plan, *, now: dt.datetime, actor: User) -> Build:
    """Make the portal of a lead whose data were received. Refuses BuiltBefore, AddressTaken, NoWayFromHere."""
    pipeline.lock(lead)
    if hasattr(lead, "build"):
        raise BuiltBefore(_("This lead has its portal already."))
    if lead.stage != Stage.DATA_RECEIVED:
        raise pipeline.NoWayFromHere(_("The company has not handed over its data yet."))
    if Portal.objects.filter(slug=plan.slug).exists():
        raise AddressTaken(_("Another shop has this address: %(slug)s.") % {"slug": plan.slug})
    intake = lead.intake
    company = lead.company or _company_of(intake)
    portal = _portal_of(intake, plan)
    save_portal(portal, company=company, categories=plan.categories, now=now, actor=actor)
    lead.company = company
    lead.save(update_fields=["company"])
    _keep_contacts(intake, company)
    if plan.template is not None:
        _copy_rules(plan.template, portal)
    put_on_roster(portal, rows_of(intake), now=now, actor=actor)
    _make_manager(lead, portal, now, actor)
    build = Build.objects.create(lead=lead, portal=portal, months=plan.months, made_at=now, made_by=actor)
    pipeline.move(lead, Stage.IN_BUILD, now=now, actor=actor)
    return build


def _company_of(intake: Intake) -> Company:
    form = CompanyForm(intake.company)
    if not form.is_valid():
        raise BuildRefused(_("The company’s data are not right any more; ask the company to look at them again."))
    company: Company = form.save(commit=False)
    return company


def _portal_of(intake: Intake, plan: Plan) -> Portal:
    lead = intake.lead
    copied = {name: getattr(plan.template, name) for name in COPIED} if plan.template else {"language": lead.language}
    return Portal(
        name=plan.name,
        slug=plan.slug,
        live_from=plan.live_from,
        live_until=Portal.default_live_until(plan.live_from, plan.months),
        credit_per_employee=plan.credit,
        brand_color=intake.brand_color,
        logo=_copy_of(intake.logo),
        header=_copy_of(intake.header),
        header_alt=intake.header_alt,
        **copied,
    )


def _copy_of(file: FieldFile) -> "ContentFile[bytes] | None":
    """A file of its own: the intake keeps what was handed over."""
    if not file:
        return None
    with file.open("rb") as source:
        return ContentFile(source.read(), name=PurePath(file.name or "").name)


def _keep_contacts(intake: Intake, company: Company) -> None:
    for contact in CompanyForm.contacts_in(intake.company):
        Contact.objects.update_or_create(company=company, role=contact.pop("role"), defaults=contact)


def _copy_rules(template: Portal, portal: Portal) -> None:
    """Exceptions, limits and classes for payroll of the template. What credit pays was chosen in the plan."""
    for rows in (template.assortment_exceptions, template.quantity_limits, template.payroll_rules):
        for row in rows.all():
            row.pk, row.portal = None, portal
            row._state.adding = True
            row.save()


def _make_manager(lead: Lead, portal: Portal, now: dt.datetime, actor: User) -> None:
    """The contact takes part as the company's own manager, with credit only where the list says so."""
    member = portal.memberships.filter(user__email=lead.email).first()
    if member is None:
        add_employee(
            portal, email=lead.email, name=lead.contact_name, amount=ZERO, now=now, actor=actor, role=Role.MANAGER
        )
    else:
        member.role = Role.MANAGER
        member.save(update_fields=["role"])
