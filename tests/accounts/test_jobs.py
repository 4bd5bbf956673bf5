"""Scheduled jobs: what is written down of a run, and what the back office shows of it."""

import datetime as dt
from importlib import import_module

import pytest
import time_machine
from celery import Celery, current_app
from celery.exceptions import OperationalError, SoftTimeLimitExceeded
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import (
    jobs,
    tasks,  # noqa: F401 - listens to the worker
)
from accounts.models import Job, JobRun
from tests.accounts.conftest import Browser
from tests.world import NOW, make_colleague
from thuiswerk.lib.periods import AMSTERDAM

pytestmark = pytest.mark.django_db
OFTEN, SELDOM = "send-waiting-mail", "expire-credit"


@Celery("of these tests", set_as_current=False).task(shared=False)
def work(returned=None, error=None):
    """Stands for any job; it takes two seconds."""
    CLOCK.shift(2)
    if error:
        raise error
    return returned


@pytest.fixture(autouse=True)
def clock():
    global CLOCK
    with time_machine.travel(NOW, tick=False) as CLOCK:
        yield CLOCK


def run(name, returned=None, error=None, **headers):
    """Let a worker do `work` as the job `name`."""
    work.apply(kwargs={"returned": returned, "error": error}, headers={"job": name, **headers})


def kept():
    return list(JobRun.objects.order_by("pk").values_list("name", "result", "done", "error"))


@pytest.mark.parametrize("name", [OFTEN, SELDOM])
def test_run_that_goes_well_is_written_down(name):
    run(name)

    job = Job.objects.get()
    assert (job.name, job.result, job.failures) == (name, "ok", 0)
    assert (job.started_at, job.ended_at, job.succeeded_at) == (NOW, NOW + dt.timedelta(seconds=2), job.ended_at)
    assert (job.done, job.done_at, kept()) == (0, None, [])


def test_task_that_is_no_job_leaves_no_trace():
    work.apply()
    run("no-such-job")

    assert not Job.objects.exists()


def test_failures_are_counted_until_it_goes_well_again():
    for error in (ValueError("first\nsecond line"), ValueError("no\0thing")):
        run(SELDOM, error=error)
    failed = Job.objects.get()
    run(SELDOM)
    well = Job.objects.get()

    assert (failed.result, failed.failures, failed.error, failed.succeeded_at) == (
        "failed",
        2,
        "ValueError: nothing",
        None,
    )
    assert (well.result, well.failures, well.error) == ("ok", 0, "")
    assert kept() == [(SELDOM, "failed", 0, "ValueError: first"), (SELDOM, "failed", 0, "ValueError: nothing")]


def test_job_that_runs_often_keeps_the_first_failure_of_a_row():
    for error in (ValueError("1"), ValueError("2"), None, ValueError("3")):
        run(OFTEN, error=error)

    assert kept() == [(OFTEN, "failed", 0, "ValueError: 1"), (OFTEN, "failed", 0, "ValueError: 3")]


def test_what_a_job_did_is_remembered_when_it_next_does_nothing(clock):
    run(SELDOM, returned=3)
    done_at = Job.objects.get().done_at
    clock.shift(3600)
    run(SELDOM, returned=0)

    job = Job.objects.get()
    assert (job.done, job.done_at, job.is_late) == (3, done_at, False)
    assert kept() == [(SELDOM, "ok", 3, "")]


def test_what_a_job_that_runs_often_did_leaves_no_row_of_its_own():
    run(OFTEN, returned=3)

    assert (Job.objects.get().done, kept()) == (3, [])


def test_what_was_done_late_says_so():
    run(SELDOM, returned=jobs.CaughtUp(2))

    assert (Job.objects.get().is_late, JobRun.objects.get().is_late) == (True, True)


def test_job_that_runs_too_long_is_stopped():
    run(SELDOM, error=SoftTimeLimitExceeded())

    assert (Job.objects.get().result, Job.objects.get().failures) == ("stopped", 1)


def test_job_that_was_killed_is_stopped_once_it_cannot_be_running_any_more():
    jobs.begin(jobs.Run(SELDOM, NOW))
    job = Job.objects.get()

    limit = dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    assert [job.result_at(NOW + limit), job.result_at(NOW + limit + dt.timedelta(seconds=1))] == ["running", "stopped"]


def test_job_that_runs_often_costs_one_statement(django_assert_num_queries):
    run(OFTEN)

    with django_assert_num_queries(1):
        run(OFTEN, returned=5)


@pytest.mark.parametrize(
    ("name", "last", "due"),
    [
        ("send-waiting-mail", "2026-11-16 09:30:00", "2026-11-16 09:30:30"),
        ("finish-invoices", "2026-11-16 09:31:00", "2026-11-16 09:45:00"),
        ("expire-credit", "2026-11-16 00:10:00", "2026-11-17 00:10:00"),
        ("forget-what-is-over", "2026-10-24 03:20:00", "2026-10-25 03:20:00"),  # the clocks go back
    ],
)
def test_next_run_follows_from_the_schedule(name, last, due):
    assert jobs.next_after(name, in_amsterdam(last)) == in_amsterdam(due)


def in_amsterdam(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(("minutes", "overdue"), [(5, False), (6, True)])
def test_job_is_overdue_when_it_should_have_run_minutes_ago(minutes, overdue):
    job = Job(name="send-refunds", started_at=NOW - dt.timedelta(minutes=minutes, seconds=30))

    assert jobs.is_overdue(job, NOW) is overdue


def test_job_that_never_ran_is_overdue_where_it_runs_often():
    assert [jobs.is_overdue(Job(name=name), NOW) for name in (OFTEN, SELDOM)] == [True, False]


# In the back office


@pytest.fixture
def sent(monkeypatch):
    """What is put in the queue."""
    messages = []
    monkeypatch.setattr(current_app, "send_task", lambda name, headers: messages.append((name, headers)))
    return messages


@pytest.fixture
def office(db, settings):
    """Logs a colleague in, by role."""
    settings.DEMO = True

    def open_as(role):
        browser = Browser("localhost")
        browser.user = make_colleague(f"{role}@operator.example", role, role=role)
        import_module("onboarding.migrations.0010_let_staff_see_scheduled_jobs").give(apps, None)
        browser.force_login(browser.user)
        return browser

    return open_as


def ask(browser, name=SELDOM):
    return browser.post(f"/admin/accounts/job/{name}/run/", follow=True)


def test_asked_run_is_queued_and_remembers_who_asked(office, sent):
    browser = office("administrator")

    page = ask(browser)

    asked = JobRun.objects.get()
    assert (asked.name, asked.result, asked.asked_by) == (SELDOM, "waiting", browser.user)
    assert sent == [("billing.tasks.expire_credit", {"job": SELDOM, "job_run": asked.pk})]
    assert "“Tegoed beëindigen” start zodra er een worker vrij is." in page.text
    run(SELDOM, job_run=asked.pk)
    asked.refresh_from_db()
    assert (asked.result, asked.started_at, JobRun.objects.count()) == ("ok", NOW, 1)


def test_asked_run_is_refused_while_the_queue_is_away(office, monkeypatch):
    def refuse(name, headers):
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", refuse)

    page = ask(office("administrator"))

    assert "de wachtrij antwoordt niet" in page.text
    assert not JobRun.objects.exists()


@pytest.mark.parametrize(
    ("role", "sees"), [("administrator", 200), ("finance", 200), ("coordinator", 403), ("customer_service", 403)]
)
def test_jobs_are_seen_by_who_keeps_the_installation_and_by_finance(office, role, sees):
    browser = office(role)

    codes = [browser.get(f"/admin/accounts/{page}/").status_code for page in ("job", "jobrun")]

    assert codes == [sees, sees]


@pytest.mark.parametrize("role", ["finance", "coordinator", "customer_service"])
def test_only_administrators_run_a_job(office, sent, role):
    assert ask(office(role)).status_code == 403
    assert (sent, JobRun.objects.exists()) == ([], False)


def test_job_is_run_by_a_post_and_by_its_name(office, sent):
    browser = office("administrator")

    codes = [browser.get(f"/admin/accounts/job/{SELDOM}/run/").status_code, ask(browser, "no-such-job").status_code]

    assert (codes, sent) == ([405, 404], [])


def test_page_says_of_every_job_how_it_went(office):
    browser = office("administrator")
    run("invoice-last-month", returned=jobs.CaughtUp(2))
    run(OFTEN)
    for _time in range(2):
        run(SELDOM, error=ValueError("it broke"))

    page = browser.get("/admin/accounts/job/")
    rows = {line.job.name: line for line in page.context["lines"]}

    assert list(rows) == list(settings.CELERY_BEAT_SCHEDULE)
    assert [rows[name].result_label for name in (OFTEN, SELDOM, "finish-invoices")] == [
        "goed gegaan",
        "2 keer achter elkaar mislukt",
        "nog niet uitgevoerd",
    ]
    assert "ValueError: it broke" in page.text
    assert "te laat ingehaald op 16 november" in page.text
    assert not page.context["nothing_runs"]


def test_page_says_that_nothing_runs(office, clock):
    for name in settings.CELERY_BEAT_SCHEDULE:
        run(name)
    clock.shift(400)

    page = office("administrator").get("/admin/accounts/job/")

    assert page.context["nothing_runs"]
    assert "Er loopt niets" in page.text
    assert {line.is_overdue for line in page.context["lines"] if jobs.is_often(line.job.name)} == {True}


def test_page_says_when_in_words(office, clock):
    run(SELDOM)
    run(OFTEN)

    just = {line.job.name: line for line in office("finance").get("/admin/accounts/job/").context["lines"]}
    clock.shift(3600)
    later = {line.job.name: line for line in office("administrator").get("/admin/accounts/job/").context["lines"]}

    assert [(just[name].ago, just[name].ahead) for name in (OFTEN, SELDOM, "follow-refunds")] == [
        ("net", "zo meteen"),
        ("net", "over 14\xa0uur"),
        ("", "over 18\xa0uur"),
    ]
    assert (later[OFTEN].ago, later[OFTEN].ahead) == ("1\xa0uur geleden", "zo meteen")


def test_earlier_runs_say_what_was_done_and_late(office):
    run("invoice-last-month", returned=jobs.CaughtUp(2))
    run(SELDOM, returned=5)
    browser = office("finance")

    page = browser.get("/admin/accounts/jobrun/")
    one = browser.get("/admin/accounts/jobrun/?name=expire-credit")

    assert "2, te laat" in page.text
    assert [run.name for run in one.context["cl"].result_list] == [SELDOM]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("send-waiting-mail", "elke 30 seconden"),
        ("send-refunds", "elke minuut"),
        ("finish-invoices", "elke 15 minuten"),
        ("invoice-last-month", "dagelijks om 06:00"),
    ],
)
def test_page_says_how_often_a_job_runs(office, name, words):
    page = office("finance").get("/admin/accounts/job/")

    assert {line.job.name: line.interval for line in page.context["lines"]}[name] == words
    assert "Nu uitvoeren" not in page.text


def test_page_asks_the_database_the_same_for_any_number_of_jobs(office):
    browser = office("administrator")
    browser.get("/admin/accounts/job/")
    counts = []
    for name in (OFTEN, SELDOM, "send-refunds"):
        run(name)
        with CaptureQueriesContext(connection) as asked:
            browser.get("/admin/accounts/job/")
        counts.append(len(asked))

    assert len(set(counts)) == 1
