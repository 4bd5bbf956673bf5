"""Cancelling and withdrawing on the page: a statement, what comes back, and its confirmation."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import Mail
from orders.fulfilment import deliver_order, pack_order
from orders.giving_back import register_receipt
from orders.models import GiveBack, Order
from portals.models import Portal
from tests.orders.conftest import at_the_bank, credit_of, order_of, started, stock_of
from tests.world import NOW, World, make_grant

pytestmark = pytest.mark.usefixtures("today")
LAST_DAY = dt.datetime.fromisoformat("2026-12-16T12:00:00+01:00")


def start(order: Order) -> str:
    return f"/orders/{order.number}/withdrawal/"


def confirm(order: Order, quantity: int | str = 1) -> str:
    return f"{start(order)}confirm/?line-{order.lines.first().pk}={quantity}"


def hidden(page: str) -> dict[str, str]:
    return {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("form_token", "shown")}


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_two_steps_cancel_what_was_chosen(bob: Client, world: World):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 3)
    assert f'href="{start(order)}">Annuleren (bestelling herroepen)</a>' in bob.get(f"/orders/{order.number}/").text
    assert f'name="line-{order.lines.get().pk}"' in bob.get(start(order)).text
    page = bob.get(confirm(order, 2)).text

    done = bob.post(confirm(order, 2), hidden(page), follow=True)

    assert re.findall(r"<strong>(.*?)</strong>[^<]*", page)[-2:] == ["€\xa0497,00", "€\xa01,00"]
    assert "op je tegoed, te besteden tot en met 31 januari 2027" in page
    assert GiveBack.objects.get().credit == Decimal("498.00")
    assert said(done) == ["Geannuleerd. Een bevestiging is onderweg naar bob@acme.example."]
    assert "Teruggegeven" in done.text


def test_confirmation_sent_twice_gives_back_once_and_says_so_both_times(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    form = hidden(bob.get(confirm(order)).text)

    pages = [bob.post(confirm(order), form, follow=True) for _ in range(2)]

    assert [said(page) for page in pages] == [["Geannuleerd. Een bevestiging is onderweg naar bob@acme.example."]] * 2
    assert GiveBack.objects.count() == 1


def test_page_says_what_goes_back_to_the_bank(bob: Client, world: World):
    order, payment = started(world)
    at_the_bank(payment, "paid")
    bob.get(f"/orders/{order.number}/return/")

    page = bob.get(confirm(order)).text

    assert "<strong>€\xa0250,00</strong> op je tegoed, te besteden tot en met 31 januari 2027" in page
    assert "<strong>€\xa0149,00</strong> op je bank, zoals je betaalde" in page
    assert not GiveBack.objects.exists()


def test_everything_needs_no_numbers(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    address = f"{start(order)}confirm/?everything=1"

    bob.post(address, hidden(bob.get(address).text))

    assert GiveBack.objects.get().total == Decimal("249.00")


@pytest.mark.parametrize(
    ("quantity", "sends", "told"),
    [
        (2, None, "Je annuleert de hele bestelling {}. Ze wordt niet verstuurd."),
        (1, None, "Je annuleert dit deel van bestelling {}. Het wordt niet verstuurd."),
        (2, deliver_order, "Je herroept de hele bestelling {} en stuurt alles terug."),
        (1, deliver_order, "Je herroept dit deel van bestelling {} en stuurt het terug."),
    ],
)
def test_confirmation_speaks_of_a_part_only_where_it_is_one(bob: Client, world: World, quantity: int, sends, told: str):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 2)
    if sends:
        sends(order, now=NOW)

    assert told.format(order.number) in bob.get(confirm(order, quantity)).text


@pytest.mark.parametrize(("quantity", "told"), [(2, "je hele bestelling"), (1, "dit deel van je bestelling")])
def test_mail_speaks_of_a_part_only_where_it_is_one(bob: Client, world: World, quantity: int, told: str):
    make_grant(world.bob, "500.00")
    order = deliver_order(order_of(world.bob, world.chair, 2), now=NOW)

    bob.post(confirm(order, quantity), hidden(bob.get(confirm(order, quantity)).text))

    mail = Mail.objects.latest("pk")
    assert "Thuiswerk BV, Keizersgracht 1, 1015 CN Amsterdam" in mail.text
    assert "Thuiswerk BV, Keizersgracht 1, 1015 CN Amsterdam" in mail.html
    assert f"dat je {told} {order.number} bij" in mail.text
    assert f"dat je {told} {order.number} bij" in mail.html


def test_page_says_where_to_send_it_while_it_is_awaited(bob: Client, world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=NOW)
    where = "<strong>Thuiswerk BV, Keizersgracht 1, 1015 CN Amsterdam</strong>"
    page = f"/orders/{order.number}/"
    before = bob.get(page).text

    bob.post(confirm(order), hidden(bob.get(confirm(order)).text))
    awaited = bob.get(page).text
    register_receipt(GiveBack.objects.get(), now=NOW, actor=world.coordinator)

    assert [where in text for text in (before, awaited, bob.get(page).text)] == [False, True, False]
    assert f"Doe een briefje met bestelnummer {order.number} in het pakket." in awaited


def test_page_says_after_the_period_that_the_guarantee_goes_on(bob: Client, world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=NOW)
    page, over = f"/orders/{order.number}/", "Terugsturen kon tot en met 16 december 2026."
    in_time = bob.get(page).text

    with time_machine.travel(LAST_DAY + dt.timedelta(days=1), tick=False):
        bob.force_login(world.bob.user)
        too_late = bob.get(page).text

    assert [over in text for text in (in_time, too_late)] == [False, True]
    assert f'loopt door: <a href="/help/questions/?order={order.number}">stel een vraag</a>.' in too_late


@pytest.mark.parametrize(
    ("quantity", "error"),
    [(0, "Kies minstens één product."), (2, "Je kunt er hoogstens 1 teruggeven."), ("x", "Vul een heel getal in.")],
)
def test_wrong_number_is_told_at_its_field(bob: Client, world: World, quantity: int | str, error: str):
    order = order_of(world.bob, world.chair)

    page = bob.get(confirm(order, quantity))

    assert "Verder met deze producten" in page.text
    assert error in page.text


def test_return_in_a_closed_portal_until_the_last_day(bob: Client, world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=NOW)
    Portal.objects.filter(pk=world.acme.pk).update(state="closed")

    with time_machine.travel(LAST_DAY, tick=False):
        bob.force_login(world.bob.user)
        shown = bob.get(start(order)).text
        done = bob.post(confirm(order), hidden(bob.get(confirm(order)).text), follow=True)

    assert "Je kunt het tot en met 16 december 2026 terugsturen" in shown
    assert said(done) == ["We hebben je herroeping ontvangen. Een bevestiging is onderweg naar bob@acme.example."]
    assert "we wachten erop" in done.text
    assert GiveBack.objects.get().kind == "return"


def test_after_the_last_day_nothing_is_offered(bob: Client, world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=NOW)

    with time_machine.travel(LAST_DAY + dt.timedelta(days=1), tick=False):
        bob.force_login(world.bob.user)
        page = bob.get(f"/orders/{order.number}/").text
        refused = bob.get(confirm(order), follow=True)

    assert start(order) not in page
    assert said(refused) == ["Van deze bestelling kan niets meer worden teruggegeven."]


def test_order_packed_meanwhile_is_shown_again_as_a_return(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    form = hidden(bob.get(confirm(order)).text)
    pack_order(order, now=NOW)

    again = bob.post(confirm(order), form)

    assert said(again) == ["Er is iets veranderd sinds je deze pagina opende. Er is nog niets teruggegeven."]
    assert "Herroeping bevestigen" in again.text
    assert not GiveBack.objects.exists()


def test_confirmation_without_what_was_shown_does_nothing(bob: Client, world: World):
    order = order_of(world.bob, world.chair)

    bob.post(confirm(order), {"form_token": "x"})

    assert not GiveBack.objects.exists()


def test_cancelling_before_paying_frees_credit_and_stock(bob: Client, world: World):
    order, payment = started(world)
    before = stock_of(world.desk)
    address = f"/orders/{order.number}/cancel/"
    assert f'href="{address}"' in bob.get(f"/orders/{order.number}/").text
    asked = bob.get(address).text

    done = bob.post(address, follow=True)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert "€\xa0250,00 tegoed dat apart stond is meteen weer vrij." in asked
    assert (order.state, payment.state, credit_of(world)) == ("cancelled", "cancelled", Decimal("250.00"))
    assert stock_of(world.desk) == before + 1
    assert said(done) == ["Je bestelling is geannuleerd."]


def test_order_that_turns_out_to_be_paid_is_not_cancelled_unseen(bob: Client, world: World):
    order, payment = started(world)
    at_the_bank(payment, "paid")

    done = bob.post(f"/orders/{order.number}/cancel/", follow=True)

    order.refresh_from_db()
    assert order.state == "confirmed"
    assert said(done) == ["Deze bestelling is intussen betaald. Je kunt hem hier nog annuleren."]


def test_receipt_of_a_cancelled_order_stays(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    bob.post(confirm(order), hidden(bob.get(confirm(order)).text))

    assert bob.get(f"/orders/{order.number}/receipt.pdf").headers["Content-Type"] == "application/pdf"
