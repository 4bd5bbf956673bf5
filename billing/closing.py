"""The closing statement of a portal: what became of all credit that was given, and that what was spent is invoiced.

- granted = spent + expired + revoked + reserved + left, for each person and in total;
- spent = invoiced - credited + not yet billed, for the portal.

Both are computed from both sides: from the ledger, and from grants and documents. What was spent is net of what was
given back. Payments of the company are not in it: they settle its invoices, not the portal.
"""

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from billing.documents import render_pdf
from billing.models import Entry, EntryKind, Grant, Invoice, PortalSettlement
from billing.parties import buyer, check_operator, seller
from billing.proof import PortalBalance, portal_balances
from portals.models import Membership, Portal, PortalPhase, Specification
from thuiswerk.lib.money import ZERO, euro
from thuiswerk.lib.periods import amsterdam_date
from thuiswerk.lib.spreadsheet import csv_of

KINDS = {
    "granted": (EntryKind.GRANT, EntryKind.CORRECT),
    "spent": (EntryKind.SPEND, EntryKind.REFUND),
    "expired": (EntryKind.EXPIRE,),
    "revoked": (EntryKind.REVOKE,),
    "reserved": (EntryKind.RESERVE, EntryKind.RELEASE),
}


class NotSettled(Exception):
    """Something stands in the way; `reasons` are sentences for finance. Nothing was written."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Figures:
    """What became of credit, in euro, all of them above zero; `left` is what the grants still hold."""

    granted: Decimal = ZERO
    spent: Decimal = ZERO
    expired: Decimal = ZERO
    revoked: Decimal = ZERO
    reserved: Decimal = ZERO
    left: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """Zero where the books are right."""
        return self.granted - self.spent - self.expired - self.revoked - self.reserved - self.left

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class ClosingStatement:
    """`people` are named as the company's invoices name them, each with the figures."""

    portal: Portal
    people: list[tuple[str, Figures]]
    total: Figures
    balance: PortalBalance
    settlement: PortalSettlement | None

    @property
    def differences(self) -> tuple[Decimal, Decimal]:
        """Of credit, and of documents; both zero where the books are right."""
        return self.total.difference, self.balance.difference

    @property
    def is_settled(self) -> bool:
        """Whether it was settled, and nothing moved since."""
        if self.settlement is None:
            return False
        told = (self.settlement.granted, self.settlement.spent, self.settlement.expired, self.settlement.revoked)
        return told == (self.total.granted, self.total.spent, self.total.expired, self.total.revoked)


def closing_statement(portal: Portal) -> ClosingStatement:
    """The statement of `portal` as its books are now."""
    specification = portal.company.specification
    people: dict[object, tuple[str, Figures]] = {}
    for member, figures in _by_membership(portal).items():
        key = member.cost_centre if specification == Specification.COST_CENTRE else member.pk
        _name, before = people.get(key, ("", Figures()))
        people[key] = _name_of(member, specification), before + figures
    nothing = PortalBalance(portal.slug, ZERO, ZERO, ZERO, ZERO)
    return ClosingStatement(
        portal=portal,
        people=sorted(people.values(), key=lambda told: told[0].casefold()),
        total=sum((figures for _name, figures in people.values()), Figures()),
        balance=next((found for found in portal_balances() if found.slug == portal.slug), nothing),
        settlement=portal.settlements.select_related("settled_by").first(),
    )


def reasons_not_to_settle(statement: ClosingStatement, *, now: dt.datetime) -> list[str]:
    """A sentence for everything that stands in the way of settling; none where the portal may be settled."""
    portal, total = statement.portal, statement.total
    drafts = Invoice.objects.drafts().filter(portal=portal).count()
    waiting = portal.entries.filter(kind__in=KINDS["spent"], billed=None).exists()
    stands = (
        (portal.phase(now) != PortalPhase.ENDED, _("The portal has not ended.")),
        (total.left, _("%(amount)s of credit is left.") % {"amount": euro(total.left)}),
        (total.reserved, _("%(amount)s is reserved for orders.") % {"amount": euro(total.reserved)}),
        (waiting, _("Credit was spent or given back that no document has yet.")),
        (drafts, _("A document is not issued yet.")),
        (any(statement.differences), _("The books differ. Tell whoever keeps this installation.")),
    )
    return [sentence for is_so, sentence in stands if is_so]


@transaction.atomic
def settle(portal: Portal, *, now: dt.datetime, actor: User | None) -> PortalSettlement:
    """Close the books of a portal that has ended, once for the same figures; without `actor` it happens by itself.
    Refuses NotSettled."""
    portal.refresh_from_db(from_queryset=Portal.objects.select_for_update(of=("self",), no_key=True))
    statement = closing_statement(portal)
    if statement.settlement and statement.is_settled:
        return statement.settlement
    if reasons := reasons_not_to_settle(statement, now=now):
        raise NotSettled(reasons)
    total = statement.total
    return PortalSettlement.objects.create(
        portal=portal,
        granted=total.granted,
        spent=total.spent,
        expired=total.expired,
        revoked=total.revoked,
        settled_at=now,
        settled_by=actor,
    )


def closing_pdf(statement: ClosingStatement, *, now: dt.datetime) -> bytes:
    """The statement as PDF/A-3a and PDF/UA-1, in the company's language. Refuses OperatorIncomplete."""
    check_operator()
    language = statement.portal.company.language
    with translation.override(language):
        rows = [*statement.people, (_("Together"), statement.total)]
        context = {
            "seller": seller(),
            "buyer": buyer(statement.portal),
            "portal": None,
            "statement": statement,
            "day": amsterdam_date(now),
            "heading": heading_of(statement),
            "labels": [label for _name, label in columns()],
            "rows": [(name, [euro(amount) for amount in amounts(figures)]) for name, figures in rows],
        }
    return render_pdf("billing/closing.html", context, language=language)


def closing_csv(statement: ClosingStatement) -> bytes:
    """The statement as a file, a row for each person and one in total, in the company's language. That one has the
    other side too: spent = invoices - credit notes + not yet invoiced."""
    with translation.override(statement.portal.company.language):
        documents = [_("Invoices"), _("Less credit notes"), _("Not yet invoiced")]
        header = [heading_of(statement), *(str(label) for _name, label in columns()), *documents]
        people = [[name, *amounts(figures), "", "", ""] for name, figures in statement.people]
        balance = statement.balance
        billed = [balance.invoiced, balance.credited, balance.unbilled]
        return csv_of(header, [*people, [_("Together"), *amounts(statement.total), *billed]])


def heading_of(statement: ClosingStatement) -> str:
    """What the rows stand for, in the language that is active."""
    by_centre = statement.portal.company.specification == Specification.COST_CENTRE
    return _("Cost centre") if by_centre else _("Employee")


def columns() -> list[tuple[str, str]]:
    """The figures in their order, with what they are called in the language that is active."""
    return [
        ("granted", _("Granted")),
        ("spent", _("Spent, net")),
        ("expired", _("Expired")),
        ("revoked", _("Revoked")),
        ("reserved", _("Reserved")),
        ("left", _("Left")),
    ]


def amounts(figures: Figures) -> list[Decimal]:
    """The figures in the order of `columns`."""
    return [getattr(figures, name) for name, _label in columns()]


def file_name(statement: ClosingStatement, ending: str, *, now: dt.datetime) -> str:
    """`eindafrekening-acme-2026-11-23.csv`, in the company's language."""
    with translation.override(statement.portal.company.language):
        return _("closing-statement") + f"-{statement.portal.slug}-{amsterdam_date(now)}.{ending}"


def _by_membership(portal: Portal) -> dict[Membership, Figures]:
    sums = {name: Sum("amount", filter=Q(kind__in=kinds), default=ZERO) for name, kinds in KINDS.items()}
    entries = Entry.objects.filter(portal=portal).order_by().values("membership").annotate(**sums)
    grants = Grant.objects.filter(portal=portal).order_by().values("membership").annotate(sum=Sum("remaining"))
    moved = {pk: amounts for pk, *amounts in entries.values_list("membership", *KINDS)}
    left = dict(grants.values_list("membership", "sum"))
    members = portal.memberships.filter(pk__in=moved).select_related("user")
    return {member: _figures(moved[member.pk], left.get(member.pk, ZERO)) for member in members}


def _figures(moved: list[Decimal], left: Decimal) -> Figures:
    """What entries say is above zero where credit came in; here everything is."""
    granted, spent, expired, revoked, reserved = moved
    return Figures(granted, -spent, -expired, -revoked, -reserved, left)


def _name_of(member: Membership, specification: str) -> str:
    """As the company's invoices name a person, and no more than that."""
    if specification == Specification.COST_CENTRE:
        return member.cost_centre or _("without cost centre")
    if specification == Specification.NAME:
        return ", ".join(filter(None, (member.user.get_full_name(), member.staff_number)))
    return member.staff_number or "–"
