"""What people may spend, for lists of them: the rule of `billing.ledger.available` in one statement."""

import datetime as dt

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.models import Grant
from portals.models import Membership
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date


def with_credit(members: QuerySet[Membership], *, now: dt.datetime) -> QuerySet[Membership]:
    """`members`, each with `credit`: the euro that may be spent on the day of `now`."""
    usable = Grant.objects.filter(membership=OuterRef("pk")).usable_on(amsterdam_date(now))
    total = usable.order_by().values("membership").annotate(total=Sum("remaining")).values("total")
    return members.annotate(credit=Coalesce(Subquery(total), Value(ZERO), output_field=DecimalField()))
