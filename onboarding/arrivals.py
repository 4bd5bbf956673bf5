"""Who has come to a portal: how far each person on its roster is, from not invited to ordered, as one expression.

What is further on wins: who ordered has opened the portal, whatever became of the invitation. An invitation came back
where a mail server said so of the address that the person has now; with another address it is forgotten.
"""

from typing import Any, cast

from django.db import models
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import Mail
from onboarding.after_models import InvitationAgain
from orders.models import Order, OrderState
from portals.models import Membership, Portal


class Arrival(models.TextChoices):
    """How far a person came, in the order of the screens."""

    NOT_INVITED = "not_invited", _("not invited")
    ON_ITS_WAY = "on_its_way", _("invitation on its way")
    INVITED = "invited", _("invited")
    BOUNCED = "bounced", _("invitation came back")
    OPENED = "opened", _("opened the portal")
    ORDERED = "ordered", _("ordered")
    BLOCKED = "blocked", _("blocked")
    FORGOTTEN = "forgotten", _("data deleted")


def first_key(membership_pk: int) -> str:
    """The key of the mail with the first invitation."""
    return f"invitation:{membership_pk}"


def with_arrival(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """`members`, each with `arrival`, a value of `Arrival`."""
    came_to = When(_ordered(), then=Value(Arrival.ORDERED)), When(_opened, then=Value(Arrival.OPENED))
    return members.annotate(
        arrival=Case(
            When(forgotten_at__isnull=False, then=Value(Arrival.FORGOTTEN)),
            When(disabled_at__isnull=False, then=Value(Arrival.BLOCKED)),
            *came_to,
            When(came_back(), then=Value(Arrival.BOUNCED)),
            When(invited_at__isnull=False, then=Value(Arrival.INVITED)),
            When(invite_requested_at__isnull=False, then=Value(Arrival.ON_ITS_WAY)),
            default=Value(Arrival.NOT_INVITED),
            output_field=CharField(),
        )
    )


def arrivals_of(portal: Portal) -> dict[str, int]:
    """How many people of `portal` are where, for every `Arrival`, in one statement."""
    members: QuerySet[Any] = with_arrival(portal.memberships.all())
    rows = members.order_by().values("arrival").annotate(people=Count("pk"))
    found = dict(rows.values_list("arrival", "people"))
    return {arrival.value: found.get(arrival.value, 0) for arrival in Arrival}


def label_of(membership: Membership) -> str:
    """What the screens say of a membership of `with_arrival`."""
    return str(Arrival(cast("Any", membership).arrival).label)


def not_come() -> Q:
    """The condition under which an invited person has not come."""
    return Q(invited_at__isnull=False, disabled_at__isnull=True, first_seen_at__isnull=True) & ~_ordered()


def came_back() -> Q:
    """The condition under which an invitation to the address that the person has now came back, or was refused."""
    gone = Mail.objects.filter(Q(bounced_at__isnull=False) | Q(failed_at__isnull=False)).order_by()
    key = Concat(Value("invitation:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    first = gone.filter(key=key, to=OuterRef("user__email"))
    later = gone.filter(key=OuterRef("key"), to=OuterRef("membership__user__email"))
    again = InvitationAgain.objects.filter(Exists(later), membership=OuterRef("pk")).order_by()
    return Q(Exists(first)) | Q(Exists(again))


def _ordered() -> Q:
    orders = Order.objects.filter(membership=OuterRef("pk")).exclude(state=OrderState.LAPSED)
    return Q(Exists(orders.order_by()))


_opened = Q(first_seen_at__isnull=False)
