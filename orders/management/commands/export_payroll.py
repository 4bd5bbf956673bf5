"""`manage.py export_payroll acme 2026-10 --to DIR`: the payroll file (WKR) of a portal and a month."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.consumption import billable_from
from orders.payroll import class_totals, file_name, payroll_csv, payroll_rows
from portals.models import Portal
from thuiswerk.lib.money import euro
from thuiswerk.lib.periods import Month


class Command(BaseCommand):
    """Writes the file and prints what each class comes to; changes nothing."""

    help = "Writes the payroll file (werkkostenregeling) of a portal and a month as CSV."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("portal", metavar="PORTAL", help="the portal's address, such as acme")
        parser.add_argument("month", help="the month, written as 2026-10")
        parser.add_argument("--to", required=True, metavar="DIR", type=Path, help="the directory to write to")

    def handle(self, *, portal: str, month: str, to: Path, **options: Any) -> None:
        try:
            chosen = Month.parse(month)
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = Portal.objects.real().select_related("company").filter(slug=portal).first()
        if found is None:
            raise CommandError(f"There is no portal {portal!r}.")
        rows = payroll_rows(found, chosen)
        path = to / file_name(found, chosen)
        try:
            to.mkdir(parents=True, exist_ok=True)
            path.write_bytes(payroll_csv(found, rows))
        except OSError as error:
            raise CommandError(f"Nothing could be written to {to}: {error.strerror}.") from error
        for of_class in class_totals(rows):
            self.stdout.write(f"{of_class.label:<28}{euro(of_class.amount):>14}")
        self.stdout.write(f"{len(rows)} rows in {path}")
        if timezone.now() < billable_from(chosen):
            self.stderr.write("The month is not over: the file is not complete.")
