"""An employee's own data of one portal, for themselves: the right of access and to take data along (GDPR 15 and 20).

Every model that names a membership is in `TABLES`, or in `LEFT_OUT` with the reason; a test holds that.
"""

import datetime as dt
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from billing.models import Entry, Grant
from catalog.wish_models import Wish
from orders.models import (
    CartLine,
    Chargeback,
    GiveBack,
    GiveBackLine,
    Message,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Question,
    SavedAddress,
)
from portals.models import Membership
from thuiswerk.lib.spreadsheet import csv_of

LEFT_OUT = {
    "onboarding.InvitationAgain": "Whom to invite once more; the mail itself is what the person got.",
    "onboarding.Erasure": "Counts what was deleted, and is written when nobody is left to ask.",
    "portals.MembershipEvent": "Earlier states of the membership, to see who changed what; the current one is given.",
}


@dataclass(frozen=True)
class Table:
    """Rows of `model` that `owner`, a path to the membership, makes one's own, and which columns of them are given."""

    model: type[Model]
    owner: str
    columns: tuple[str, ...]

    def rows(self, membership: Membership) -> list[dict[str, Any]]:
        """The rows of `membership`, oldest first, by the columns' names."""
        own = self.model._default_manager.filter(**{self.owner: membership.pk}).order_by("pk")
        return [dict(zip(self.names, row, strict=True)) for row in own.values_list(*self.columns)]

    @property
    def names(self) -> list[str]:
        return [column.replace("__", "_") for column in self.columns]


_ADDRESS = ("name", "street", "house_number", "postal_code", "city", "country")
_PARTS = ("total", "credit", "own_money")
_PERSON = Table(
    Membership,
    "pk",
    (
        *("user__name", "user__email", "user__language", "user__last_login", "portal__name", "portal__company__name"),
        *("role", "staff_number", "cost_centre", "invited_at", "first_seen_at", "created_at"),
    ),
)
TABLES = {
    "person": _PERSON,
    "grants": Table(
        Grant,
        "membership",
        ("amount", "remaining", "valid_from", "valid_until", "reopened_until", "reason", "created_at"),
    ),
    "entries": Table(Entry, "membership", ("posted_at", "kind", "amount", "order_number", "particulars__text")),
    "cart_lines": Table(CartLine, "membership", ("product__sku", "product__name_nl", "quantity", "added_at")),
    "wishes": Table(Wish, "membership", ("product__sku", "product__name_nl", "added_at")),
    "addresses": Table(SavedAddress, "membership", (*_ADDRESS, "used_at")),
    "orders": Table(
        Order,
        "membership",
        ("number", "state", *_ADDRESS, "language", *_PARTS, "placed_at", "confirmed_at", "lapsed_at"),
    ),
    "order_lines": Table(
        OrderLine,
        "order__membership",
        (
            *("order__number", "sku", "name", "quantity", "unit_price", "vat_rate", "vat"),
            *(*_PARTS, "payroll_class", "payroll_base"),
        ),
    ),
    "order_events": Table(OrderEvent, "order__membership", ("order__number", "kind", "at", "note", "tracking_url")),
    "payments": Table(
        Payment,
        "order__membership",
        ("order__number", "provider", "provider_id", "amount", "state", "created_at", "settled_at"),
    ),
    "chargebacks": Table(
        Chargeback,
        "payment__order__membership",
        ("payment__order__number", "amount", "told_at", "reversed_at"),
    ),
    "give_backs": Table(
        GiveBack,
        "order__membership",
        ("order__number", "kind", "credit", "own_money", "asked_at", "settled_at", "missed_at", "refund__done_at"),
    ),
    "give_back_lines": Table(
        GiveBackLine,
        "give_back__order__membership",
        ("line__order__number", "line__sku", "line__name", "quantity", "vat", "credit", "own_money"),
    ),
    "questions": Table(Question, "membership", ("id", "order__number", "subject", "asked_at")),
    "messages": Table(Message, "question__membership", ("question_id", "is_answer", "text", "sent_at")),
}


def as_json(membership: Membership, *, now: dt.datetime) -> bytes:
    """All of it as one JSON document."""
    data = {"exported_at": now} | {name: table.rows(membership) for name, table in TABLES.items()}
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def as_csv(membership: Membership) -> bytes:
    """All of it as a zip with one CSV file per table."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in TABLES.items():
            rows = table.rows(membership)
            archive.writestr(f"{name}.csv", csv_of(table.names, (list(row.values()) for row in rows)))
    return target.getvalue()
