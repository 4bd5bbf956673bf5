"""`manage.py invoice_month 2026-10`: invoice a month by hand, of every portal or of one."""

import argparse
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import consumption, proof
from billing.invoicing import MonthNotOver, check_month
from billing.models import Invoice
from billing.parties import CompanyIncomplete, OperatorIncomplete, check_operator, check_parties
from billing.run import run_portal
from portals.models import Portal
from thuiswerk.lib.money import ZERO, euro
from thuiswerk.lib.periods import Month


class Command(BaseCommand):
    """Drafts and issues what is missing; one that is held stops no other, but is an error in the end."""

    help = "Issues the invoices of a month that is over. Safe to repeat: what is issued stays as it is."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("month", help="the month, written as 2026-10")
        parser.add_argument("--portal", metavar="SLUG", help="only this portal")
        parser.add_argument("--dry-run", action="store_true", help="show what would be invoiced and write nothing")

    def handle(self, *, month: str, portal: str | None, dry_run: bool, **options: Any) -> None:
        try:
            chosen = Month.parse(month)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if wrong := proof.faults():
            raise CommandError("\n".join(["The books are wrong, so nothing was done:", *wrong]))
        refusals = self._preview(chosen, portal) if dry_run else self._run(chosen, portal)
        refusals += proof.faults()
        if refusals:
            raise CommandError("\n".join(refusals))

    def _run(self, month: Month, slug: str | None) -> list[str]:
        held = []
        try:
            check_operator()
        except OperatorIncomplete as refusal:
            raise CommandError(str(refusal)) from refusal
        for portal in _portals(slug):
            try:
                documents = run_portal(portal, month, now=timezone.now())
            except MonthNotOver as refusal:
                raise CommandError(str(refusal)) from refusal
            said = [_said(document) for document in documents] or ["nothing consumed"]
            for text in said:
                self.stdout.write(f"{portal.slug:<24}{text}")
            held += [f"{portal.slug}: {' '.join(document.findings)}" for document in documents if document.held_at]
        return held

    def _preview(self, month: Month, slug: str | None) -> list[str]:
        refusals = []
        for portal in _portals(slug):
            entries = list(consumption.unbilled(portal, month))
            spent, returned = consumption.taken(entries), consumption.given_back(entries)
            orders = [order for order in [*spent, *returned] if order.amount]
            total = sum((order.consumed for order in orders), ZERO)
            self.stdout.write(f"{portal.slug:<24}{len(orders):>6} orders  {euro(total):>14}")
            try:
                if entries:
                    check_parties(portal.company)
            except CompanyIncomplete as refusal:
                refusals.append(f"{portal.slug}: {refusal}")
            except OperatorIncomplete as refusal:
                refusals.append(str(refusal))
        try:
            check_month(month, now=timezone.now())
        except MonthNotOver as refusal:
            refusals.append(str(refusal))
        return list(dict.fromkeys(refusals))


def _said(document: Invoice) -> str:
    """What became of one document."""
    owed = -document.total if document.is_credit_note else document.total
    return f"{document.number or document.standing.value:<14}{euro(owed):>14}"


def _portals(slug: str | None) -> Iterable[Portal]:
    portals = Portal.objects.real().select_related("company").order_by("slug")
    if slug is None:
        return portals
    chosen = portals.filter(slug=slug)
    if not chosen:
        raise CommandError(f"There is no portal {slug!r}.")
    return chosen
