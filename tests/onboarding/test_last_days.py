"""Who has credit left is told before the end: each once per step and last day, at whatever times the job runs."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import outbox
from accounts.models import Mail
from billing import ledger
from onboarding import last_days, period, roster
from portals.models import Portal, PortalState
from tests.world import build_world, make_grant, make_membership
from thuiswerk.lib.periods import start_of_day

DAY = dt.timedelta(days=1)
LAST = dt.date(2027, 1, 31)  # of acme and globex


def at(days_left, hour=9):
    """So many days before the last day."""
    return start_of_day(LAST - days_left * DAY) + dt.timedelta(hours=hour)


def told(prefix="last-days:"):
    return list(Mail.objects.filter(key__startswith=prefix).order_by("pk").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("days_left", "step"),
    [(15, None), (14, 14), (9, 14), (4, 14), (3, 3), (1, 3), (0, 3), (-1, None)],
)
def test_step_lasts_until_the_next_one_or_the_end(days_left, step):
    assert last_days.step_on(days_left) == step


@pytest.mark.parametrize(("days_left", "people"), [(15, 0), (14, 2), (4, 2), (3, 2), (0, 2), (-1, 0)])
def test_who_has_credit_is_told_in_its_days(world, days_left, people):
    last_days.remind(now=at(days_left))

    assert len(told()) == people


def test_mail_says_how_much_is_left_until_when_and_where(world):
    ledger.spend(world.bob, amount=Decimal("49.50"), order_number="TW26-1", now=at(40))

    last_days.remind(now=at(14))

    mail = Mail.objects.get(to="bob@acme.example")
    text = mail.text.replace("\N{NO-BREAK SPACE}", " ")
    assert mail.subject.replace("\N{NO-BREAK SPACE}", " ") == "Je hebt nog € 200,50, tot en met 31 januari"
    assert (
        "Je hebt nog € 200,50 tegoed in Acme Thuiswerkwinkel. Je kunt het besteden tot en met 31 januari 2027" in text
    )
    assert world.acme.url in text


def test_who_spent_all_or_left_is_not_told_and_who_never_came_is(world):
    ledger.spend(world.bob, amount=Decimal("250.00"), order_number="TW26-1", now=at(40))
    make_grant(make_membership(world.acme, "new@acme.example", password=None, first_seen_at=None))
    leaver = make_membership(world.acme, "left@acme.example")
    make_grant(leaver)
    roster.disable(leaver, now=at(40), actor=None)

    last_days.remind(now=at(14))

    assert told() == ["new@acme.example", "charlie@globex.example"]


def test_credit_that_ends_before_the_portal_is_told_with_its_own_day(world):
    make_grant(world.bob, "10.00", valid_until=LAST - 5 * DAY)

    last_days.remind(now=at(14))

    assert "26 januari 2027" in Mail.objects.get(to="bob@acme.example").text


@pytest.mark.parametrize("state", [PortalState.BUILD, PortalState.PAUSED, PortalState.CLOSED])
def test_portal_that_is_not_open_tells_nobody_and_makes_up_for_it(world, state):
    Portal.objects.filter(pk=world.globex.pk).update(state=PortalState.CLOSED)
    Portal.objects.filter(pk=world.acme.pk).update(state=state)

    before = last_days.remind(now=at(14))
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.READY)
    last_days.remind(now=at(10))

    assert (before, told()) == (0, ["bob@acme.example"])


def test_contacts_of_the_company_are_told_how_many_and_no_names(world):
    last_days.remind(now=at(3))

    mail = Mail.objects.get(key__startswith="last-days-company:", to="alice@acme.example")
    text = mail.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 medewerker heeft nog € 250,00 tegoed." in text
    assert "Bob" not in mail.text + mail.html
    # Globex has nobody in its portal who is a contact.
    assert told("last-days-company:") == ["alice@acme.example", "facturen@globex.example"]


def test_company_without_credit_left_is_not_written_to(world):
    ledger.spend(world.bob, amount=Decimal("250.00"), order_number="TW26-1", now=at(40))

    last_days.remind(now=at(14))

    assert told("last-days-company:") == ["facturen@globex.example"]


def test_another_last_day_tells_anew(world):
    counts = []
    for days_left in (14, 3):
        last_days.remind(now=at(days_left))
    period.extend(world.acme, until=LAST + 30 * DAY, reason="x", now=at(2), actor=world.coordinator)
    for days_left in (2, -16, -27):
        last_days.remind(now=at(days_left))
        counts.append(told().count("bob@acme.example"))

    assert counts == [2, 3, 4]


runs = st.lists(st.integers(min_value=-48, max_value=24 * 17), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours_left=runs, killed=st.integers(min_value=0, max_value=5))
def test_whenever_the_job_runs_nobody_is_told_twice_or_left_out(world, monkeypatch, hours_left, killed):
    """Also where the first run is killed after so many mails."""
    Mail.objects.all().delete()
    queue, queued = outbox.queue, [0]

    def dies(*args, **kwargs):
        if queued[0] == killed:
            queued[0] += 1
            raise KeyboardInterrupt
        queued[0] += 1
        queue(*args, **kwargs)

    monkeypatch.setattr(outbox, "queue", dies)
    moments = sorted(start_of_day(LAST + DAY) - dt.timedelta(hours=hours) for hours in hours_left)
    steps = set()
    for moment in [*moments, *moments]:  # a clock that goes back, and every run twice
        for _attempt in range(2):
            try:
                last_days.remind(now=moment)
            except KeyboardInterrupt:
                continue
        steps |= {last_days.step_on((LAST - moment.date()).days)} - {None}

    readers = {"alice@acme.example", "bob@acme.example", "charlie@globex.example", "facturen@globex.example"}
    for step in last_days.STEPS:
        got = Mail.objects.filter(key__contains=f":{step}:").values_list("to", flat=True)
        assert sorted(got) == (sorted(readers) if step in steps else [])


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_each_person_once():
    world = build_world()
    for number in range(15):
        make_grant(make_membership(world.acme, f"p{number}@acme.example", password=None))

    def run(_worker):
        try:
            return last_days.remind(now=at(14))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))

    assert len(told()) == len(set(told())) == 17
