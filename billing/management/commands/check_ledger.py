"""`manage.py check_ledger`: prove that credit, invoices and numbers agree."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from billing import bank_import, proof
from thuiswerk.lib.money import euro


class Command(BaseCommand):
    """Prints the balance of every portal and every series of numbers; ends with an error at any difference."""

    help = "Proves that the ledger of credit, the invoices and their numbers agree; fails at any difference."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        row = "{:<24}{:>16}{:>16}{:>16}{:>16}{:>14}"
        self.stdout.write(row.format("portal", "consumed", "invoiced", "credited", "not yet billed", "difference"))
        for portal in proof.portal_balances():
            amounts = (portal.consumed, portal.invoiced, portal.credited, portal.unbilled, portal.difference)
            self.stdout.write(row.format(portal.slug, *map(euro, amounts)))
        row = "{:<24}{:>16}{:>16}{:>16}{:>16}"
        self.stdout.write("\n" + row.format("numbers", "first", "last", "count", "holes"))
        for series in proof.series_checks():
            self.stdout.write(row.format(series.name, series.first, series.last, series.count, series.holes))
        for before, after in bank_import.gaps():
            self.stdout.write(f"\nBetween bank statements {before} and {after} one is missing.")
        if faults := proof.faults():
            raise CommandError("\n".join(["The books are wrong:", *faults]))
        self.stdout.write("\nThe books are right.")
