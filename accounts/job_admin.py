"""Scheduled jobs in the back office: whether they ran, when they run again, and one that is asked for now."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from celery.schedules import crontab
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import jobs
from accounts.job_models import Job, JobResult, JobRun
from accounts.models import User
from thuiswerk.schedule import JOBS

# The colours of the admin's theme for a state.
TONES = {
    JobResult.OK: "phase--live",
    JobResult.RUNNING: "",
    JobResult.FAILED: "phase--ended",
    JobResult.STOPPED: "phase--ended",
    None: "",
}


@dataclass(frozen=True)
class JobLine:
    """What the page says of one job at `now`."""

    job: Job
    now: dt.datetime
    is_asked_for: bool

    @property
    def title(self) -> str:
        return str(JOBS[self.job.name].title)

    @property
    def interval(self) -> str:
        """When it runs, in words."""
        schedule = JOBS[self.job.name].schedule
        if not isinstance(schedule, crontab):
            return _every(int(schedule))
        hours: set[int] = schedule.hour  # type: ignore[attr-defined]
        minutes: set[int] = schedule.minute  # type: ignore[attr-defined]
        if len(hours) == 1:
            return _("daily at %(time)s") % {"time": f"{min(hours):02d}:{min(minutes):02d}"}
        return _every(3600 // len(minutes))

    @property
    def result(self) -> JobResult | None:
        return self.job.result_at(self.now)

    @property
    def result_label(self) -> str:
        """The result in words, with how often it failed in a row."""
        if self.result is None:
            return _("not run yet")
        if self.result == JobResult.FAILED and self.job.failures > 1:
            return _("failed %(count)d times in a row") % {"count": self.job.failures}
        return str(self.result.label)

    @property
    def tone(self) -> str:
        return TONES[self.result]

    @property
    def error(self) -> str:
        """Why the last run failed; an error that is over is not told."""
        return self.job.error if self.result == JobResult.FAILED else ""

    @property
    def seconds(self) -> float | None:
        """How long the last run took; None while it runs."""
        if not (self.job.started_at and self.job.ended_at):
            return None
        return (self.job.ended_at - self.job.started_at).total_seconds()

    @property
    def ago(self) -> str:
        """How long ago the last run began; empty where there was none."""
        if self.job.started_at is None:
            return ""
        if self.now - self.job.started_at < dt.timedelta(minutes=1):
            return _("just now")
        return _("%(time)s ago") % {"time": timesince(self.job.started_at, self.now, depth=1)}

    @property
    def next_at(self) -> dt.datetime:
        return jobs.next_after(self.job.name, self.job.started_at or self.now)

    @property
    def ahead(self) -> str:
        """How long it takes to the next run."""
        if self.next_at - self.now < dt.timedelta(minutes=1):
            return _("any moment")
        return _("in %(time)s") % {"time": timeuntil(self.next_at, self.now, depth=1)}

    @property
    def is_overdue(self) -> bool:
        return jobs.is_overdue(self.job, self.now)


def _every(seconds: int) -> str:
    if seconds < 60:
        return _("every %(count)d seconds") % {"count": seconds}
    return ngettext("every minute", "every %(count)d minutes", seconds // 60) % {"count": seconds // 60}


def lines(now: dt.datetime) -> list[JobLine]:
    """Every job of the schedule; two statements."""
    known = Job.objects.in_bulk()
    waiting = JobRun.objects.filter(result=JobResult.WAITING, created_at__gt=now - jobs.PATIENCE)
    asked_for = set(waiting.values_list("name", flat=True))
    return [JobLine(known.get(name) or Job(name=name), now, name in asked_for) for name in JOBS]


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One page of all jobs; to change a job is to run it now."""

    list_display = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="accounts_job_changelist"),
            path("<slug:name>/run/", wrap(self.run_now), name="accounts_job_run"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        all_jobs = lines(timezone.now())
        context = self.admin_site.each_context(request) | {
            "title": _("Scheduled jobs"),
            "opts": self.opts,
            "lines": all_jobs,
            "nothing_runs": all(line.is_overdue for line in all_jobs if jobs.is_often(line.job.name)),
            "may_run": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/accounts/job/list.html", context)

    def run_now(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask for a run, and note who did."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if name not in JOBS:
            raise Http404
        said = {"job": JOBS[name].title}
        try:
            jobs.ask(name, actor=cast("User", request.user), now=timezone.now())
        except jobs.BrokerAway:
            messages.error(request, _("“%(job)s” cannot be started: the queue does not answer.") % said)
        else:
            messages.success(request, _("“%(job)s” starts as soon as a worker is free.") % said)
        return redirect("admin:accounts_job_changelist")


class JobFilter(admin.SimpleListFilter):
    """The jobs, by what people call them."""

    title = gettext_lazy("job")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(job.title)) for name, job in JOBS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> QuerySet[JobRun]:
        return queryset.filter(name=self.value()) if self.value() else queryset


@admin.register(JobRun)
class JobRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The runs that are worth looking back at."""

    list_display = ("created_at", "job", "outcome", "did", "error", "asked_by")
    list_filter = ("result", JobFilter)
    fields = ("created_at", "job", "outcome", "did", "error", "asked_by", "started_at", "ended_at")
    list_select_related = ("asked_by",)

    @admin.display(description=gettext_lazy("job"), ordering="name")
    def job(self, run: JobRun) -> str:
        return str(JOBS[run.name].title) if run.name in JOBS else run.name

    @admin.display(description=gettext_lazy("result"), ordering="result")
    def outcome(self, run: JobRun) -> str:
        return str(JobResult(run.result).label)

    @admin.display(description=gettext_lazy("done"), ordering="done")
    def did(self, run: JobRun) -> str:
        return _("%(count)d, late") % {"count": run.done} if run.is_late else str(run.done or "–")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False
