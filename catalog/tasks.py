"""What the catalogue does in the background. Every run finds its work in the database, so a lost run loses nothing."""

import structlog
from celery import shared_task
from django.utils import timezone

from catalog import feed_pictures, feed_prices, feed_runs
from catalog.feed_models import FeedRun, FeedState
from thuiswerk.lib.nudge import nudge

log = structlog.get_logger(__name__)


@shared_task
def work_on_feeds() -> None:
    """Read the feeds that were handed over, and import those that were confirmed."""
    due = FeedRun.objects.filter(state__in=[FeedState.WAITING, FeedState.CONFIRMED]).select_related("actor")
    for run in due.order_by("created_at"):
        try:
            feed_runs.work_on(run, now=timezone.now())
        except Exception:
            log.exception("feed_failed", run=run.pk)


@shared_task
def lapse_unconfirmed_feeds() -> int:
    """Give up feeds that nobody confirmed."""
    if lapsed := feed_runs.lapse_unconfirmed(timezone.now()):
        log.info("feeds_lapsed", number=lapsed)
    return lapsed


@shared_task
def apply_feed_prices() -> int:
    """Start and end the sales that feeds announced."""
    if changed := feed_prices.apply_due(now=timezone.now()):
        log.info("feed_prices_applied", number=changed)
    return changed


@shared_task
def fetch_feed_pictures() -> int:
    """Fetch the pictures of feeds that are due, a few at a time so that other work comes in between."""
    fetched = feed_pictures.fetch_due(now=timezone.now())
    if fetched == feed_pictures.BATCH:
        nudge(fetch_feed_pictures)
    return fetched
