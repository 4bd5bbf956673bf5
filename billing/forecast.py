"""What the next invoice of each portal would be if it were made now, for the accruals of its company.

Read anew from ledger and documents each time; nothing is stored, and nothing is promised.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Case, F, Model, QuerySet, Sum, When
from django.db.models.expressions import Combinable
from django.utils import translation
from django.utils.translation import gettext as _

from billing.consumption import CONSUMED
from billing.models import DocumentKind, Entry, EntryKind, Grant, Invoice
from portals.models import Portal
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date
from thuiswerk.lib.spreadsheet import csv_of

RESERVED = (EntryKind.RESERVE, EntryKind.RELEASE)
SIGNED = Case(When(kind=DocumentKind.CREDIT_NOTE, then=-F("total")), default=F("total"))


@dataclass(frozen=True)
class Forecast:
    """In euro. `so_far`: consumed less given back, and on no issued document yet; below zero it is a credit note.
    `reserved`: of orders whose own part is not paid yet. `left`: what people may still spend today."""

    portal: Portal
    so_far: Decimal
    reserved: Decimal
    left: Decimal

    @property
    def most(self) -> Decimal:
        """What it comes to if everything that is left is spent."""
        return self.so_far + self.reserved + self.left


def forecasts(*, now: dt.datetime) -> list[Forecast]:
    """Of every portal where something is consumed, reserved or left, by company."""
    unbilled = _sums(Entry.objects.filter(CONSUMED, billed=None), -Sum("amount"))
    drafts = _sums(Invoice.objects.drafts(), Sum(SIGNED))
    reserved = _sums(Entry.objects.filter(kind__in=RESERVED), -Sum("amount"))
    left = _sums(Grant.objects.usable_on(amsterdam_date(now)), Sum("remaining"))
    ids = {*unbilled, *drafts, *reserved, *left}
    portals = Portal.objects.real().filter(pk__in=ids).select_related("company").order_by("company__name", "name")
    return [
        Forecast(
            portal,
            so_far=unbilled.get(portal.pk, ZERO) + drafts.get(portal.pk, ZERO),
            reserved=reserved.get(portal.pk, ZERO),
            left=left.get(portal.pk, ZERO),
        )
        for portal in portals
    ]


def forecast_csv(found: Iterable[Forecast], *, now: dt.datetime) -> bytes:
    """`found` as a file, in the operator's language."""
    with translation.override(settings.LANGUAGE_CODE):
        header = [_("Day"), _("Company"), _("Portal"), _("So far"), _("Reserved"), _("Still to spend"), _("At most")]
        day = amsterdam_date(now)
        return csv_of(
            header,
            [
                [day, one.portal.company.legal_name, one.portal.slug, one.so_far, one.reserved, one.left, one.most]
                for one in found
            ],
        )


def _sums[Row: Model](rows: QuerySet[Row], amount: Combinable) -> dict[int, Decimal]:
    """`amount` of `rows` by portal, without those that come to nothing."""
    sums = rows.order_by().values("portal").annotate(sum=amount).values_list("portal", "sum")
    return {portal: found for portal, found in sums if found}
