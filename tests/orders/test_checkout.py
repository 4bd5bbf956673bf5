"""Placing an order: what it writes, what it refuses, and what it does once."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Mail
from billing import ledger
from billing.models import Entry
from catalog.models import AssortmentCategory, Product
from orders.cart import cart_lines
from orders.checkout import (
    CartChanged,
    CartEmpty,
    CheckoutRefusal,
    MembershipDisabled,
    OwnMoneyNotAllowed,
    PortalNotLive,
)
from orders.delivery import calendar_at
from orders.models import CartLine, Order
from orders.quote import quote_cart
from portals.models import Membership, OwnMoney, Portal
from tests.orders.conftest import CHANGES, order_cart, order_of, put
from tests.world import NOW, World, make_grant, make_product


def shown_to(member: Membership) -> str:
    """The fingerprint on the checkout page that `member` has open."""
    credit, calendar = ledger.available(member, now=NOW), calendar_at(NOW)
    return quote_cart(member.portal, cart_lines(member), credit=credit, calendar=calendar).fingerprint


def assert_nothing_written(world: World, stock: int = 100) -> None:
    assert not Order.objects.exists()
    assert not Mail.objects.exists()
    assert list(world.bob.entries.values_list("kind", flat=True)) == ["grant"]
    assert set(Product.objects.filter(pk__in=[world.chair.pk, world.desk.pk]).values_list("stock", flat=True)) <= {
        100,
        stock,
    }


def test_order_within_credit_is_spent_and_confirmed(world: World):
    order = order_of(world.bob, world.chair)

    assert (order.state, order.total, order.credit, order.own_money, order.confirmed_at) == (
        "confirmed",
        Decimal("249.00"),
        Decimal("249.00"),
        Decimal("0.00"),
        NOW,
    )
    assert ledger.available(world.bob, now=NOW) == Decimal("1.00")
    assert list(world.bob.entries.values_list("kind", flat=True)) == ["spend", "grant"]
    assert not world.bob.cart_lines.exists()
    assert [(mail.to, mail.key) for mail in Mail.objects.all()] == [
        ("bob@acme.example", f"order-confirmed:{order.number}")
    ]
    world.chair.refresh_from_db()
    assert world.chair.stock == 99


def test_order_above_credit_reserves_it_and_waits(world: World):
    order = order_of(world.bob, world.desk)

    assert (order.state, order.credit, order.own_money) == ("awaiting_payment", Decimal("250.00"), Decimal("149.00"))
    assert order.pay_before == NOW + dt.timedelta(minutes=30)
    assert list(world.bob.entries.values_list("kind", flat=True)) == ["reserve", "grant"]
    assert not Mail.objects.exists()


def test_order_without_credit_is_paid_with_own_money(world: World):
    order = order_of(world.alice, world.chair)

    assert (order.state, order.credit, order.own_money) == ("awaiting_payment", Decimal("0.00"), Decimal("249.00"))
    assert not world.alice.entries.exists()


def test_order_number_holds_the_year_in_amsterdam_and_counts_up(world: World):
    make_grant(world.bob, "1000.00", valid_until=dt.date(2027, 12, 31))
    world.acme.live_until = dt.date(2027, 12, 31)
    world.acme.save()
    new_year = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)

    first, second = order_of(world.bob, world.chair), order_of(world.bob, world.chair, now=new_year)

    assert (first.number[:5], second.number[:5]) == ("TW26-", "TW27-")
    assert int(second.number[5:]) == int(first.number[5:]) + 1 > 100_000


def test_lines_are_copies_with_vat_and_split(world: World):
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    put(world.bob, world.chair)
    put(world.bob, world.mug, 2)
    put(world.bob, world.desk)

    order = order_cart(world.bob, language="en")

    lines = order.lines.values_list("name", "quantity", "unit_price", "vat_rate", "total", "vat", "credit", "own_money")
    expected = [
        ("Bureaustoel Nova", 1, "249.00", "21.00", "249.00", "43.21", "96.06", "152.94"),
        ("Mok Aarde", 2, "12.50", "9.00", "25.00", "2.06", "0.00", "25.00"),
        ("Zit-sta bureau Lift", 1, "399.00", "21.00", "399.00", "69.25", "153.94", "245.06"),
    ]
    assert list(lines) == [(name, quantity, *map(Decimal, amounts)) for name, quantity, *amounts in expected]
    assert (order.credit, order.own_money) == (Decimal("250.00"), Decimal("423.00"))


def test_line_names_are_in_the_language_of_the_order(world: World):
    desk = make_product(world.desks, "Bureaulamp", "20.00")
    Product.objects.filter(pk=desk.pk).update(name_en="Desk lamp")

    order = order_of(world.bob, desk, language="en")

    assert [line.name for line in order.lines.all()] == ["Desk lamp"]


def test_same_form_makes_one_order(world: World):
    token = uuid.uuid4()
    first = order_of(world.bob, world.chair, form_token=token)
    put(world.bob, world.desk)

    second = order_cart(world.bob, form_token=token)

    assert second.pk == first.pk
    assert Order.objects.count() == 1
    assert world.bob.cart_lines.count() == 1


def test_same_token_of_somebody_else_is_no_order_of_mine(world: World):
    token = uuid.uuid4()
    order_of(world.bob, world.chair, form_token=token)

    theirs = order_of(world.charlie, world.chair, form_token=token)

    assert (theirs.membership, theirs.portal) == (world.charlie, world.globex)


def test_database_takes_one_order_of_a_form(world: World):
    order = order_of(world.bob, world.chair)
    order.pk, order.number = None, "TW26-1"

    with pytest.raises(IntegrityError, match="order_once_per_form"):
        order.save(force_insert=True)


def test_second_tab_meets_an_empty_cart(world: World):
    order_of(world.bob, world.chair)

    with pytest.raises(CartEmpty):
        order_cart(world.bob)

    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"state": "paused"}, {"state": "closed"}, {"state": "build"}, {"live_until": dt.date(2026, 11, 15)}],
)
def test_portal_that_stopped_while_in_the_cart_takes_no_order(world: World, fields: dict[str, Any]):
    put(world.bob, world.chair)
    Portal.objects.filter(pk=world.acme.pk).update(**fields)

    with pytest.raises(PortalNotLive):
        order_cart(world.bob)

    assert_nothing_written(world)
    assert world.bob.cart_lines.count() == 1


def test_last_second_of_the_last_day_still_counts(world: World):
    Portal.objects.filter(pk=world.acme.pk).update(live_until=dt.date(2026, 11, 30))
    put(world.bob, world.chair)
    last = dt.datetime(2026, 11, 30, 22, 59, 59, tzinfo=dt.UTC)

    with pytest.raises(PortalNotLive):
        order_cart(world.bob, now=last + dt.timedelta(seconds=1))

    assert order_cart(world.bob, now=last).is_confirmed


def test_disabled_member_orders_nothing(world: World):
    put(world.bob, world.chair)
    Membership.objects.filter(pk=world.bob.pk).update(disabled_at=timezone.now())

    with pytest.raises(MembershipDisabled):
        order_cart(world.bob)

    assert_nothing_written(world)


def test_portal_without_own_money_refuses_what_is_above_the_credit(world: World):
    put(world.bob, world.desk)
    Portal.objects.filter(pk=world.acme.pk).update(own_money=OwnMoney.NOTHING)

    with pytest.raises(OwnMoneyNotAllowed) as refusal:
        order_cart(world.bob)

    assert refusal.value.quote.own_money == Decimal("149.00")
    assert_nothing_written(world)


@pytest.mark.parametrize(("fields", "told"), CHANGES)
@pytest.mark.parametrize("has_page", [True, False])
def test_change_since_the_page_was_shown_is_told_and_not_ordered(
    world: World, fields: dict[str, Any], told: str, has_page: bool
):
    put(world.bob, world.chair, 2)
    shown = shown_to(world.bob) if has_page else None
    Product.objects.filter(pk=world.chair.pk).update(**fields)

    with pytest.raises(CartChanged) as refusal:
        order_cart(world.bob, shown=shown)

    assert [list(quoted.changes) for quoted in refusal.value.quote.lines] == [[told]]
    assert_nothing_written(world, stock=fields.get("stock", 100))


@pytest.mark.parametrize("fields", [{"is_active": False}, {"stock": 0}, {"stock": 1}])
def test_line_that_stops_an_order_stops_it_also_with_the_right_fingerprint(world: World, fields: dict[str, Any]):
    put(world.bob, world.chair, 2)
    Product.objects.filter(pk=world.chair.pk).update(**fields)

    with pytest.raises(CartChanged):
        order_cart(world.bob, shown=shown_to(world.bob))

    assert_nothing_written(world, stock=fields.get("stock", 100))


@pytest.mark.parametrize("own_money", [OwnMoney.NOTHING, OwnMoney.ASSORTMENT, OwnMoney.EVERYTHING])
def test_product_that_left_the_assortment_is_told_and_not_ordered(world: World, own_money: str):
    Portal.objects.filter(pk=world.acme.pk).update(own_money=own_money)
    put(world.bob, world.chair)
    shown = shown_to(world.bob)
    AssortmentCategory.objects.filter(portal=world.acme, category=world.chairs).delete()

    with pytest.raises(CartChanged) as refusal:
        order_cart(world.bob, shown=shown)

    told = "own_money" if own_money == OwnMoney.EVERYTHING else "outside"
    assert [list(quoted.changes) for quoted in refusal.value.quote.lines] == [[told]]
    assert_nothing_written(world)


def test_other_split_than_shown_is_not_ordered(world: World):
    put(world.bob, world.chair)
    shown = shown_to(world.bob)
    ledger.spend(world.bob, amount=Decimal("100.00"), order_number="TW26-1", now=NOW)

    with pytest.raises(CartChanged) as refusal:
        order_cart(world.bob, shown=shown)

    assert (refusal.value.quote.credit, refusal.value.quote.own_money) == (Decimal("150.00"), Decimal("99.00"))
    assert not Order.objects.exists()


def test_more_credit_than_shown_is_told_too(world: World):
    put(world.bob, world.desk)
    shown = shown_to(world.bob)
    make_grant(world.bob, "1000.00")

    with pytest.raises(CartChanged):
        order_cart(world.bob, shown=shown)

    assert not Order.objects.exists()


def test_product_added_in_another_tab_is_not_ordered_unseen(world: World):
    put(world.bob, world.chair)
    shown = shown_to(world.bob)
    put(world.bob, world.desk)

    with pytest.raises(CartChanged):
        order_cart(world.bob, shown=shown)

    assert not Order.objects.exists()


def test_new_price_is_ordered_once_it_was_shown(world: World):
    put(world.bob, world.chair)
    Product.objects.filter(pk=world.chair.pk).update(price=Decimal("200.00"))

    order = order_cart(world.bob, shown=shown_to(world.bob))

    assert order.total == Decimal("200.00")


def test_failure_half_way_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch):
    put(world.bob, world.chair)

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("orders.checkout.queue_confirmation", fail)

    with pytest.raises(RuntimeError):
        order_cart(world.bob)

    assert_nothing_written(world)
    assert CartLine.objects.count() == 1


def test_refusals_share_one_name():
    refusals = {CartChanged, CartEmpty, MembershipDisabled, OwnMoneyNotAllowed, PortalNotLive}

    assert set(CheckoutRefusal.__subclasses__()) == refusals


def test_ledger_spends_the_credit_of_each_order(world: World):
    make_grant(world.bob, "500.00")

    orders = [order_of(world.bob, world.chair), order_of(world.bob, world.desk)]

    spent = Entry.objects.filter(kind="spend").values_list("order_number").annotate(total=Sum("amount"))
    assert dict(spent) == {order.number: -order.credit for order in orders}
