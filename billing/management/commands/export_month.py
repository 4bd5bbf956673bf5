"""`manage.py export_month 2026-10 --to DIR`: the documents of a month as files, with an index and their hashes."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import bundle
from billing.delivery import DocumentDamaged, DocumentMissing
from billing.models import Invoice
from billing.month import portal_months
from thuiswerk.lib.periods import Month


class Command(BaseCommand):
    """Writes what was issued; changes nothing. A month that is not complete is written, and named on exit."""

    help = "Writes every PDF and e-invoice of a month, with an index and the SHA-256 of each, into a directory."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("month", help="the month, written as 2026-10")
        parser.add_argument("--to", required=True, metavar="DIR", type=Path, help="the directory; made if need be")

    def handle(self, *, month: str, to: Path, **options: Any) -> None:
        try:
            chosen = Month.parse(month)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if timezone.now() < chosen.start:
            raise CommandError(f"Nothing written: {chosen} has not begun.")
        try:
            count = bundle.write_to(to, Invoice.objects.filter(period=chosen.first_day))
        except DocumentMissing as refusal:
            raise CommandError(f"Nothing written: the PDF of {refusal} is still being made.") from refusal
        except DocumentDamaged as refusal:
            raise CommandError(f"The stored file of {refusal} is not the one that was issued.") from refusal
        except bundle.FilesDiffer as refusal:
            raise CommandError(f"Nothing written: these are there with other content: {refusal}.") from refusal
        except OSError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{count} {'file' if count == 1 else 'files'} in {to}")
        if waiting := [row for row in portal_months(chosen) if row.waiting or row.drafts]:
            slugs = ", ".join(row.portal.slug for row in waiting)
            raise CommandError(f"The month is not complete: something waits of {slugs}.")
