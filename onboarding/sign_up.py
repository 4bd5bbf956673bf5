"""The sign-up form of the public site becomes a lead: a new one, or the open one of the same company.

One form makes one row, however often it is sent. What a stranger fills in never changes what is known of a lead: it
fills what is empty, and stands beside it. Nobody is told by the site whether a company is known.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts import outbox
from catalog.models import Category
from onboarding import pipeline
from onboarding.assigning import assign_in_turn, tell_of
from onboarding.lead_models import Lead, SignUp
from portals.models import Company
from thuiswerk.lib.mail import compose

_LOCK = 7_310_044  # of the leads among the advisory locks of PostgreSQL
# Where an address says nothing about the company.
MAIL_SERVICES = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "hotmail.be", "outlook.com", "live.nl", "live.be",
        "live.com", "msn.com", "icloud.com", "me.com", "yahoo.com", "ziggo.nl", "kpnmail.nl", "planet.nl", "home.nl",
        "xs4all.nl", "telenet.be", "skynet.be", "proximus.be", "proton.me", "protonmail.com", "gmx.net",
    }
)  # fmt: skip
FIELDS = (
    "company_name",
    "contact_name",
    "contact_role",
    "email",
    "phone",
    "country",
    "register_number",
    "customer_number",
    "employees",
    "budget",
    "starts_on",
    "wishes",
)


@transaction.atomic
def sign_up(
    data: Mapping[str, Any],
    *,
    categories: Iterable[Category],
    token: uuid.UUID,
    consent: str,
    language: str,
    now: dt.datetime,
) -> SignUp:
    """Take in a form, once per `token`; `data` holds the `FIELDS` as a form cleaned them. Mails both sides."""
    with connection.cursor() as cursor:  # Two forms of one company at the same moment are one lead.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if done := SignUp.objects.filter(token=token).first():
        return done
    chosen = list(categories)
    lead = open_lead_of(data)
    is_new = lead is None
    if lead is None:
        lead = _new_lead(data, language=language, now=now)
    _fill(lead, data, chosen)
    told = {name: _as_text(data.get(name)) for name in FIELDS} | {"categories": ", ".join(map(str, chosen))}
    form = SignUp.objects.create(lead=lead, token=token, data=told, consent=consent, sent_at=now)
    if is_new:
        assign_in_turn(lead, now=now)
    tell_of(form, is_new=is_new, now=now)
    message = compose("onboarding/mail/sign_up_received", {}, language=language)
    outbox.queue(message, to=data["email"], key=f"sign-up:{form.pk}:company", now=now)
    return form


def open_lead_of(data: Mapping[str, Any]) -> Lead | None:
    """The open lead of the same company: by its number in the register, the contact's e-mail, or the part behind the @
    where that is the company's own."""
    email, number = data["email"], data.get("register_number")
    domain = email.rpartition("@")[2]
    same = Q(email=email)
    if number:
        same |= Q(register_number=number)
    if domain not in MAIL_SERVICES:
        same |= Q(email__endswith=f"@{domain}")
    return Lead.objects.open().filter(same).order_by("created_at", "pk").first()


def customer_of(data: Mapping[str, Any]) -> Company | None:
    """The existing customer that a form names by customer number or by its number in the register."""
    by_number = Q(pk__in=[])
    if data.get("customer_number"):
        by_number |= Q(customer_number=data["customer_number"])
    if number := data.get("register_number"):
        by_number |= Q(kvk_number=number) | Q(enterprise_number=number)
    found = list(Company.objects.filter(by_number)[:2])
    return found[0] if len(found) == 1 else None


def _new_lead(data: Mapping[str, Any], *, language: str, now: dt.datetime) -> Lead:
    values = {name: data[name] for name in FIELDS if data.get(name) not in (None, "")}
    lead = Lead(**values, language=language)
    pipeline.begin(lead, now=now)
    return lead


def _fill(lead: Lead, data: Mapping[str, Any], categories: list[Category]) -> None:
    """What is empty, and no more."""
    for name in FIELDS:
        if getattr(lead, name) in (None, ""):
            setattr(lead, name, data.get(name) if data.get(name) is not None else getattr(lead, name))
    lead.company = lead.company or customer_of(data)
    lead.save()
    if not lead.categories.exists():
        lead.categories.set(categories)


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
