"""`manage.py invoice_month 2026-10`: invoice a month by hand, of every portal or of one."""

import argparse
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import invoicing
from portals.models import Portal
from thuiswerk.lib.money import ZERO, euro
from thuiswerk.lib.periods import Month


class Command(BaseCommand):
    """Issues what is missing; a portal that is refused does not stop the others, but the command ends with an error."""

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
        refusals = self._preview(chosen, portal) if dry_run else self._issue(chosen, portal)
        if refusals:
            raise CommandError("\n".join(refusals))

    def _issue(self, month: Month, slug: str | None) -> list[str]:
        refusals = []
        for portal in _portals(slug):
            try:
                invoice = invoicing.invoice_portal(portal, month, now=timezone.now())
            except (invoicing.MonthNotOver, invoicing.OperatorIncomplete) as refusal:
                raise CommandError(str(refusal)) from refusal
            except invoicing.InvoiceRefused as refusal:
                refusals.append(f"{portal.slug}: {refusal}")
            else:
                said = f"{invoice.number}  {euro(invoice.total)}" if invoice else "nothing consumed"
                self.stdout.write(f"{portal.slug:<24}{said}")
        return refusals

    def _preview(self, month: Month, slug: str | None) -> list[str]:
        refusals = []
        for portal in _portals(slug):
            orders = [order for order in invoicing.consumed_orders(portal, month) if order.amount]
            total = sum((order.amount for order in orders), ZERO)
            self.stdout.write(f"{portal.slug:<24}{len(orders):>6} orders  {euro(total):>14}")
            try:
                if orders:
                    invoicing.check_parties(portal.company)
            except invoicing.CompanyIncomplete as refusal:
                refusals.append(f"{portal.slug}: {refusal}")
            except invoicing.OperatorIncomplete as refusal:
                refusals.append(str(refusal))
        try:
            invoicing.check_month(month, now=timezone.now())
        except invoicing.MonthNotOver as refusal:
            refusals.append(str(refusal))
        return list(dict.fromkeys(refusals))


def _portals(slug: str | None) -> Iterable[Portal]:
    portals = Portal.objects.select_related("company").order_by("slug")
    if slug is None:
        return portals
    chosen = portals.filter(slug=slug)
    if not chosen:
        raise CommandError(f"There is no portal {slug!r}.")
    return chosen
