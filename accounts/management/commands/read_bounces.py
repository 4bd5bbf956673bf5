"""`manage.py read_bounces < report.eml`: note what a mail server reports of a mail of ours."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.bounces import note_report, read_report


class Command(BaseCommand):
    """For a mail server that hands each mail to a program; what is no report of a mail of ours is left alone."""

    help = "Reads a delivery status notification and marks the mail that it is about as bounced or delayed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the mail; else standard input")

    def handle(self, *, file: Path | None, **options: Any) -> None:
        try:
            report = read_report(file.read_bytes() if file else sys.stdin.buffer.read())
        except OSError as error:
            raise CommandError(str(error)) from error
        mail = note_report(report, now=timezone.now()) if report else None
        self.stdout.write(f"{mail.to}: {mail.state.value}" if mail else "No report of a mail of ours.")
