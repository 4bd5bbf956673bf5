"""The example portal: made once, entered by anybody, begun anew each night; and no other portal is ever emptied."""

import datetime as dt
import threading
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ForeignKey

from accounts.models import User
from billing import ledger, proof
from billing.models import Entry, Grant
from onboarding import example
from onboarding.tasks import reset_example
from orders.models import DemoPayment, DemoRefund, Order
from portals.models import Company, Membership, Portal, PortalState
from tests.onboarding.examples import do_everything, signed_in_at
from tests.onboarding.examples import shop as shop
from tests.onboarding.examples import visitor as visitor
from tests.orders.conftest import order_of
from tests.thuiswerk.test_conventions import our_models
from tests.world import NOW, World, make_portal
from thuiswerk.lib.periods import AMSTERDAM

REFUSED = "Cannot update or delete rows"
TOMORROW = NOW + dt.timedelta(days=1)


def counts() -> dict[str, int]:
    """How many rows each of our models has."""
    return {model.__name__: model._default_manager.count() for model in our_models()}


def run_sql(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def test_example_is_an_open_portal_with_a_few_categories_for_three_months(world: World, shop: Portal):
    assert (shop.is_example, shop.is_live(NOW), shop.url) == (True, True, "http://voorbeeld.localhost/")
    assert (shop.live_from, shop.live_until) == (dt.date(2026, 11, 1), dt.date(2027, 2, 1))
    assert {row.category for row in shop.assortment.all()} == {world.chairs, world.desks, world.coffee}
    assert (shop.welcome_nl, shop.welcome_en) == (example.WELCOME_NL, example.WELCOME_EN)


def test_example_is_made_once_and_opened_again(shop: Portal):
    example.pause_example()
    shop.refresh_from_db()
    assert (shop.state, shop.is_live(NOW)) == (PortalState.PAUSED, False)

    again = example.ensure_example(now=NOW)

    assert (again.pk, again.is_live(NOW)) == (shop.pk, True)
    assert (
        Portal.objects.filter(is_example=True).count() == Company.objects.filter(name="Voorbeeldbedrijf").count() == 1
    )


def test_example_leaves_the_address_of_a_company_alone(world: World):
    taken = make_portal("voorbeeld", "Voorbeeld")

    with pytest.raises(example.AddressInUse, match="“voorbeeld”"):
        example.ensure_example(now=NOW)
    with pytest.raises(CommandError, match="“voorbeeld”"):
        call_command("make_example")

    taken.refresh_from_db()
    assert (taken.is_example, Portal.objects.filter(is_example=True).exists()) == (False, False)


def test_command_makes_pauses_and_opens_the_example(world: World):
    said = StringIO()

    call_command("make_example", stdout=said)
    states = [Portal.objects.get(is_example=True).state]
    call_command("make_example", "--pause", stdout=said)
    states.append(Portal.objects.get(is_example=True).state)

    assert states == ["ready", "paused"]
    assert said.getvalue() == "The example is open at http://voorbeeld.localhost/\nThe example is closed.\n"


def test_visitor_is_an_employee_with_credit_and_without_a_password(shop: Portal, visitor: Membership):
    other = example.enter(shop, now=NOW)

    assert ledger.available(visitor, now=NOW) == Decimal("350.00")
    assert (visitor.role, visitor.portal, visitor.user.has_usable_password()) == ("employee", shop, False)
    assert visitor.user.email.startswith("bezoeker-")
    assert visitor.user.email.endswith("@voorbeeld.invalid")
    assert visitor.user.email != other.user.email


@pytest.mark.parametrize("state", [PortalState.BUILD, PortalState.PAUSED, PortalState.CLOSED])
def test_nobody_enters_an_example_that_is_not_open(shop: Portal, state: PortalState):
    Portal.objects.filter(pk=shop.pk).update(state=state)
    shop.refresh_from_db()

    with pytest.raises(example.NoExample):
        example.enter(shop, now=NOW)


def test_nobody_enters_a_real_portal(world: World):
    before = counts()

    with pytest.raises(example.NoExample):
        example.enter(world.acme, now=NOW)

    assert counts() == before


@pytest.mark.parametrize("value", ["true", "false"])
def test_no_portal_becomes_an_example_and_no_example_becomes_real(world: World, shop: Portal, value: str):
    other = shop if value == "false" else world.acme

    with pytest.raises(DatabaseError, match="Cannot update rows from portals_portal"):
        run_sql(f"UPDATE portals_portal SET is_example = {value} WHERE id = {other.pk}")  # noqa: S608
    with pytest.raises(DatabaseError, match="Cannot update rows from portals_portal"), transaction.atomic():
        Portal.objects.filter(pk=other.pk).update(is_example=value == "true")

    assert list(Portal.objects.filter(is_example=True)) == [shop]


def test_there_is_one_example(shop: Portal):
    with pytest.raises(IntegrityError, match="portal_one_example"):
        make_portal("nog-een", "Nog een", is_example=True)


def test_only_entries_of_the_example_can_be_deleted(world: World, visitor: Membership):
    real, mine = world.bob.entries.get(), visitor.entries.get()

    for refused in (
        f"DELETE FROM billing_entry WHERE id = {real.pk}",  # noqa: S608
        f"UPDATE billing_entry SET amount = 1 WHERE id = {real.pk}",  # noqa: S608
        f"UPDATE billing_entry SET amount = 1 WHERE id = {mine.pk}",  # noqa: S608
        # A mistake that moves an entry into the example first is refused at that.
        f"UPDATE billing_entry SET portal_id = {mine.portal_id} WHERE id = {real.pk}",  # noqa: S608
        "DELETE FROM billing_entry",
    ):
        with pytest.raises(DatabaseError, match=REFUSED):
            run_sql(refused)
    gone = run_sql(f"DELETE FROM billing_entry WHERE id = {mine.pk}")  # noqa: S608

    assert gone == 1
    assert Entry.objects.filter(pk=real.pk).values_list("amount", flat=True).get() == Decimal("250.00")


def test_night_leaves_nothing_of_a_visitor_and_everything_of_others(world: World, shop: Portal):
    order_of(world.bob, world.chair)
    bobs_session = signed_in_at(world.bob)
    before = counts()
    visitor = example.enter(shop, now=NOW)
    do_everything(visitor, world)
    session = signed_in_at(visitor)
    assert {name for name, count in counts().items() if count > before[name]} >= {
        model.__name__ for model, _owner in example.LEFT_BEHIND
    } - {"WebhookDelivery", "Particulars"}

    gone = example.reset_example(now=TOMORROW)

    after = counts() | {"Mail": before["Mail"]}  # Decoys go when it is their turn to be sent.
    assert (gone, after) == (1, before)
    assert DemoPayment.objects.count() == DemoRefund.objects.count() == 0
    assert set(Session.objects.filter(pk__in=[session, bobs_session]).values_list("pk", flat=True)) == {bobs_session}
    assert proof.faults() == []


def test_night_takes_along_whatever_names_a_membership_an_order_or_a_grant(world: World):
    """A model that comes later, and that a visitor may write, has to be listed."""
    listed = {model for model, _owner in example.LEFT_BEHIND} | {Membership}
    billed = {"BilledEntry", "RebilledEntry"}  # An example is never invoiced,
    after = {"InvitationAgain", "Erasure"}  # invites nobody, and forgets by the night alone.

    naming = {
        model.__name__
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model in listed and model not in listed
    }

    assert naming == billed | after


def test_night_can_be_repeated_and_does_nothing_without_an_example(world: World):
    assert example.reset_example(now=NOW) == 0
    shop = example.ensure_example(now=NOW)
    example.enter(shop, now=NOW)
    example.enter(shop, now=NOW)

    assert [example.reset_example(now=NOW), reset_example(), example.reset_example(now=NOW)] == [2, 0, 0]


def test_night_keeps_real_people_and_staff_who_stray_in(world: World, shop: Portal):
    stray = Membership.objects.create(portal=shop, user=world.bob.user)

    assert example.reset_example(now=NOW) == 1

    assert not Membership.objects.filter(pk=stray.pk).exists()
    assert User.objects.filter(pk=world.bob.user.pk).exists()
    assert world.bob.grants.count() == 1


def test_live_period_moves_with_the_months_and_a_pause_stays(shop: Portal):
    example.pause_example()

    example.reset_example(now=dt.datetime(2026, 12, 1, 3, 30, tzinfo=AMSTERDAM))

    shop.refresh_from_db()
    assert (shop.live_from, shop.live_until) == (dt.date(2026, 12, 1), dt.date(2027, 3, 1))
    assert shop.state == PortalState.PAUSED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-16 03:29", "2026-11-16 03:30"),
        ("2026-11-16 03:30", "2026-11-17 03:30"),
        ("2026-11-16 23:59", "2026-11-17 03:30"),
        ("2026-10-24 12:00", "2026-10-25 03:30"),  # the clocks go back
    ],
)
def test_next_reset_is_half_past_three_in_amsterdam(now: str, expected: str):
    moment, reset = (dt.datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM) for text in (now, expected))

    assert example.next_reset(moment) == reset


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_and_a_visitor_meanwhile(world: World):
    shop = example.ensure_example(now=NOW)
    for _visitor in range(3):
        do_everything(example.enter(shop, now=NOW), world)
    start, gone, came = threading.Barrier(3), [], []

    def reset() -> None:
        start.wait()
        gone.append(example.reset_example(now=NOW))
        connection.close()

    def come() -> None:
        start.wait()
        came.append(example.enter(shop, now=NOW))
        connection.close()

    threads = [threading.Thread(target=work) for work in (reset, reset, come)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    left = shop.memberships.count()
    assert (len(came), sum(gone) + left) == (1, 4)
    assert left in {0, 1}
    assert (Order.objects.count(), Grant.objects.filter(portal=shop).count()) == (0, left)
    assert proof.faults() == []
