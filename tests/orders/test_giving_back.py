"""Giving back: cancelled until packed, returned after that, exactly what was paid, once."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from accounts.models import Mail
from billing import ledger
from billing.models import Entry
from orders.fulfilment import deliver_order, pack_order, ship_order
from orders.giving_back import (
    NothingToGiveBack,
    SplitChanged,
    give_back,
    miss_return,
    register_receipt,
    split_of,
    way_back,
)
from orders.models import DemoPayment, GiveBack, Order, Refund
from orders.payments.demo import DemoProvider
from orders.payments.port import ProviderUnavailable
from orders.settlement import settle_payment
from orders.tasks import NothingWorked, send_refunds
from portals.models import Portal
from tests.orders.conftest import IN_TIME, at_the_bank, credit_of, order_of, started, stock_of
from tests.world import NOW, World, make_grant

DELIVERED = NOW + dt.timedelta(days=2)
MISSED, CAME_IN = DELIVERED + dt.timedelta(days=20), DELIVERED + dt.timedelta(days=25)
LAST_MOMENT = dt.datetime.fromisoformat("2026-12-18T23:59:59+01:00")


def paid(world: World) -> Order:
    """Bob's desk of EUR 399: EUR 250 of credit, EUR 149 of his own."""
    order, payment = started(world)
    at_the_bank(payment, "paid")
    settle_payment(payment, now=IN_TIME)
    order.refresh_from_db()
    return order


def delivered(order: Order) -> Order:
    return deliver_order(order, now=DELIVERED)


def back(order: Order, quantity: int = 1, **options) -> GiveBack:
    """Give the first line of `order` back."""
    options = {"form_token": uuid.uuid4(), "now": DELIVERED} | options
    return give_back(order, {order.lines.first().pk: quantity}, **options)


def told(order: Order) -> list[str]:
    return list(order.events.values_list("kind", flat=True))


def test_cancelled_gives_back_at_once_what_was_paid(world: World):
    order = paid(world)
    before = stock_of(world.desk)

    given = back(order)
    send_refunds()

    order.refresh_from_db()
    assert (given.kind, given.credit, given.own_money) == ("cancellation", Decimal("250.00"), Decimal("149.00"))
    assert (order.state, credit_of(world)) == ("cancelled", Decimal("250.00"))
    assert DemoPayment.objects.get().refunded == Decimal("149.00")
    assert stock_of(world.desk) == before + 1
    assert told(order) == ["placed", "paid", "cancelled", "refunded"]


def test_part_is_cancelled_and_the_rest_is_still_coming(world: World):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 3)

    back(order, 2)

    order.refresh_from_db()
    assert (order.state, credit_of(world)) == ("confirmed", Decimal("501.00"))
    assert order.events.get(kind="cancelled").note == "2 × Bureaustoel Nova"
    ship_order(order, now=DELIVERED)
    assert "1 × Bureaustoel Nova" in Mail.objects.get(key=f"order-shipped:{order.number}").text
    assert way_back(order, list(order.events.all()), now=DELIVERED) == "return"


def test_packed_order_is_returned_and_pays_when_it_has_come_in(world: World):
    order = delivered(paid(world))
    before = (credit_of(world), stock_of(world.desk))

    given = back(order)

    assert (given.kind, given.settled_at) == ("return", None)
    assert order.events.get(kind="return_requested").note == "1 × Zit-sta bureau Lift"
    assert (credit_of(world), stock_of(world.desk), Refund.objects.count()) == (*before, 0)

    for _ in range(2):
        register_receipt(given, now=DELIVERED + dt.timedelta(days=3), actor=world.coordinator)
    send_refunds()

    assert credit_of(world) == Decimal("250.00")
    assert DemoPayment.objects.get().refunded == Decimal("149.00")
    assert told(order)[-3:] == ["return_requested", "return_received", "refunded"]
    assert order.events.get(kind="return_received").actor == world.coordinator


def test_return_that_did_not_come_in_pays_nothing_and_is_mailed_once(world: World):
    order = delivered(paid(world))
    given = back(order)

    for moment in (MISSED, MISSED + dt.timedelta(days=1)):
        missed = miss_return(given, now=moment, actor=world.coordinator)

    assert (missed.missed_at, missed.settled_at, missed.is_awaited) == (MISSED, None, False)
    assert told(order)[-2:] == ["return_requested", "return_missed"]
    assert (credit_of(world), Refund.objects.count()) == (Decimal("0.00"), 0)
    assert [mail.subject for mail in Mail.objects.filter(key__startswith="return-missed")] == [
        f"We hebben je retour van bestelling {order.number} niet ontvangen"
    ]
    with pytest.raises(NothingToGiveBack):
        back(order)


def test_return_that_comes_in_after_all_pays_once(world: World):
    given = back(delivered(paid(world)))
    miss_return(given, now=MISSED, actor=world.coordinator)

    for _ in range(2):
        register_receipt(given, now=CAME_IN, actor=world.coordinator)
    settled = miss_return(given, now=CAME_IN, actor=world.coordinator)

    assert (settled.settled_at, settled.missed_at) == (CAME_IN, MISSED)
    assert (credit_of(world), Refund.objects.get().amount) == (Decimal("250.00"), Decimal("149.00"))
    assert told(given.order).count("return_missed") == 1


def test_cancellation_is_not_waited_for(world: World):
    order = paid(world)
    given = back(order)

    assert miss_return(given, now=IN_TIME, actor=world.coordinator).missed_at is None
    assert "return_missed" not in told(order)


def test_form_sent_twice_gives_back_once(world: World):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 2)
    token = uuid.uuid4()

    first, second = back(order, form_token=token), back(order, form_token=token)

    assert GiveBack.objects.get() == first == second


@pytest.mark.parametrize("quantity", [0, 2, -1])
def test_other_quantity_than_is_left_is_refused(world: World, quantity: int):
    order = order_of(world.bob, world.chair)

    with pytest.raises(NothingToGiveBack):
        back(order, quantity)

    assert not GiveBack.objects.exists()


def test_second_return_of_the_same_thing_is_refused(world: World):
    order = delivered(order_of(world.bob, world.chair))
    back(order)

    with pytest.raises(NothingToGiveBack):
        back(order)


@pytest.mark.parametrize(("now", "kind"), [(LAST_MOMENT, "return"), (LAST_MOMENT + dt.timedelta(seconds=1), None)])
def test_period_ends_with_the_thirtieth_day_after_delivery(world: World, now: dt.datetime, kind: str | None):
    order = delivered(order_of(world.bob, world.chair))

    assert way_back(order, list(order.events.all()), now=now) == kind


def test_period_has_no_end_before_delivery(world: World):
    order = pack_order(order_of(world.bob, world.chair), now=NOW)

    assert way_back(order, list(order.events.all()), now=LAST_MOMENT + dt.timedelta(days=90)) == "return"


def test_order_packed_while_its_cancellation_was_read_is_not_cancelled(world: World):
    order = order_of(world.bob, world.chair)
    shown = split_of(order, {order.lines.get().pk: 1}, now=NOW).fingerprint
    pack_order(order, now=NOW)

    with pytest.raises(SplitChanged):
        back(order, shown=shown)

    assert not GiveBack.objects.exists()


def test_credit_goes_first_to_the_grant_that_ends_last(world: World):
    Portal.objects.filter(pk=world.acme.pk).update(live_until=dt.date(2027, 2, 28))
    later = make_grant(world.bob, "300.00", valid_until=dt.date(2027, 2, 28))
    order = order_of(world.bob, world.chair, 2)  # EUR 498: 250 of the first grant, 248 of the later one

    split = split_of(order, {order.lines.get().pk: 1}, now=NOW)
    back(order)
    back(order)

    assert [(one.amount, one.usable_until) for one in split.credits] == [
        (Decimal("248.00"), dt.date(2027, 2, 28)),
        (Decimal("1.00"), dt.date(2027, 1, 31)),
    ]
    refunds = Entry.objects.filter(kind="refund").order_by("pk").values_list("grant", "amount")
    first = world.bob.grants.exclude(pk=later.pk).get()
    assert list(refunds) == [
        (later.pk, Decimal("248.00")),
        (first.pk, Decimal("1.00")),
        (first.pk, Decimal("249.00")),
    ]


def test_credit_of_a_grant_that_ended_is_usable_for_the_period_of_grace(world: World):
    order = delivered(order_of(world.bob, world.chair))
    given = back(order)
    after_the_end = dt.datetime.fromisoformat("2027-02-10T12:00:00+01:00")
    ledger.expire(world.bob, now=after_the_end)

    register_receipt(given, now=after_the_end, actor=world.coordinator)

    assert credit_of(world, after_the_end + dt.timedelta(days=30)) == Decimal("249.00")
    assert credit_of(world, after_the_end + dt.timedelta(days=31)) == 0
    mail = Mail.objects.get(key=f"return-received:{given.pk}")
    assert "- €\xa0249,00 op je tegoed, te besteden tot en met 12 maart 2027" in mail.text


def test_statement_is_confirmed_by_mail_with_content_and_time(world: World):
    order = delivered(paid(world))

    given = back(order)

    mail = Mail.objects.get(key=f"give-back:{given.pk}")
    assert (mail.to, mail.subject) == ("bob@acme.example", f"Herroeping van bestelling {order.number} ontvangen")
    for text in ("18 november 2026 om 10:00", "1 × Zit-sta bureau Lift: €\xa0399,00", "€\xa0250,00 op je tegoed"):
        assert text in mail.text, text
    assert "- €\xa0149,00 terug zoals je betaalde" in mail.text


def test_refund_that_the_provider_did_not_take_is_sent_again_and_paid_once(world: World, monkeypatch):
    order = paid(world)
    back(order)
    refund, keys = DemoProvider.refund, []

    def answer_is_lost_once(self: DemoProvider, *args: object, key: str, **asked: object) -> None:
        keys.append(key)
        refund(self, *args, key=key, **asked)
        if len(keys) == 1:
            raise ProviderUnavailable

    monkeypatch.setattr(DemoProvider, "refund", answer_is_lost_once)
    with pytest.raises(NothingWorked):
        send_refunds()
    still_due = Refund.objects.get().done_at

    send_refunds()

    assert still_due is None
    assert keys == [Refund.objects.get().key] * 2
    assert Refund.objects.get().done_at is not None
    assert DemoPayment.objects.get().refunded == Decimal("149.00")
    assert told(order).count("refunded") == 1
