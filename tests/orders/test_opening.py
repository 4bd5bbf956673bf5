"""Who may still order after the end: who got credit back, for the period of grace, and nobody else."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import Mail
from billing import ledger
from orders.checkout import PortalNotLive
from orders.giving_back import register_receipt
from orders.giving_up import lapse_order
from orders.opening import may_order
from orders.settlement import settle_payment, start_payment
from portals.models import Portal
from tests.orders.conftest import ACME, at_the_bank, credit_of, order_of, put
from tests.orders.test_giving_back import back, delivered
from tests.world import NOW, World, make_grant, make_product
from thuiswerk.lib.periods import AMSTERDAM

ASKED = dt.datetime(2026, 12, 10, 12, 0, tzinfo=AMSTERDAM)
ENDED = dt.datetime(2027, 2, 10, 12, 0, tzinfo=AMSTERDAM)  # The portal and Bob's grant end on 31 January.
LAST = dt.datetime(2027, 3, 12, 23, 59, 59, tzinfo=AMSTERDAM)
TOLD = "Voor jou blijft hij open tot en met 12 maart 2027"


def page(member, path: str, now: dt.datetime, language: str = "nl") -> tuple[int, str]:
    """What a member meets at `now`."""
    with time_machine.travel(now, tick=False):
        client = Client(HTTP_HOST=ACME)
        client.cookies["django_language"] = language
        client.force_login(member.user)
        response = client.get(path)
        return response.status_code, response.text


def returned(world: World) -> None:
    """Bob's chair of EUR 249, paid with his EUR 250 of credit, comes back after the end."""
    order = delivered(order_of(world.bob, world.chair))
    given = back(order, now=ASKED)
    ledger.expire(world.bob, now=ENDED)
    register_receipt(given, now=ENDED, actor=world.coordinator)


def test_shop_stays_open_to_who_got_credit_back_and_to_nobody_else(world: World):
    returned(world)

    for path in ("/", "/cart/", f"/categories/{world.chairs.slug}/"):
        status, text = page(world.bob, path, ENDED)
        assert (status, TOLD in text) == (200, True), path
        assert page(world.bob, path, LAST)[0] == 200
        assert TOLD not in page(world.bob, path, LAST + dt.timedelta(seconds=1))[1]
        assert TOLD not in page(world.alice, path, ENDED)[1]
    assert page(world.bob, "/cart/", LAST + dt.timedelta(seconds=1))[0] == 403
    assert page(world.alice, "/cart/", ENDED)[0] == 403
    assert TOLD not in page(world.bob, "/cart/", NOW)[1]


def test_what_came_back_is_spent_after_the_end_and_then_the_shop_closes(world: World):
    returned(world)
    lamp = make_product(world.chairs, "Lamp", "100.00")

    first = order_of(world.bob, lamp, now=ENDED)
    assert (first.credit, first.own_money, credit_of(world, ENDED)) == (Decimal("100.00"), 0, Decimal("149.00"))
    order_of(world.bob, make_product(world.chairs, "Kast", "149.00"), now=ENDED)

    put(world.bob, lamp)
    with pytest.raises(PortalNotLive):
        order_of(world.bob, lamp, now=ENDED)
    assert page(world.bob, "/cart/", ENDED)[0] == 403
    call_command("check_ledger")


def test_unspent_credit_opens_nothing_after_the_end(world: World):
    make_grant(world.bob, "80.00", valid_until=dt.date(2027, 12, 31))

    assert not may_order(world.bob, now=ENDED)
    assert page(world.bob, "/cart/", ENDED)[0] == 403


@pytest.mark.parametrize(("state", "status"), [("paused", 403), ("build", 403), ("closed", 200), ("ready", 200)])
def test_only_an_end_is_followed_by_grace(world: World, state: str, status: int):
    returned(world)
    Portal.objects.filter(pk=world.acme.pk).update(state=state, live_until=dt.date(2027, 12, 31))

    assert page(world.bob, "/cart/", ENDED)[0] == status


def test_credit_that_comes_back_to_a_closed_portal_gets_its_grace_though_the_grant_runs_on(world: World):
    given = back(delivered(order_of(world.bob, world.chair)), now=ASKED)
    Portal.objects.filter(pk=world.acme.pk).update(state="closed")
    closed, last = ASKED + dt.timedelta(days=10), dt.datetime(2027, 1, 19, 23, 59, 59, tzinfo=AMSTERDAM)

    register_receipt(given, now=closed, actor=world.coordinator)

    assert "te besteden tot en met 19 januari 2027" in Mail.objects.get(key=f"return-received:{given.pk}").text
    assert "blijft hij open tot en met 19 januari 2027" in page(world.bob, "/", closed)[1]
    assert page(world.bob, "/cart/", last)[0] == 200
    assert page(world.bob, "/cart/", last + dt.timedelta(seconds=1))[0] == 403


def test_credit_that_comes_back_in_time_is_promised_no_longer_than_the_shop_is_open(world: World):
    Portal.objects.filter(pk=world.acme.pk).update(live_until=dt.date(2026, 12, 31))
    given = back(delivered(order_of(world.bob, world.chair)), now=ASKED)

    register_receipt(given, now=ASKED, actor=world.coordinator)

    assert "te besteden tot en met 31 december 2026" in Mail.objects.get(key=f"return-received:{given.pk}").text


def test_payment_that_comes_late_in_the_grace_period_is_honoured(world: World):
    returned(world)
    order = order_of(world.bob, world.desk, now=ENDED)
    assert (order.credit, order.own_money) == (Decimal("249.00"), Decimal("150.00"))
    start_payment(order, now=ENDED)
    late = ENDED + dt.timedelta(minutes=31)
    lapse_order(order, now=late)
    at_the_bank(order.payments.get(), "paid")

    settle_payment(order.payments.get(), now=late)

    order.refresh_from_db()
    assert (order.state, credit_of(world, late)) == ("confirmed", Decimal("0.00"))
    call_command("check_ledger")


@pytest.mark.parametrize(
    ("days", "last"),
    [(1, "12 maart 2027"), (20, "17 maart 2027")],  # the day that stood; then half of the thirty days
)
def test_order_of_the_grace_period_that_is_cancelled_gives_back_to_the_same_grant(world: World, days: int, last: str):
    returned(world)
    order = order_of(world.bob, world.chair, now=ENDED)
    cancelled = ENDED + dt.timedelta(days=days)

    given = back(order, now=cancelled)

    assert (given.credit, credit_of(world, cancelled)) == (Decimal("249.00"), Decimal("249.00"))
    spent, refund = world.bob.entries.filter(order_number=order.number).order_by("pk")
    assert (refund.kind, refund.spend, refund.grant) == ("refund", spent, world.bob.grants.get())
    assert (
        f"- €\xa0249,00 op je tegoed, te besteden tot en met {last}"
        in Mail.objects.get(key=f"give-back:{given.pk}").text
    )
    assert f"blijft hij open tot en met {last}" in page(world.bob, "/", cancelled)[1]
    call_command("check_ledger")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_who_makes_it_last_too_often_is_told_that_it_has_ended(world: World, language: str):
    returned(world)
    world.bob.grants.update(grace_days=1)
    order = order_of(world.bob, world.chair, now=ENDED, language=language)
    line, over = order.lines.get(), ENDED + dt.timedelta(days=40)
    path = f"/orders/{order.number}/withdrawal/confirm/?line-{line.pk}=1"

    shown = page(world.bob, path, over, language)[1]
    given = back(order, now=over)

    said = {"nl": "op je tegoed, dat is afgelopen: je kunt het niet meer besteden", "en": "can no longer be spent"}
    mail = Mail.objects.get(key=f"give-back:{given.pk}")
    assert [said[language] in text for text in (shown, mail.text, mail.html)] == [True] * 3
    assert credit_of(world, over) == 0
    call_command("check_ledger")


@pytest.mark.parametrize("end", [{"state": "closed"}, {"live_until": dt.date(2026, 12, 15)}])
def test_after_the_end_only_what_came_back_can_be_spent(world: World, end: dict):
    make_grant(world.bob, "100.00", valid_until=dt.date(2027, 1, 31))
    given = back(delivered(order_of(world.bob, world.chair)), now=ASKED)
    Portal.objects.filter(pk=world.acme.pk).update(**end)
    world.bob.refresh_from_db()
    ended = ASKED + dt.timedelta(days=10)
    assert credit_of(world, ended) == 0

    register_receipt(given, now=ended, actor=world.coordinator)

    last = dt.datetime(2027, 1, 19, 23, 59, 59, tzinfo=AMSTERDAM)
    assert (credit_of(world, ended), credit_of(world, last)) == (Decimal("249.00"), Decimal("249.00"))
    assert credit_of(world, last + dt.timedelta(seconds=1)) == 0
    order = order_of(world.bob, world.desk, now=ended)
    assert (order.credit, order.own_money) == (Decimal("249.00"), Decimal("150.00"))
    ledger.expire(world.bob, now=ended)
    assert world.bob.grants.all().total_remaining() == 0
    call_command("check_ledger")


@pytest.mark.parametrize("end", [{"state": "closed"}, {"live_until": dt.date(2026, 12, 15)}])
def test_credit_page_tells_one_amount_with_one_last_day(world: World, end: dict):
    given = back(delivered(order_of(world.bob, world.chair)), now=ASKED)
    Portal.objects.filter(pk=world.acme.pk).update(**end)  # EUR 1,00 of Bob's credit is not spent.
    ended = ASKED + dt.timedelta(days=10)
    nothing = told_of_credit(page(world.bob, "/credit/", ended)[1])

    register_receipt(given, now=ended, actor=world.coordinator)

    assert nothing == ("€ 0,00", [])
    assert told_of_credit(page(world.bob, "/credit/", ended)[1]) == ("€ 249,00", ["19 januari 2027"])
    assert "19 januari 2027" in page(world.bob, "/", ended)[1]
    assert "31 januari 2027" not in page(world.bob, "/", ended)[1]


def told_of_credit(text: str) -> tuple[str, list[str]]:
    """The amount to spend now, and the last days of what is left."""
    amount = re.search(r'credit__amount">([^<]+)<', text)[1]
    grants = re.search(r'<ul class="credit__grants">(.*?)</ul>', text, re.DOTALL)
    return amount.replace("\xa0", " "), re.findall(r"<li>\s*<span><strong>([^<]+)", grants[1]) if grants else []
