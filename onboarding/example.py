"""The example portal: a real portal that anybody may look around in, as an employee with credit.

- There is at most one. Nothing is charged, sent or mailed there: `Portal.is_example` says so to whatever would.
- A visitor is a user of an address that cannot exist, with a membership and credit like anybody's.
- Each night it begins anew: visitors go with all that they left. Only rows of memberships that are held are deleted, so
  who is ordering is waited for, and who comes in meanwhile stays for a day.
"""

import datetime as dt
import secrets
from decimal import Decimal

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.outbox import NO_DOMAIN
from billing import ledger
from billing.models import Entry, Grant, Particulars
from catalog.models import Category
from catalog.wish_models import Wish
from onboarding.portal_setup import set_assortment
from orders.models import (
    CartLine,
    Chargeback,
    DemoPayment,
    DemoRefund,
    GiveBack,
    GiveBackLine,
    Message,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Question,
    Refund,
    SavedAddress,
    WebhookDelivery,
)
from portals.models import Company, Membership, OwnMoney, Portal, PortalState
from thuiswerk.lib.links import absolute_url
from thuiswerk.lib.periods import AMSTERDAM, amsterdam_date

SLUG = "voorbeeld"
DOMAIN = f"@{SLUG}{NO_DOMAIN}"
CREDIT = Decimal("350.00")
# What credit pays for: so many of the catalogue's top categories.
CATEGORIES = 4
RESET_AT = dt.time(3, 30)
WELCOME_NL = (
    "Zo ziet een thuiswerkwinkel eruit voor wie bij je werkt. Kijk rond, leg iets in je winkelwagen en reken af: met "
    "tegoed en, als je wilt, een stukje eigen geld."
)
WELCOME_EN = (
    "This is what a home-office shop looks like to the people who work for you. Look around, put something in your "
    "cart and check out: with credit and, if you like, some money of your own."
)

# All that a visitor leaves, in the order in which it can go, each with its path to the membership.
LEFT_BEHIND: tuple[tuple[type[Model], str], ...] = (
    (WebhookDelivery, "event__order__membership"),
    (GiveBackLine, "give_back__order__membership"),
    (Refund, "payment__order__membership"),
    (GiveBack, "order__membership"),
    (Chargeback, "payment__order__membership"),
    (Payment, "order__membership"),
    (OrderEvent, "order__membership"),
    (Message, "question__membership"),
    (Question, "membership"),
    (OrderLine, "order__membership"),
    (Order, "membership"),
    (CartLine, "membership"),
    (Wish, "membership"),
    (SavedAddress, "membership"),
    (Particulars, "entry__membership"),
    (Entry, "spend__membership"),
    (Entry, "membership"),
    (Grant, "membership"),
    (Membership.pgh_event_model, "pgh_obj"),  # type: ignore[attr-defined]
)


class NoExample(Exception):
    """There is no example to enter, or it is closed for now."""


class AddressInUse(Exception):
    """A company's portal has the address of the example."""


def the_example() -> Portal | None:
    """The example portal, where there is one."""
    return Portal.objects.select_related("company").filter(is_example=True).first()


def sign_up_url(portal: Portal | None) -> str:
    """Where a company asks for a shop, as the pages of `portal`, or of the main host, link to it."""
    name = "onboarding:sign_up"
    return absolute_url(None, name) if portal else reverse(name, settings.ROOT_URLCONF)


@transaction.atomic
def ensure_example(*, now: dt.datetime) -> Portal:
    """The example portal, open and live at `now`: made where there is none. Refuses AddressInUse."""
    portal = the_example() or _make(now)
    portal.state = PortalState.READY
    portal.save(update_fields=["state"])
    _renew(portal, now)
    return portal


def pause_example() -> None:
    """Close the example until it is made again; visitors read that it is closed for a moment."""
    Portal.objects.filter(is_example=True).update(state=PortalState.PAUSED)


@transaction.atomic
def enter(portal: Portal, *, now: dt.datetime) -> Membership:
    """A new visitor of the example `portal`, with credit. Refuses NoExample."""
    if not (portal.is_example and portal.is_live(now) and portal.live_from and portal.live_until):
        raise NoExample
    user = User.objects.create_user(
        f"bezoeker-{secrets.token_hex(8)}{DOMAIN}", name=_("Visitor"), language=get_language() or portal.language
    )
    member = Membership.objects.create(portal=portal, user=user, created_at=now)
    ledger.grant(
        member,
        amount=CREDIT,
        valid_from=portal.live_from,
        valid_until=portal.live_until,
        reason=_("Credit to look around with"),
        source=f"example:{member.pk}",
        now=now,
    )
    return member


def next_reset(now: dt.datetime) -> dt.datetime:
    """When the example begins anew after `now`."""
    day = amsterdam_date(now)
    today = dt.datetime.combine(day, RESET_AT, AMSTERDAM)
    return today if now < today else dt.datetime.combine(day + dt.timedelta(days=1), RESET_AT, AMSTERDAM)


@transaction.atomic
def reset_example(*, now: dt.datetime) -> int:
    """Begin the example anew: its visitors go, with all that they left, and the live period moves along.

    Returns how many there were. Where there is no example nothing happens.
    """
    portal = the_example()
    if portal is None:
        return 0
    members = list(portal.memberships.select_for_update().order_by("pk"))
    _forget_payments([member.pk for member in members])
    for model, owner in LEFT_BEHIND:
        model._default_manager.filter(**{f"{owner}__in": [member.pk for member in members]}).delete()
    portal.memberships.filter(pk__in=[member.pk for member in members]).delete()
    _forget_visitors({member.user_id for member in members}, now)
    _renew(portal, now)
    return len(members)


def _forget_payments(member_ids: list[int]) -> None:
    """What the demo provider has in its own books."""
    told = Payment.objects.filter(order__membership__in=member_ids, provider_id__isnull=False)
    names = list(told.values_list("provider_id", flat=True))
    DemoRefund.objects.filter(payment__provider_id__in=names).delete()
    DemoPayment.objects.filter(provider_id__in=names).delete()


def _forget_visitors(user_ids: set[int], now: dt.datetime) -> None:
    """The accounts, and what browsers are signed in with: a visitor's session ends with the night."""
    keys = {str(pk) for pk in user_ids}
    for session in Session.objects.filter(expire_date__lte=next_reset(now)).iterator():
        if SessionStore().decode(session.session_data).get("_auth_user_id") in keys:
            session.delete()
    User.objects.filter(pk__in=user_ids, email__endswith=DOMAIN, is_staff=False).delete()


def _make(now: dt.datetime) -> Portal:
    if Portal.objects.filter(slug=SLUG).exists():
        raise AddressInUse(_("A shop has the address “%(slug)s”, which the example needs.") % {"slug": SLUG})
    company = Company.objects.create(name="Voorbeeldbedrijf", legal_name="Voorbeeldbedrijf B.V.", created_at=now)
    return Portal.objects.create(
        company=company,
        name="Voorbeeldwinkel",
        slug=SLUG,
        is_example=True,
        credit_per_employee=CREDIT,
        own_money=OwnMoney.EVERYTHING,
        brand_color="#3c5a78",
        welcome_nl=WELCOME_NL,
        welcome_en=WELCOME_EN,
        created_at=now,
    )


def _renew(portal: Portal, now: dt.datetime) -> None:
    """Three months from the first of this one; and what credit pays for, as soon as there is a catalogue."""
    first_day = amsterdam_date(now).replace(day=1)
    if portal.live_from != first_day:
        portal.live_from, portal.live_until = first_day, Portal.default_live_until(first_day)
        portal.save(update_fields=["live_from", "live_until"])
    if not portal.assortment.exists():
        set_assortment(portal, Category.objects.filter(parent=None)[:CATEGORIES])
