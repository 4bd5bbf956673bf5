"""Imports a product feed in the format of Google Merchant."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog import feed_runs
from catalog.feed_faults import UnreadableFeed
from catalog.feed_import import FeedBusy, Report, check_feed
from catalog.feed_models import FeedRun, FeedState
from catalog.fetch import CannotFetch


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
        for number, sku, reason in told.refusals:
            self.stderr.write(f"{number} {sku}: {reason}")
        names = ("new", "changed", "same", "refused", "switched_off")
        self.stdout.write(", ".join(f"{getattr(told, name)} {name.replace('_', ' ')}" for name in names))


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
