"""`manage.py export_xaf 2026 > 2026.xaf`: the audit file of a year."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import xaf
from billing.parties import OperatorIncomplete
from billing.rules import CannotCheck


class Command(BaseCommand):
    """Writes the documents that were issued in a year as XML Auditfile Financieel 3.2; changes nothing."""

    help = "Writes the audit file (XAF 3.2) of a year to standard output."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("year", type=int, choices=range(2000, 3000), metavar="YEAR")

    def handle(self, *, year: int, **options: Any) -> None:
        if year > timezone.now().year:
            raise CommandError(f"{year} has not begun.")
        try:
            content = xaf.audit_file(year, now=timezone.now())
        except (OperatorIncomplete, xaf.NotValid, CannotCheck) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(content.decode(), ending="")
