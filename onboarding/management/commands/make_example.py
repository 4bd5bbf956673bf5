"""`manage.py make_example`: the example portal, made once and opened; `--pause` closes it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from onboarding import example


class Command(BaseCommand):
    help = "Makes the example portal, in which visitors look around without an account, or opens it again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--pause", action="store_true", help="close it for now")

    def handle(self, *, pause: bool, **options: Any) -> None:
        if pause:
            example.pause_example()
            self.stdout.write("The example is closed.")
            return
        try:
            portal = example.ensure_example(now=timezone.now())
        except example.AddressInUse as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The example is open at {portal.url}")
