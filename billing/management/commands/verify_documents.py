"""`manage.py verify_documents [--month 2026-10] [--portal acme]`: are the issued documents still what was issued?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.models import Invoice
from billing.verifying import findings
from portals.models import Portal
from thuiswerk.lib.periods import Month


class Command(BaseCommand):
    """Checks each stored file against its hash, makes it anew from its rows and compares; changes nothing."""

    help = "Compares issued PDFs and e-invoices with their hashes and with what their rows make now."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--month", help="only the documents of this month, written as 2026-10")
        parser.add_argument("--portal", metavar="SLUG", help="only those of this portal")

    def handle(self, *, month: str | None, portal: str | None, **options: Any) -> None:
        count, wrong = 0, 0
        for found in findings(_chosen(month, portal)):
            count += 1
            wrong += bool(found)
            for finding in found:
                kind = "damaged" if finding.is_damage else "differs"
                self.stdout.write(f"{finding.file}  {kind}: {finding.why}")
        self.stdout.write(f"{count} documents, {wrong} with a finding")
        if wrong:
            raise CommandError("Not every document is what was issued.")


def _chosen(month: str | None, slug: str | None) -> Any:
    documents = Invoice.objects.all()
    if slug is not None:
        if not Portal.objects.filter(slug=slug).exists():
            raise CommandError(f"There is no portal {slug!r}.")
        documents = documents.filter(portal__slug=slug)
    if month is None:
        return documents
    try:
        return documents.filter(period=Month.parse(month).first_day)
    except ValueError as error:
        raise CommandError(str(error)) from error
