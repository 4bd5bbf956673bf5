"""Imports a product feed in the format of Google Merchant."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import feed_runs
from catalog.feed_changes import Change
from catalog.feed_faults import UnreadableFeed
from catalog.feed_import import FeedBusy, Report, check_feed
from catalog.feed_models import FeedRun, FeedState
from catalog.fetch import CannotFetch
from thuiswerk.lib.money import euro


class Command(BaseCommand):
    help = "Import a product feed in the format of Google Merchant: XML or TSV, a file or an address of FEED_HOSTS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FILE|URL")
        parser.add_argument(
            "--full", action="store_true", help="switch off what earlier feeds had and this one has not"
        )
        parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with _opened(options["source"]) as file:
                told = (_check if options["dry_run"] else _import)(file, options["source"], options["full"])
        except (UnreadableFeed, FeedBusy, CannotFetch, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell_rows(told, with_changes=options["dry_run"])
        names = ("new", "changed", "same", "refused", "switched_off")
        self.stdout.write(", ".join(f"{getattr(told, name)} {name.replace('_', ' ')}" for name in names))

    def _tell_rows(self, told: Report | FeedRun, *, with_changes: bool) -> None:
        """What was refused and what deserves a look; with the changes of a dry run."""
        for number, sku, text in [*told.refusals, *told.notices]:
            self.stderr.write(f"{number} {sku}: {text}")
        for change in (Change(*row) for row in told.changes):
            if change.is_steep:
                warning = _("Is this price right? It was %(before)s and becomes %(after)s.")
                before, after = (euro(price) for price in change.prices)
                self.stderr.write(f"{change.number} {change.sku}: {warning % {'before': before, 'after': after}}")
            if with_changes:
                price = [f"{change.before} -> {change.after}"] if change.is_repriced else []
                self.stdout.write(f"{change.number} {change.sku}: {', '.join([*price, *change.columns])}")
        if with_changes and (more := told.changed - len(told.changes)):
            self.stdout.write(f"... {more} more changed")


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if "://" in source:
        with TemporaryFile() as file:
            feed_runs.fetch_feed(source, file)
            yield file
    else:
        with Path(source).open("rb") as file:
            yield file


def _check(file: BinaryIO, source: str, is_full: bool) -> Report:
    return check_feed(file, is_full=is_full, now=timezone.now())


def _import(file: BinaryIO, source: str, is_full: bool) -> FeedRun:
    now = timezone.now()
    run = FeedRun(source=source[:500], is_full=is_full, state=FeedState.CONFIRMED, created_at=now)
    feed_runs.process(run, file, now=now)
    if run.state == FeedState.REFUSED:
        raise UnreadableFeed(run.problem)
    if run.state == FeedState.CONFIRMED:
        raise FeedBusy("Another feed is being imported at this moment.")
    return run
