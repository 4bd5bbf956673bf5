"""A worker killed with -9 while it opens a portal, writes invitations and mails them: run again, everybody has one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Mail
from onboarding import golive, roster
from onboarding.models import Build, Stage
from portals.models import PortalState
from tests.billing import killing
from tests.onboarding.way import approved
from tests.world import build_world

PEOPLE = 60
JOBS = "from onboarding import tasks; tasks.open_portals(); tasks.send_invitations()"
SLOWLY = """
CREATE FUNCTION slow_mail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$;
CREATE TRIGGER slow AFTER INSERT ON accounts_mail FOR EACH ROW EXECUTE FUNCTION slow_mail();
CREATE TRIGGER slow AFTER INSERT ON onboarding_leadstep FOR EACH ROW EXECUTE FUNCTION slow_mail();
"""
QUICKLY = """
DROP TRIGGER slow ON accounts_mail; DROP TRIGGER slow ON onboarding_leadstep; DROP FUNCTION slow_mail();
"""


@contextmanager
def slow_mails() -> Iterator[None]:
    """Writing a mail takes a moment, so that a kill falls into it."""
    with connection.cursor() as cursor:
        cursor.execute(SLOWLY)
        try:
            yield
        finally:
            cursor.execute(QUICKLY)


def opens_today() -> Build:
    """Initech with 60 people more, which opens today."""
    world, now = build_world(), timezone.now()
    build = approved(world)
    for number in range(PEOPLE):
        roster.add_employee(build.portal, email=f"p{number}@initech.example", amount=10, now=now, actor=None)
    golive.plan(build, timezone.localdate(), now=now, actor=world.coordinator)
    Mail.objects.all().delete()
    return build


@pytest.mark.django_db(transaction=True)
def test_opening_and_invitations_survive_three_kills(tmp_path: Path):
    build = opens_today()
    everybody = {member.user.email for member in build.portal.memberships.select_related("user")}
    invitations = Mail.objects.filter(key__startswith="invitation:")
    with killing.postbox() as postbox, slow_mails():

        def work():
            variables = {"EMAIL_URL": postbox.url, "INVITATIONS_PER_MINUTE": "1000"}
            return killing.worker(tmp_path, "--pool", "solo", jobs=JOBS, **variables)

        with work():
            killing.wait_until(lambda: invitations.count() > 5)
        written = invitations.count()
        with work():
            killing.wait_until(lambda: invitations.count() > 25)
        postbox.is_silent.set()
        with work():
            killing.wait_until(postbox.has_been_silent.is_set)
        postbox.is_silent.clear()
        with work():
            killing.wait_until(lambda: invitations.exclude(sent_at=None).count() == len(everybody))

    build.refresh_from_db()
    build.portal.refresh_from_db()
    received = Counter(postbox.received)
    assert 5 < written < len(everybody) == PEOPLE + 3
    assert sorted(invitations.values_list("to", flat=True)) == sorted(everybody)
    assert set(received) == set(invitations.values_list("message_id", flat=True))
    assert 0 < received.total() - len(everybody) <= 3
    assert build.portal.state == PortalState.READY
    assert build.lead.steps.filter(to_stage=Stage.LIVE).count() == 1
