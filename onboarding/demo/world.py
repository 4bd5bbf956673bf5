"""Builds the demo world once: the catalogue, the operator's staff, four companies, their orders and their
invoices, the companies that ask for a shop, and the example portal."""

import datetime as dt
import random
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F

from accounts.models import Mail, User
from billing import closing
from catalog.demo import load_demo_catalogue
from catalog.models import Category
from onboarding import example, roster
from onboarding.demo import bank, brands, history, requests, warehouse
from onboarding.demo.cast import NEWCOMER, PARTS, PASSWORD, STAFF, Part
from onboarding.portal_setup import save_portal
from portals import lifecycle
from portals.models import Company, Membership, Portal, PortalPhase, Role, Specification
from thuiswerk.lib.periods import Month, add_months, amsterdam_date, start_of_day

SEED = 2026


def load_demo_world(*, now: dt.datetime) -> bool:
    """Make the demo world as it would have grown until `now`. False, and nothing done, where it is there already."""
    if Portal.objects.filter(slug=PARTS[0].slug).exists():
        return False
    load_demo_catalogue()
    with transaction.atomic():
        _build(now)
    return True


def _build(now: dt.datetime) -> None:
    password = make_password(PASSWORD)
    staff = [_colleague(email, name, role, password, now) for email, name, role in STAFF]
    portals = [_portal(part, coordinator=staff[0], now=now) for part in PARTS]
    members = [
        _member(portal, part, place, name, password)
        for portal, part in zip(portals, PARTS, strict=True)
        for place, name in enumerate(part.people)
    ]
    shoppers = [member for member in members if member.user.email != NEWCOMER]
    history.order_all(shoppers, until=start_of_day(amsterdam_date(now)), chance=random.Random(SEED))  # noqa: S311
    service = _of_role(staff, "customer_service")
    current = [member for member in shoppers if member.portal.phase(now) == PortalPhase.LIVE]
    history.cancel_one(current)
    warehouse_token = warehouse.connect(actor=_of_role(staff, "administrator"), now=portals[0].created_at)
    warehouse.send_orders(warehouse_token, until=now)
    warehouse.stock_up(warehouse_token, now=now - dt.timedelta(hours=2))
    history.ask_about_orders(shoppers[:4], staff=service)
    history.return_some(current, staff=service, until=now)
    history.return_a_month_later([m for m in shoppers if m.portal.phase(now) == PortalPhase.ENDED], staff=service)
    history.send_refunds()
    history.invoice_past_months(before=now)
    for portal, part in zip(portals, PARTS, strict=True):
        if part.order_number:
            history.correct_last_invoice(portal, part.order_number, actor=_of_role(staff, "finance"))
    bank.pay_invoices(now=now, actor=_of_role(staff, "finance"))
    history.remind(now=now, actor=_of_role(staff, "finance"))
    for portal, part in zip(portals, PARTS, strict=True):
        _bring_to_today(portal, part, coordinator=staff[0], finance=_of_role(staff, "finance"), now=now)
    requests.ask_for_shops(coordinator=staff[0], now=now)
    example.ensure_example(now=now)
    Mail.objects.filter(sent_at=None, created_at__lt=now).update(sent_at=F("created_at"), attempts=1)


def _of_role(staff: list[User], role: str) -> User:
    return next(user for user, (_email, _name, its_role) in zip(staff, STAFF, strict=True) if its_role == role)


def _colleague(email: str, name: str, role: str, password: str, now: dt.datetime) -> User:
    user = User.objects.create(email=email, name=name, is_staff=True, password=password, password_chosen_at=now)
    user.groups.add(Group.objects.get(name=role))
    return user


def _portal(part: Part, *, coordinator: User, now: dt.datetime) -> Portal:
    street, postal_code, city = part.address
    live_from, live_until = _live_period(part, amsterdam_date(now))
    opened = start_of_day(live_from) - dt.timedelta(days=14) if live_from else now - dt.timedelta(days=5)
    company = Company(
        name=part.company,
        legal_name=part.legal_name,
        kvk_number=part.kvk_number,
        street=street,
        postal_code=postal_code,
        city=city,
        contact_name="Crediteurenadministratie",
        invoice_email=f"facturen@{part.slug}.example",
        reference=part.reference,
        specification=part.specification,
        products_agreed_on=amsterdam_date(opened) if part.specification == Specification.PRODUCTS else None,
        language=part.language,
    )
    portal = Portal(
        name=f"{part.company} Thuiswerkwinkel",
        slug=part.slug,
        live_from=live_from,
        live_until=live_until,
        credit_per_employee=Decimal(part.credit),
        own_money=part.own_money,
        brand_color=part.color,
        welcome_nl=part.welcome_nl,
        welcome_en=part.welcome_en,
        logo=brands.logo(part),
        header=brands.header(part),
        created_at=opened,
    )
    categories = Category.objects.filter(slug__in=part.categories)
    save_portal(portal, company=company, categories=categories, now=opened, actor=coordinator)
    _class_for_payroll(portal, part)
    if live_from:
        lifecycle.make_ready(portal, actor=coordinator)
    return portal


def _class_for_payroll(portal: Portal, part: Part) -> None:
    for slug, payroll_class, base_amount in part.payroll:
        category = Category.objects.get(slug=slug)
        portal.payroll_rules.create(category=category, payroll_class=payroll_class, base_amount=base_amount)


def _live_period(part: Part, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    if part.starts is None:
        return None, None
    first = add_months(today.replace(day=1), part.starts)
    ends = add_months(today.replace(day=1), part.ends)
    return first, Month(ends.year, ends.month).last_day


def _member(portal: Portal, part: Part, place: int, name: str, password: str) -> Membership:
    email = part.email(name)
    member = roster.add_employee(
        portal,
        email=email,
        name=name,
        staff_number=f"{part.slug[0].upper()}{1001 + place}",
        cost_centre=part.cost_centres[place % len(part.cost_centres)],
        amount=portal.credit_per_employee if portal.live_from else Decimal(0),
        now=portal.created_at,
        actor=None,
        role=Role.EMPLOYEE if place else Role.MANAGER,
    )
    user, is_english = member.user, part.language == "en" and place % 3 == 0
    user.language = "en" if is_english else "nl"
    if email != NEWCOMER and portal.live_from:
        user.password, user.password_chosen_at = password, portal.created_at
    user.save(update_fields=["language", "password", "password_chosen_at"])
    if portal.live_from:
        roster.invite(member, now=start_of_day(portal.live_from))
    return member


def _bring_to_today(portal: Portal, part: Part, *, coordinator: User, finance: User, now: dt.datetime) -> None:
    """A leaver has left, what each may order is limited from now on, and what has ended is settled."""
    for slug, most in part.limits:
        portal.quantity_limits.create(category=Category.objects.get(slug=slug), most=most)
    if part.leaver:
        leaver = portal.memberships.get(user__email=part.email(part.leaver))
        roster.disable(leaver, now=now - dt.timedelta(days=2), actor=coordinator)
    if portal.live_until and portal.live_until < amsterdam_date(now):
        history.expire_ended(portal, now=start_of_day(portal.live_until + dt.timedelta(days=1)))
        lifecycle.close(portal, actor=coordinator)
        closing.settle(portal, now=start_of_day(portal.live_until) + dt.timedelta(days=30, hours=15), actor=finance)
