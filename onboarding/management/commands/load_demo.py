"""`manage.py load_demo`: the demo world, made once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from onboarding.demo.world import load_demo_world


class Command(BaseCommand):
    help = "Makes the demo world: a catalogue, four companies, three months of orders and their invoices."

    def handle(self, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("This installation is no demo. Set DEMO=1 for one.")
        made = load_demo_world(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write("The demo world is ready." if made else "The demo world was there already.")
