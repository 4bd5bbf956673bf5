"""Scheduled jobs: how the last run of each went, and the runs that are worth remembering."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JobResult(models.TextChoices):
    """How far a run came."""

    WAITING = "waiting", _("asked for")
    RUNNING = "running", _("running")
    OK = "ok", _("went well")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


class Job(models.Model):
    """The last run of a scheduled job. One that runs every few minutes is written when it ends only."""

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    result = models.CharField(_("result"), max_length=10, choices=JobResult, default=JobResult.RUNNING)
    error = models.CharField(_("error"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(_("failed in a row"), default=0)
    succeeded_at = models.DateTimeField(_("last went well"), null=True)
    done = models.PositiveIntegerField(_("done"), default=0, help_text=_("How much it did when it last did something."))
    done_at = models.DateTimeField(_("last did something"), null=True)
    is_late = models.BooleanField(_("late"), default=False, help_text=_("It was overdue by days then."))

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")

    def __str__(self) -> str:
        return self.name

    def result_at(self, now: dt.datetime) -> JobResult | None:
        """The result as it is at `now`: what runs longer than any task may was killed. None: it never ran."""
        if self.started_at is None:
            return None
        if self.result == JobResult.RUNNING:
            limit = dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
            return JobResult.RUNNING if now - self.started_at <= limit else JobResult.STOPPED
        return JobResult(self.result)


class JobRun(models.Model):
    """A run that failed, that somebody asked for, or in which a job that runs seldom did something."""

    name = models.CharField(_("job"), max_length=60)
    created_at = models.DateTimeField(_("time"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("asked by"),
    )
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=JobResult)
    error = models.CharField(_("error"), max_length=300, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    is_late = models.BooleanField(_("late"), default=False)

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name
