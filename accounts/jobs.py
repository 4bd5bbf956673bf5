"""The scheduled jobs: how their last run went, when the next is due, and how a person has one run now.

Invariants: only what beat or a person started counts as a run, not the same task after a nudge. A job that runs every
few minutes costs one write a run. A run is kept, for `KEPT`, where it failed, was asked for, or did something; of a job
that runs every few minutes only the first of the failures in a row is, and what was asked for.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from celery import current_app
from celery.exceptions import OperationalError, SoftTimeLimitExceeded
from celery.schedules import crontab
from celery.states import SUCCESS
from django.db.models import F

from accounts.job_models import Job, JobResult, JobRun
from accounts.models import User
from thuiswerk.schedule import HEADER, JOBS

RUN_HEADER = "job_run"
OFTEN = 5 * 60  # seconds
KEPT = dt.timedelta(days=90)
PATIENCE = dt.timedelta(minutes=5)


class BrokerAway(Exception):
    """The queue does not take the job now."""


class CaughtUp(int):
    """What a job returns that did days too late what it was for: how much it did."""


@dataclass(frozen=True)
class Run:
    """A run of a job under way; `pk` is its row where it was asked for."""

    name: str
    started_at: dt.datetime
    pk: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a run: `done` is how much it did."""

    result: JobResult
    done: int = 0
    is_late: bool = False
    error: str = ""


def run_of(headers: Mapping[str, object] | None, *, now: dt.datetime) -> Run | None:
    """The run that a message with `headers` starts at `now`; None for a task that is no scheduled job."""
    name, pk = (headers or {}).get(HEADER), (headers or {}).get(RUN_HEADER)
    return Run(str(name), now, pk if isinstance(pk, int) else None) if name in JOBS else None


def begin(run: Run) -> None:
    """Write that a run began, where that is worth a write."""
    if run.pk:
        JobRun.objects.filter(pk=run.pk).update(started_at=run.started_at, result=JobResult.RUNNING)
    if not is_often(run.name):
        _write(run.name, started_at=run.started_at, ended_at=None, result=JobResult.RUNNING)


def finish(run: Run, outcome: Outcome, *, now: dt.datetime) -> None:
    """Write what came of a run, and keep the run where it is worth it."""
    last: dict[str, object] = {"failures": F("failures") + 1}
    if outcome.result == JobResult.OK:
        last = {"failures": 0, "succeeded_at": now}
    if outcome.done:
        last |= {"done": outcome.done, "done_at": now, "is_late": outcome.is_late}
    _write(run.name, started_at=run.started_at, ended_at=now, result=outcome.result, error=outcome.error, **last)
    if run.pk or _is_worth_keeping(run, outcome):
        _keep(run, outcome, now)


def outcome_of(state: str, returned: object) -> Outcome:
    """What came of a task, by its state and by what it returned or raised."""
    if state == SUCCESS:
        done = returned if isinstance(returned, int) else 0
        return Outcome(JobResult.OK, done=done, is_late=isinstance(returned, CaughtUp))
    result = JobResult.STOPPED if isinstance(returned, SoftTimeLimitExceeded) else JobResult.FAILED
    text = f"{type(returned).__name__}: {returned}".replace("\0", "")
    return Outcome(result, error=text.splitlines()[0][:300])


def ask(name: str, *, actor: User, now: dt.datetime) -> JobRun:
    """Have the job `name` run now; every job may be run twice. Refuses BrokerAway."""
    run = JobRun.objects.create(name=name, created_at=now, asked_by=actor, result=JobResult.WAITING)
    try:
        current_app.send_task(JOBS[name].task, headers={HEADER: name, RUN_HEADER: run.pk})
    except (OperationalError, OSError) as error:
        run.delete()
        raise BrokerAway from error
    return run


def is_often(name: str) -> bool:
    """Whether the job `name` runs every few minutes."""
    schedule = JOBS[name].schedule
    return isinstance(schedule, float) and schedule < OFTEN


def next_after(name: str, moment: dt.datetime) -> dt.datetime:
    """When the job `name` is due that last ran at `moment`."""
    schedule = JOBS[name].schedule
    if isinstance(schedule, crontab):
        local, delta, _now = schedule.remaining_delta(moment)
        due: dt.datetime = local + delta
        return due
    return moment + dt.timedelta(seconds=schedule)


def is_overdue(job: Job, now: dt.datetime) -> bool:
    """Whether `job` should have run, but beat or the worker did not. One that runs every few minutes must have run."""
    if job.started_at is None:
        return is_often(job.name)
    return next_after(job.name, job.started_at) + PATIENCE < now


def last_successes() -> dict[str, dt.datetime]:
    """When each job last went well; those that never did are left out."""
    jobs = Job.objects.filter(pk__in=JOBS)
    return {job.name: job.succeeded_at for job in jobs if job.succeeded_at}


def forget_old(*, now: dt.datetime) -> None:
    """Delete old runs, and the jobs that are not in the schedule any more."""
    JobRun.objects.filter(created_at__lt=now - KEPT).delete()
    Job.objects.exclude(pk__in=JOBS).delete()


def _write(name: str, **fields: object) -> None:
    """One statement; three the first time."""
    job = Job.objects.filter(pk=name)
    if not job.update(**fields):
        Job.objects.bulk_create([Job(name=name)], ignore_conflicts=True)
        job.update(**fields)


def _is_worth_keeping(run: Run, outcome: Outcome) -> bool:
    if outcome.result == JobResult.OK:
        return outcome.done > 0 and not is_often(run.name)
    return not is_often(run.name) or Job.objects.filter(pk=run.name, failures=1).exists()


def _keep(run: Run, outcome: Outcome, now: dt.datetime) -> None:
    came_of_it = {"started_at": run.started_at, "ended_at": now, **asdict(outcome)}
    if run.pk:
        JobRun.objects.filter(pk=run.pk).update(**came_of_it)
    else:
        JobRun.objects.create(name=run.name, created_at=run.started_at, **came_of_it)
