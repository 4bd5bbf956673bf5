"""What a payment may be for, best guess first, for a person to choose from. Nothing here is placed by itself.

A guess rests on what the payment names, its amount, the account that it came from, and the name of who paid.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from billing.matching import numbers_in, payments_taken_back, references_in, reversing
from billing.models import Allocation, BankEntry, Correction, DocumentKind, Invoice
from billing.open_items import with_open
from billing.payments import Part
from thuiswerk.lib.money import ZERO

if TYPE_CHECKING:
    from billing.open_items import OpenInvoice

AT_MOST = 3
LEGAL_FORMS = {"bv", "nv", "vof", "cv", "stichting", "holding", "nederland"}


class Reason(TextChoices):
    """Why a payment may be for an invoice."""

    NAMED = "named", _("named in it")
    ACCOUNT = "account", _("paid from this account before")
    AMOUNT = "amount", _("the same amount")
    NAME = "name", _("the name of the company")
    BACK = "back", _("takes this payment back")


WEIGHT = {Reason.NAMED: 8, Reason.ACCOUNT: 4, Reason.AMOUNT: 3, Reason.NAME: 2, Reason.BACK: 8}


@dataclass(frozen=True)
class Proposal:
    """Parts of a payment to place together, and why."""

    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def key(self) -> str:
        """What tells it from the other proposals of its payment."""
        return "_".join(f"{part.invoice.pk}:{part.amount}" for part in self.parts)

    @property
    def weight(self) -> int:
        return sum(WEIGHT[reason] for reason in self.reasons)


def proposals_for(entries: Iterable[BankEntry]) -> dict[int, list[Proposal]]:
    """The proposals of each of `entries`, best first, by the id of the entry. One lot of statements for a list."""
    entries = list(entries)
    desk = Desk(entries)
    return {entry.pk: _best(entry, desk) if desk.rests[entry.pk] else [] for entry in entries}


class Desk:
    """What is looked up once for a list of payments."""

    def __init__(self, entries: list[BankEntry]) -> None:
        codes = {entry.pk: references_in(entry) | numbers_in(entry) for entry in entries}
        all_codes = set().union(*codes.values())
        invoices = Invoice.objects.issued().filter(kind=DocumentKind.INVOICE).defer("seller", "buyer", "vat_sentence")
        wanted = ~Q(open=ZERO) | Q(payment_reference__in=all_codes) | Q(number__in=all_codes)
        found = with_open(invoices).filter(wanted).select_related("portal__company").order_by("due_on", "number")
        self.codes = codes
        self.invoices = list(found)
        self.names = _names(self.invoices)
        self.known = _known_accounts(entries)
        companies = {invoice.portal.company for invoice in self.invoices}
        names = [(company.pk, _words(name)) for company in companies for name in (company.name, company.legal_name)]
        said = {entry.pk: _words(entry.name) for entry in entries}
        self.called = {pk: {company for company, name in names if name and name <= words} for pk, words in said.items()}
        self.rests = BankEntry.objects.filter(pk__in=codes).rests()

    def reasons(self, entry: BankEntry, invoice: "OpenInvoice", rest: Decimal) -> tuple[Reason, ...]:
        company, codes = invoice.portal.company_id, self.codes[entry.pk]
        holds = (
            (Reason.NAMED, not codes.isdisjoint(self.names[invoice.pk])),
            (Reason.ACCOUNT, company in self.known[entry.iban]),
            (Reason.AMOUNT, invoice.open == rest),
            (Reason.NAME, company in self.called[entry.pk]),
        )
        return tuple(reason for reason, true in holds if true)


def _best(entry: BankEntry, desk: Desk) -> list[Proposal]:
    rest = desk.rests[entry.pk]
    if entry.is_reversal and rest == entry.amount:
        return list(_taking_back(entry))[:AT_MOST]
    guesses = [(invoice, reasons) for invoice in desk.invoices if (reasons := desk.reasons(entry, invoice, rest))]
    single = [_single(invoice, rest, reasons) for invoice, reasons in guesses]
    proposals = [proposal for proposal in (*_together(guesses, rest), *single) if proposal]
    return sorted(proposals, key=lambda proposal: -proposal.weight)[:AT_MOST]


def _single(invoice: "OpenInvoice", rest: Decimal, reasons: tuple[Reason, ...]) -> Proposal | None:
    """What is open on one invoice, as far as the payment goes; on one that is named and paid before, all of it."""
    if invoice.open * rest > 0:
        return Proposal((Part(invoice, min(invoice.open, rest, key=abs)),), reasons)
    return Proposal((Part(invoice, rest),), reasons) if Reason.NAMED in reasons and rest > 0 else None


def _together(guesses: "list[tuple[OpenInvoice, tuple[Reason, ...]]]", rest: Decimal) -> Iterator[Proposal]:
    """For each company the longest due of its invoices that come to exactly `rest`, where they are more than one."""
    due: dict[int, list[OpenInvoice]] = defaultdict(list)
    why: dict[int, tuple[Reason, ...]] = {}
    for invoice, reasons in guesses:
        of_company = tuple(reason for reason in reasons if reason in (Reason.ACCOUNT, Reason.NAME))
        if of_company and invoice.open * rest > 0:
            due[invoice.portal.company_id].append(invoice)
            why[invoice.portal.company_id] = of_company
    for company, invoices in due.items():
        sums = list(accumulate(invoice.open for invoice in invoices))
        if rest in sums[1:]:
            parts = tuple(Part(invoice, invoice.open) for invoice in invoices[: sums.index(rest) + 1])
            yield Proposal(parts, (*why[company], Reason.AMOUNT))


def _taking_back(entry: BankEntry) -> Iterator[Proposal]:
    placed: dict[int, list[Allocation]] = defaultdict(list)
    for allocation in payments_taken_back(entry).order_by("-entry__booked_on", "pk"):
        placed[allocation.entry_id].append(allocation)
    for allocations in placed.values():
        yield Proposal(tuple(reversing(allocations)), (Reason.BACK,))


def _names(invoices: "list[OpenInvoice]") -> dict[int, set[str | None]]:
    """What a payment may call each of `invoices`: its number and reference, and those of the one that it replaces."""
    names = {invoice.pk: {invoice.number, invoice.payment_reference} for invoice in invoices}
    replaced = Correction.objects.filter(replacement__in=names)
    for pk, *codes in replaced.values_list("replacement", "invoice__number", "invoice__payment_reference"):
        names[pk].update(codes)
    return names


def _known_accounts(entries: list[BankEntry]) -> dict[str, set[int]]:
    """The companies that paid from the accounts of `entries` before."""
    accounts = {entry.iban for entry in entries if entry.iban}
    placed = Allocation.objects.standing().filter(entry__iban__in=accounts, invoice__isnull=False)
    known: dict[str, set[int]] = defaultdict(set)
    for iban, company in placed.order_by().values_list("entry__iban", "portal__company").distinct():
        known[iban].add(company)
    return known


def _words(name: str) -> set[str]:
    """The words of a company's name without its legal form: `Acme B.V.` and `ACME BV` are the same."""
    return {*re.findall(r"\w+", name.lower().replace(".", ""))} - LEGAL_FORMS
