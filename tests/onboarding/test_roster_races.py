"""Two companies that add the same person at the same instant: the person works for one of them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from onboarding import roster
from onboarding.roster import WorksElsewhere, add_employee
from onboarding.roster_file import read_roster
from onboarding.roster_import import apply_import, keep_list
from portals.models import Membership, Portal
from tests.world import NOW, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20
EMAIL = "sam@werk.example"


@pytest.fixture
def live_world() -> World:
    return build_world()


def add_one(portal: Portal, world: World) -> object:
    return add_employee(portal, email=EMAIL, amount=portal.credit_per_employee, now=NOW, actor=world.coordinator)


def add_list(portal: Portal, world: World) -> int:
    batch = keep_list(
        portal, name="lijst.csv", rows=read_roster(f"email\n{EMAIL}\n".encode()), now=NOW, actor=world.coordinator
    )
    return apply_import(batch, now=NOW, actor=world.coordinator)


def at_once(world: World, act) -> list[object]:
    """What `act` gave or refused, ten times for each of two companies, all together."""
    barrier = Barrier(AT_ONCE)

    def one(portal: Portal) -> object:
        try:
            barrier.wait()
            return act(portal, world)
        except roster.RosterRefusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, [world.acme, world.globex] * (AT_ONCE // 2)))


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("act", [add_one, add_list])
def test_a_person_is_added_by_one_company(live_world: World, act, is_known: bool):
    if is_known:
        User.objects.create_user(EMAIL)

    came_of_it = at_once(live_world, act)

    assert Membership.objects.filter(user__email=EMAIL).count() == 1
    done = [one for one in came_of_it if isinstance(one, Membership) or one == 1]
    assert len(done) == 1
    assert act is add_list or WorksElsewhere in came_of_it


def test_without_the_lock_two_companies_get_the_person(live_world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(roster, "wait_for_other_rosters", lambda: None)
    User.objects.create_user(EMAIL)
    looked = Barrier(2)
    check = roster.check_email

    def check_and_wait(portal: Portal, email: str) -> None:
        check(portal, email)
        looked.wait()

    monkeypatch.setattr(roster, "check_email", check_and_wait)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda portal: _apart(add_one, portal, live_world), [live_world.acme, live_world.globex]))

    assert Membership.objects.filter(user__email=EMAIL).count() == 2


def _apart(act, portal: Portal, world: World) -> None:
    try:
        act(portal, world)
    finally:
        connection.close()
