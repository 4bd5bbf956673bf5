"""Customer service takes an order to its next step."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.fulfilment import deliver_order
from orders.giving_back import give_back
from orders.models import GiveBack, Order
from tests.orders.conftest import colleague, credit_of, order_of, started
from tests.world import NOW, World, make_grant

TRACKING = "https://parcels.example/track/3S0123"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.DEMO = True


def screen(order: Order) -> str:
    return reverse("admin:orders_order_handle", args=[order.pk])


def test_order_page_leads_to_the_screen(world: World):
    order = order_of(world.bob, world.chair)
    service = colleague("view_order", "change_order")

    assert screen(order) in service.get(reverse("admin:orders_order_change", args=[order.pk])).text


def test_who_may_only_look_handles_nothing(world: World):
    order = order_of(world.bob, world.chair)
    looker = colleague("view_order")

    statuses = [looker.get(screen(order)).status_code, looker.post(screen(order), {"step": "packed"}).status_code]

    assert statuses == [403, 403]
    assert screen(order) not in looker.get(reverse("admin:orders_order_change", args=[order.pk])).text
    assert list(order.events.values_list("kind", flat=True)) == ["placed", "paid"]


def test_steps_are_taken_one_by_one(world: World):
    order = order_of(world.bob, world.chair)
    service = colleague("view_order", "change_order")

    for step in ("packed", "shipped", "delivered"):
        assert f'value="{step}"' in service.get(screen(order)).text
        service.post(screen(order), {"step": step, "tracking_url": TRACKING if step == "shipped" else ""})

    assert list(order.events.values_list("kind", "actor__email", "tracking_url"))[2:] == [
        ("packed", "service@thuiswerk.example", ""),
        ("shipped", "service@thuiswerk.example", TRACKING),
        ("delivered", "service@thuiswerk.example", ""),
    ]
    assert 'name="step"' not in service.get(screen(order)).text


INVALID, INSECURE = "Enter a valid URL.", "Use an address that begins with https://."


@pytest.mark.parametrize(
    ("link", "error"),
    [
        ("javascript:alert(1)", INVALID),
        ("no address", INVALID),
        ("http://parcels.example/3S0123", INSECURE),
        ("ftp://parcels.example/3S0123", INSECURE),
        (f"https://parcels.example/{'0' * 300}", "Ensure this value has at most 300 characters (it has 324)."),
    ],
)
def test_link_that_cannot_be_followed_safely_is_refused_at_its_field(world: World, link: str, error: str):
    order = order_of(world.bob, world.chair)
    service = colleague("view_order", "change_order")

    page = service.post(screen(order), {"step": "shipped", "tracking_url": link})

    assert page.context["form"].errors == {"tracking_url": [error]}
    assert not order.events.filter(kind="shipped").exists()


def test_order_that_is_not_paid_offers_no_step_and_takes_none(world: World):
    order = order_of(world.bob, world.desk)
    service = colleague("view_order", "change_order")

    page = service.post(screen(order), {"step": "packed"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "This order is not confirmed, so nothing of it is sent."
    ]
    assert 'name="step"' not in page.text


def giving_back(order: Order) -> str:
    return reverse("admin:orders_order_give_back", args=[order.pk])


def test_return_that_came_in_pays_once(world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=timezone.now())
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=timezone.now())
    receive = reverse("admin:orders_order_receive_return", args=[order.pk, given.pk])
    service = colleague("view_order", "change_order")
    assert receive in service.get(screen(order)).text
    before = credit_of(world)

    for _ in range(2):
        service.post(receive)

    assert (before, credit_of(world)) == (Decimal("1.00"), Decimal("250.00"))
    assert ">Received</button>" not in service.get(screen(order)).text


def test_return_that_did_not_come_in_is_noted_and_may_still_come(world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=timezone.now())
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=timezone.now())
    miss = reverse("admin:orders_order_miss_return", args=[order.pk, given.pk])
    receive = reverse("admin:orders_order_receive_return", args=[order.pk, given.pk])
    service = colleague("view_order", "change_order")
    assert miss in service.get(screen(order)).text

    page = service.post(miss, follow=True)

    assert "Noted that it did not come in. The employee gets a mail." in page.text
    assert (miss in page.text, receive in page.text) == (False, True)
    assert "We hebben het niet ontvangen" in bob_sees(world, order)

    service.post(receive)
    page = service.post(miss, follow=True)

    assert "This return has come in already." in page.text
    assert credit_of(world) == Decimal("250.00")
    assert "We hebben het niet ontvangen" not in bob_sees(world, order)


def bob_sees(world: World, order: Order) -> str:
    bob = Client(HTTP_HOST="acme.localhost")
    bob.force_login(world.bob.user)
    return bob.get(f"/orders/{order.number}/").text


@pytest.mark.parametrize("name", ["orders_order_receive_return", "orders_order_miss_return"])
def test_return_of_another_order_is_not_found(world: World, name: str):
    order, other = order_of(world.bob, world.chair), order_of(world.charlie, world.chair)
    deliver_order(order, now=timezone.now())
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=timezone.now())
    service = colleague("view_order", "change_order")

    answer = service.post(reverse(f"admin:{name}", args=[other.pk, given.pk]))

    given.refresh_from_db()
    assert (answer.status_code, given.is_awaited) == (404, True)


def test_customer_service_cancels_a_part(world: World):
    make_grant(world.bob, "500.00")
    order = order_of(world.bob, world.chair, 3)
    service = colleague("view_order", "change_order")
    line, form_token = order.lines.get(), str(uuid.uuid4())

    chosen = {"form_token": form_token, f"line-{line.pk}": "2"}
    pages = [service.post(giving_back(order), chosen, follow=True) for _ in range(2)]

    assert GiveBack.objects.get().credit == Decimal("498.00")
    assert [[str(message) for message in page.context["messages"]] for page in pages] == [
        ["Back to the credit: €\xa0498,00. Back to the bank: €\xa00,00."],
        ["This was given back already."],
    ]


def test_wrong_number_is_told_to_customer_service(world: World):
    order = order_of(world.bob, world.chair)
    service = colleague("view_order", "change_order")

    page = service.post(giving_back(order), {"form_token": str(uuid.uuid4()), f"line-{order.lines.get().pk}": "2"})

    assert "You can give back at most 1." in page.text
    assert not GiveBack.objects.exists()


def test_customer_service_cancels_an_order_that_is_not_paid(world: World):
    order, _payment = started(world)
    service = colleague("view_order", "change_order")

    service.post(giving_back(order))

    order.refresh_from_db()
    assert (order.state, order.events.last().actor.email) == ("cancelled", "service@thuiswerk.example")
    assert credit_of(world, NOW) == Decimal("250.00")


@pytest.mark.parametrize("name", ["orders_order_give_back", "orders_order_receive_return", "orders_order_miss_return"])
def test_who_may_only_look_gives_nothing_back(world: World, name: str):
    order = deliver_order(order_of(world.bob, world.chair), now=timezone.now())
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=timezone.now())
    looker = colleague("view_order")
    arguments = [order.pk, given.pk] if "return" in name else [order.pk]

    answer = looker.post(reverse(f"admin:{name}", args=arguments), {"everything": "1"})

    given.refresh_from_db()
    assert (answer.status_code, given.is_awaited, GiveBack.objects.count()) == (403, True, 1)


def said(service: Client, address: str, **form: str) -> list[str]:
    return [str(message) for message in service.post(address, form, follow=True).context["messages"]]


def test_what_was_noted_before_is_not_claimed_again(world: World):
    order = order_of(world.bob, world.chair)
    service = colleague("view_order", "change_order")

    told = [said(service, screen(order), step=step) for step in ("delivered", "packed", "delivered")]

    assert told == [["Noted: Delivered."], ["This was noted already: Packed."], ["This was noted already: Delivered."]]
    assert list(order.events.values_list("kind", flat=True))[2:] == ["packed", "shipped", "delivered"]


def test_second_press_on_a_return_says_that_it_was_noted(world: World):
    order = deliver_order(order_of(world.bob, world.chair), now=timezone.now())
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=timezone.now())
    receive, miss = (
        reverse(f"admin:orders_order_{name}_return", args=[order.pk, given.pk]) for name in ("receive", "miss")
    )
    service = colleague("view_order", "change_order")

    told = [said(service, address)[0] for address in (miss, miss, receive, receive)]

    assert told == [
        "Noted that it did not come in. The employee gets a mail.",
        "It was noted before that this return did not come in.",
        "Received. The money goes back to the employee.",
        "This return has come in already.",
    ]


@pytest.mark.parametrize("name", ["orders_order_receive_return", "orders_order_miss_return"])
def test_cancellation_is_no_return_to_wait_for(world: World, name: str):
    order = order_of(world.bob, world.chair)
    given = give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=timezone.now())
    service = colleague("view_order", "change_order")
    before = list(order.events.values_list("kind", flat=True))

    told = said(service, reverse(f"admin:{name}", args=[order.pk, given.pk]))

    assert told == ["This was cancelled before it was sent, so nothing comes in."]
    assert (list(order.events.values_list("kind", flat=True)), credit_of(world)) == (before, Decimal("250.00"))
