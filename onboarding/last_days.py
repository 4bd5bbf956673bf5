"""The last days of a portal: who still has credit is told in time, and the company how many there are.

- There are two steps, so many days before the end. Who was not told on the day itself is told on a later one, as long
  as the next step has not begun, or the portal has not ended.
- Each person and each contact is told once per step and last day, by the key of the mail. A portal that is extended has
  another last day, and tells anew.
- Only a portal that is live tells: none in build, paused, closed or ended.
"""

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import CharField, Exists, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from accounts import outbox
from accounts.models import Mail
from billing.balances import with_credit
from billing.models import Grant
from onboarding.contacts import Contact, contacts_of
from portals.models import Portal, PortalState
from thuiswerk.lib.mail import compose
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date

STEPS = (14, 3)


def remind(*, now: dt.datetime) -> int:
    """Queue every reminder that is due at `now`. Returns how many."""
    today = amsterdam_date(now)
    last = today + dt.timedelta(days=max(STEPS))
    live = Portal.objects.real().filter(state=PortalState.READY, live_from__lte=today, live_until__range=(today, last))
    return sum(_remind(portal, now) for portal in live.select_related("company").order_by("pk"))


def step_on(days_left: int) -> int | None:
    """The step of a portal that has so many days left after today; None before the first."""
    for step, following in pairwise([*STEPS, -1]):
        if following < days_left <= step:
            return step
    return None


def with_credit_left(portal: Portal, *, now: dt.datetime) -> QuerySet[Any]:
    """The people of `portal` that have credit to spend on the day of `now`, each with `credit`, and with `ends_on`: the
    first day on which some of it ends."""
    usable = Grant.objects.filter(membership=OuterRef("pk")).usable_on(amsterdam_date(now)).order_by()
    ends_on = usable.values("membership").annotate(first=Min("ends_on")).values("first")
    people: QuerySet[Any] = with_credit(portal.memberships.active(), now=now).annotate(ends_on=Subquery(ends_on))
    return people.filter(credit__gt=0)


def _remind(portal: Portal, now: dt.datetime) -> int:
    assert portal.live_until  # noqa: S101 - asked for by `remind`
    step = step_on((portal.live_until - amsterdam_date(now)).days)
    if step is None:
        return 0
    named = f"{step}:{portal.live_until}"
    people = with_credit_left(portal, now=now)
    told = sum(_tell(member, portal, named, now) for member in _untold(people, named))
    total = [member.credit for member in people]
    if total:
        told += sum(_tell_company(contact, portal, named, total, now) for contact in contacts_of(portal))
    return told


def _untold(people: QuerySet[Any], named: str) -> QuerySet[Any]:
    key = Concat(Value(f"last-days:{named}:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    return people.exclude(Exists(Mail.objects.filter(key=key).order_by())).select_related("user").order_by("pk")


def _tell(member: Any, portal: Portal, named: str, now: dt.datetime) -> int:
    message = compose(
        "onboarding/mail/last_days",
        {"portal": portal, "person": member.user, "credit": member.credit, "day": member.ends_on},
        language=member.user.language,
    )
    outbox.queue(message, to=member.user.email, key=f"last-days:{named}:{member.pk}", now=now)
    return 1


def _tell_company(contact: Contact, portal: Portal, named: str, left: list[Decimal], now: dt.datetime) -> int:
    key = f"last-days-company:{named}:{portal.pk}:{contact.key}"
    if Mail.objects.filter(key=key).exists():
        return 0
    message = compose(
        "onboarding/mail/last_days_company",
        {"portal": portal, "people": len(left), "credit": sum(left, ZERO), "day": portal.live_until},
        language=contact.language,
    )
    outbox.queue(message, to=contact.email, key=key, now=now)
    return 1
