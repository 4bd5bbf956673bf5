"""The roster: adding, inviting and leaving."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Mail, User
from billing import ledger
from billing.models import EntryKind
from onboarding import roster
from onboarding.tasks import send_invitations
from portals.models import Membership, PortalState
from tests.world import NOW, build_world, make_membership, make_portal


def add(portal, email="dana@acme.example", amount="100.00", **fields):
    return roster.add_employee(portal, email=email, amount=Decimal(amount), now=NOW, actor=None, **fields)


def test_employee_gets_an_account_without_password_and_opening_credit(world):
    dana = add(world.acme, email=" Dana@Acme.Example ", name="Dana Bos", staff_number="7")

    assert (dana.user.email, dana.user.name, dana.staff_number) == ("dana@acme.example", "Dana Bos", "7")
    assert not dana.user.has_usable_password()
    assert dana.user.must_choose_password
    grant = dana.grants.get()
    assert (grant.amount, grant.remaining) == (Decimal("100.00"), Decimal("100.00"))
    assert (grant.valid_from, grant.valid_until) == (world.acme.live_from, world.acme.live_until)


def test_employee_without_credit_gets_no_grant(world):
    dana = add(world.acme, amount="0.00")

    assert dana.grants.count() == 0


def test_employee_with_credit_needs_a_live_period(world):
    portal = make_portal("later", "Later", live_from=None, live_until=None, state=PortalState.BUILD)

    with pytest.raises(roster.NoLivePeriod):
        add(portal)

    assert not User.objects.filter(email="dana@acme.example").exists()


def test_credit_is_refused_when_the_live_period_is_over(world):
    world.acme.live_until = NOW.date() - dt.timedelta(days=1)
    world.acme.save()

    with pytest.raises(roster.NoLivePeriod):
        add(world.acme)
    with pytest.raises(roster.NoLivePeriod):
        roster.give_credit(world.bob, amount=Decimal("20.00"), reason="", source="x", now=NOW, actor=None)

    assert add(world.acme, amount="0.00").grants.count() == 0


def test_same_person_is_not_added_twice(world):
    with pytest.raises(roster.AlreadyOnRoster):
        add(world.acme, email="BOB@acme.example")

    assert world.acme.memberships.count() == 2


def test_staff_number_is_used_once_in_a_portal(world):
    with pytest.raises(roster.AlreadyOnRoster):
        add(world.acme, staff_number="1002")

    assert add(world.acme, staff_number="G-7").staff_number == "G-7"


@pytest.mark.parametrize("email", ["charlie@globex.example", "coordinator@thuiswerk.example"])
def test_people_of_another_company_and_staff_are_refused(world, email):
    with pytest.raises(roster.WorksElsewhere):
        add(world.acme, email=email)

    assert world.acme.memberships.count() == 2


def test_next_portal_of_the_same_company_takes_its_people(world):
    again = make_portal("acme2", "Acme")
    again.company = world.acme.company
    again.save()

    second = add(again, email="bob@acme.example")

    assert second.user == world.bob.user
    assert second.user.check_password("correct-horse-battery")


def test_invitation_holds_the_portal_address_and_no_secret(world, settings):
    settings.BASE_DOMAIN = "winkel.example"

    roster.invite(world.bob, now=NOW)

    mail = Mail.objects.get()
    world.bob.refresh_from_db()
    assert world.bob.invited_at == NOW
    assert (mail.to, mail.subject) == ("bob@acme.example", "Welkom bij Acme Thuiswerkwinkel")
    links = {word for word in mail.text.split() if "://" in word}
    assert links == {"http://acme.winkel.example/"}
    assert "€\u00a0250,00" in mail.text
    assert "globex" not in (mail.text + mail.html).lower()


def test_invitation_in_english(world):
    world.bob.user.language = "en"
    world.bob.user.save()

    roster.invite(world.bob, now=NOW)

    assert Mail.objects.get().subject == "Welcome to Acme Thuiswerkwinkel"


def test_invitation_is_sent_once(world):
    stale = Membership.objects.get(pk=world.bob.pk)

    roster.invite(world.bob, now=NOW)
    roster.invite(stale, now=NOW + dt.timedelta(days=1))

    assert Mail.objects.count() == 1
    assert Membership.objects.get(pk=world.bob.pk).invited_at == stale.invited_at == NOW


@pytest.mark.parametrize("state", [PortalState.BUILD, PortalState.CLOSED])
def test_nobody_is_invited_to_a_portal_in_build_or_closed(world, state):
    world.acme.state = state
    world.acme.save()

    with pytest.raises(roster.NotOpenForInvitations):
        roster.invite(world.bob, now=NOW)
    with pytest.raises(roster.NotOpenForInvitations):
        roster.request_invitations(world.acme, now=NOW)

    assert Mail.objects.count() == 0


def test_all_not_yet_invited_are_invited_and_no_leaver(world):
    roster.invite(world.bob, now=NOW)
    roster.disable(make_membership(world.acme, "leaver@acme.example"), now=NOW, actor=None)

    asked = roster.request_invitations(world.acme, now=NOW)
    send_invitations()

    assert asked == 1
    assert set(Mail.objects.values_list("to", flat=True)) == {"alice@acme.example", "bob@acme.example"}


def test_leaver_is_blocked_and_loses_only_unspent_credit(world):
    ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW-1", now=NOW)

    roster.disable(world.bob, now=NOW, actor=world.coordinator)
    roster.disable(world.bob, now=NOW, actor=world.coordinator)

    assert not world.acme.memberships.active().filter(pk=world.bob.pk).exists()
    assert ledger.available(world.bob, now=NOW) == Decimal("0.00")
    revoked = world.bob.entries.get(kind=EntryKind.REVOKE)
    assert (revoked.amount, revoked.actor) == (Decimal("-210.00"), world.coordinator)
    assert world.bob.entries.get(kind=EntryKind.SPEND).amount == Decimal("-40.00")


def test_leaver_can_return_without_the_old_credit(world):
    roster.disable(world.bob, now=NOW, actor=None)

    roster.enable(world.bob, actor=None)

    assert world.acme.memberships.active().filter(pk=world.bob.pk).exists()
    assert ledger.available(world.bob, now=NOW) == Decimal("0.00")


def test_leaver_gets_no_credit(world):
    roster.disable(world.bob, now=NOW, actor=None)

    with pytest.raises(roster.EmployeeDisabled):
        roster.give_credit(world.bob, amount=Decimal("30.00"), reason="Extra", source="x:1", now=NOW, actor=None)


def test_leaver_gets_no_credit_by_a_page_that_was_opened_before(world):
    opened_before = Membership.objects.get(pk=world.bob.pk)
    roster.disable(world.bob, now=NOW, actor=None)

    with pytest.raises(roster.EmployeeDisabled):
        roster.give_credit(opened_before, amount=Decimal("20.00"), reason="", source="x", now=NOW, actor=None)


def test_leaver_who_joined_another_company_does_not_return(world):
    roster.disable(world.bob, now=NOW, actor=None)
    Membership.objects.create(portal=world.globex, user=world.bob.user)

    with pytest.raises(roster.WorksElsewhere):
        roster.enable(world.bob, actor=None)

    assert not world.acme.memberships.active().filter(pk=world.bob.pk).exists()


def test_second_leave_revokes_credit_given_in_between(world):
    roster.disable(world.bob, now=NOW, actor=None)
    roster.enable(world.bob, actor=None)
    roster.give_credit(world.bob, amount=Decimal("30.00"), reason="Extra", source="x:1", now=NOW, actor=None)

    roster.disable(world.bob, now=NOW.replace(hour=11), actor=None)

    assert ledger.available(world.bob, now=NOW) == Decimal("0.00")


@pytest.mark.django_db(transaction=True)
def test_second_click_on_add_is_told_so(monkeypatch):
    """The first click has looked whether the person is there and has yet to write when the second one comes."""
    world = build_world()
    check_email = roster.check_email

    def check_slowly(portal, email):
        check_email(portal, email)
        time.sleep(0.3)

    monkeypatch.setattr(roster, "check_email", check_slowly)

    def click(_):
        try:
            return add(world.acme)
        except roster.AlreadyOnRoster as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, range(2)))

    assert {type(answer) for answer in answers} == {Membership, roster.AlreadyOnRoster}
    assert Membership.objects.get(user__email="dana@acme.example").grants.count() == 1
