"""What is deleted of one request for a portal, table by table, with a portal that was made for it and never opened."""

import datetime as dt
from functools import partial
from typing import Any, cast

import pgtrigger
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q

from accounts.forgetting import DOMAIN, forget_mails
from accounts.models import Mail, User
from onboarding import roster
from onboarding.appointment_models import Appointment
from onboarding.build_models import Build
from onboarding.erasing import erase
from onboarding.intake_models import Intake
from onboarding.lead_models import Lead, LeadNote, SignUp
from onboarding.link_models import AccessLink
from onboarding.offer_models import Acceptance, CallNotes, OfferDocument, OfferPack
from portals.models import Company, Portal

NOBODY = "–"
# What refuses to be changed as long as it is kept.
KEPT_FOR_GOOD = (
    "onboarding.LeadStep:append_only",
    "onboarding.LeadNote:append_only",
    "onboarding.OfferPack:sent_for_good",
    "onboarding.OfferDocument:kept_for_good",
    "onboarding.Acceptance:append_only",
    "onboarding.IntakeEntry:append_only",
    "onboarding.Remark:kept",
    "onboarding.Remark:as_written",
)
# What goes as a whole, in an order in which nothing is left that names what went.
TOLD: tuple[type[models.Model], ...] = (
    Acceptance, OfferDocument, OfferPack, CallNotes, SignUp, LeadNote, AccessLink, Appointment,
)  # fmt: skip


@transaction.atomic
def erase_lead(lead: Lead, *, now: dt.datetime) -> None:
    """Delete what is kept of the people of a lost `lead`, which the caller holds; its stages and their times stay."""
    build, intake = getattr(lead, "build", None), getattr(lead, "intake", None)
    forget_mails(Mail.objects.filter(_mails_of(lead, build)), address=_address_of(lead), now=now)
    _clear_log(lead)
    with pgtrigger.ignore(*KEPT_FOR_GOOD):
        for model in TOLD:
            model._default_manager.filter(lead=lead).delete()
        lead.steps.update(by="", note="")
        if intake is not None:
            drop_pictures(intake)
            intake.delete()
        if build is not None:
            _erase_build(build, now)
    _empty(lead, now)


def drop_pictures(intake: Intake) -> None:
    """Take the files away when the transaction is over; the caller saves or deletes the row."""
    for file in (intake.logo, intake.header):
        if file:
            transaction.on_commit(partial(file.storage.delete, str(file.name)))
    intake.logo = intake.header = ""


def _empty(lead: Lead, now: dt.datetime) -> None:
    lead.company_name = lead.contact_name = NOBODY
    lead.email = _address_of(lead)
    lead.contact_role = lead.phone = lead.register_number = lead.customer_number = lead.wishes = lead.next_action = ""
    lead.next_action_on = lead.company = None
    lead.forgotten_at = now
    lead.save()


def _address_of(lead: Lead) -> str:
    return f"aanvraag-{lead.pk}@{DOMAIN}"


def _mails_of(lead: Lead, build: Build | None) -> Q:
    """Every mail that was written for the lead, to whomever."""
    keys: list[str] = [f"intake:{lead.pk}:"]
    keys += _keys("sign-up", lead.sign_ups) + _keys("appointment", lead.appointments)
    for kind in ("booking-link", "link-renewed", "intake-shared"):
        keys += _keys(kind, lead.links)
    if build is not None:
        keys += [f"golive:{build.pk}:", *_keys("check", build.rounds)]
    whole = [f"offer-pack:{pk}" for pk in lead.offer_packs.values_list("pk", flat=True)]
    if build is not None:
        whole += [f"check:{pk}" for pk in build.rounds.values_list("pk", flat=True)]
    for pk in lead.acceptances.values_list("pk", flat=True):
        whole.append(f"accepted:{pk}")
        keys.append(f"accepted:{pk}-")
    found = Q(key__in=whole)
    for key in keys:
        found |= Q(key__startswith=key)
    return found


def _keys(kind: str, rows: Any) -> list[str]:
    return [f"{kind}:{pk}:" for pk in rows.values_list("pk", flat=True)]


def _clear_log(lead: Lead) -> None:
    """Empty what the log of the back office says of the lead and its appointments."""
    spoken = Q(pk__in=[])
    for model, pks in ((Lead, [lead.pk]), (Appointment, lead.appointments.values_list("pk", flat=True))):
        spoken |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=[str(pk) for pk in pks])
    LogEntry.objects.filter(spoken).update(object_repr=NOBODY, change_message="")


def _erase_build(build: Build, now: dt.datetime) -> None:
    """The people of a portal that never opened, what was said of it, and whom the company named."""
    for check in build.rounds.all():
        check.remarks.all().delete()
    build.rounds.filter(outcome="approved").update(by_name=NOBODY)
    build.rounds.exclude(outcome="approved").update(by_name="")
    build.rounds.update(by_role="", by_email="")
    for member in build.portal.memberships.filter(forgotten_at=None).order_by("pk"):
        user = User.objects.select_for_update(no_key=True).get(pk=member.user_id)
        roster.disable(member, now=now, actor=None)
        member.user, member.portal = user, build.portal
        elsewhere = user.memberships.filter(forgotten_at=None).exclude(pk=member.pk).exists()
        erase(member, with_account=not (elsewhere or user.is_staff), now=now)
    if not _has_more(build.portal):
        _empty_company(build.portal.company)


def _has_more(portal: Portal) -> bool:
    """Whether the company is a customer beside this portal."""
    company = portal.company
    return (
        company.portals.exclude(pk=portal.pk).exists()
        or company.leads.exclude(build__portal=portal).exclude(forgotten_at__isnull=False).exists()
    )


def _empty_company(company: Company) -> None:
    """What names people; the rest is of a legal person."""
    named = {"contact_name": "", "invoice_email": "", "invoice_copies": "", "mail_domains": ""}
    company.contacts.all().delete()
    Company.objects.filter(pk=company.pk).update(**named)
    cast("Any", company).events.update(**named)
