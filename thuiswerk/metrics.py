"""What Prometheus reads: how long requests take, and what waits to be done. No tenant, no person, no id is in it."""

import datetime as dt
import os
import secrets
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from accounts.jobs import last_successes
from accounts.models import Mail
from billing.models import Invoice
from orders.models import Order, OrderState

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
REQUESTS = Counter("thuiswerk_requests", "Requests answered.", ["view", "method", "status"], registry=None)
SECONDS = Histogram("thuiswerk_request_seconds", "Time to answer a request.", ["view"], registry=None)


class MetricsMiddleware:
    """Counts and times every request by the name of its view; not there where nobody may read the figures."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - start)
        return response


@require_safe
@never_cache
def scrape(request: HttpRequest) -> HttpResponse:
    """The figures, for who sends METRICS_TOKEN as bearer (else 401); without a token in the settings not there."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse("Unauthorized", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(_registry(timezone.now())), content_type=CONTENT_TYPE_LATEST)


def _registry(now: dt.datetime) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Backlog(now))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return registry


class Backlog(Collector):
    """What the database says is still to be done at `now`."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; four statements."""
        mail = Mail.objects.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"))
        age = (self.now - mail["oldest"]).total_seconds() if mail["oldest"] else 0
        overdue = Order.objects.filter(state=OrderState.AWAITING_PAYMENT, pay_before__lte=self.now)
        yield GaugeMetricFamily("thuiswerk_mails_waiting", "Mails that are not sent yet.", mail["count"])
        yield GaugeMetricFamily("thuiswerk_mails_oldest_seconds", "Age of the oldest mail that waits.", age)
        yield GaugeMetricFamily("thuiswerk_orders_overdue", "Unpaid orders past their time.", overdue.count())
        succeeded = GaugeMetricFamily(
            "thuiswerk_job_last_success_timestamp_seconds", "When each job last went well.", labels=["job"]
        )
        for job, moment in last_successes().items():
            succeeded.add_metric([job], moment.timestamp())
        yield succeeded
        undocumented = Invoice.objects.issued().filter(document=None).count()
        yield GaugeMetricFamily("thuiswerk_invoices_without_document", "Invoices whose PDF is due.", undocumented)
