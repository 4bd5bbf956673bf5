"""The way of a feed through the back office: handed over, read, confirmed, imported; and what is kept of it.

The file that is imported is the one that was read, compared anew at that moment. It is thrown away at the end, or when
nobody confirms it; who, when, the numbers and the refused rows stay.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from catalog.feed_faults import UnreadableFeed
from catalog.feed_import import FeedBusy, Report, check_feed, import_feed
from catalog.feed_models import FeedRun, FeedState
from catalog.fetch import CannotFetch, fetch
from thuiswerk.lib.nudge import nudge

MOST_BYTES = 512 * 1024 * 1024
SECONDS = 120
CONFIRM_WITHIN = dt.timedelta(days=7)


class NothingToConfirm(Exception):
    """The feed was not read yet, was refused, or was imported before."""


def hand_over(*, source: str, file: "File[bytes] | None", is_full: bool, actor: User, now: dt.datetime) -> FeedRun:
    """Keep a feed to be read by a task; without `file` the `source` is the address that it is fetched from."""
    run = FeedRun(source=source[:500], is_full=is_full, actor=actor, created_at=now)
    if file is not None:
        run.file.save("feed", file, save=False)
    run.save()
    _nudge_workers()
    return run


def confirm(run: FeedRun) -> None:
    """Have a task import a feed that was read. Refuses NothingToConfirm."""
    if not FeedRun.objects.filter(pk=run.pk, state=FeedState.CHECKED).update(state=FeedState.CONFIRMED):
        raise NothingToConfirm(_("This feed cannot be imported any more."))
    _nudge_workers()


def lapse_unconfirmed(now: dt.datetime) -> int:
    """Give up feeds that nobody confirmed, and throw their files away. Returns how many."""
    late = FeedRun.objects.filter(state=FeedState.CHECKED, created_at__lt=now - CONFIRM_WITHIN)
    lapsed = late.update(state=FeedState.LAPSED, finished_at=now)
    for run in FeedRun.objects.filter(state=FeedState.LAPSED).exclude(file=""):
        run.file.delete()
    return lapsed


def work_on(run: FeedRun, *, now: dt.datetime) -> None:
    """Read a feed that waits, or import one that was confirmed; it stays as it is while another one is imported."""
    with override(run.actor.language if run.actor else None):
        if not run.file:
            _fetch_file(run, now)
        if run.file:
            with run.file.open("rb") as file:
                process(run, cast("BinaryIO", file), now=now)
    if run.state in {FeedState.IMPORTED, FeedState.REFUSED} and run.file:
        run.file.delete()


def process(run: FeedRun, file: BinaryIO, *, now: dt.datetime) -> None:
    """Check or import `file`, and keep in `run` what came of it."""
    confirmed = run.state == FeedState.CONFIRMED
    work: Callable[..., Report] = import_feed if confirmed else check_feed
    try:
        report = work(file, is_full=run.is_full, now=now)
    except UnreadableFeed as refusal:
        _refuse(run, str(refusal), now)
    except FeedBusy:
        return
    else:
        for field in dataclasses.fields(report):
            setattr(run, field.name, getattr(report, field.name))
        run.state = FeedState.IMPORTED if confirmed else FeedState.CHECKED
        run.finished_at = now if confirmed else None
        run.save()


def fetch_feed(address: str, into: BinaryIO) -> None:
    """Fetch a feed from an address of the allow-list, ready to be read. Refuses CannotFetch."""
    fetch(address, into, most_bytes=MOST_BYTES, seconds=SECONDS)
    into.seek(0)


def _fetch_file(run: FeedRun, now: dt.datetime) -> None:
    try:
        with TemporaryFile() as file:
            fetch_feed(run.source, file)
            run.file.save("feed", File(file))
    except CannotFetch as refusal:
        _refuse(run, str(refusal), now)


def _refuse(run: FeedRun, problem: str, now: dt.datetime) -> None:
    run.state, run.problem, run.finished_at = FeedState.REFUSED, problem, now
    run.save()


def _nudge_workers() -> None:
    from catalog.tasks import work_on_feeds

    nudge(work_on_feeds)
