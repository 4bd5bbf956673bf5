"""Orders in the back office: found and read, never changed."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from orders.admin import OrderAdmin, OrderLineInline, PaymentInline
from orders.fulfilment import deliver_order, pack_order, ship_order
from orders.models import EventKind, Order, OrderState
from orders.settlement import start_payment
from tests.orders.conftest import HOME, order_of
from tests.world import NOW, World, make_grant, make_user


@pytest.fixture
def service(world: World) -> Client:
    """Customer service, who may see orders and nothing else."""
    user = make_user("service@thuiswerk.example", "Sam Service", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def order_fields(page: str) -> dict[str, str]:
    """What the fields of the screen say, by the name of the field."""
    return dict(re.findall(r'field-(\w+).*?<div class="readonly">(.*?)</div>', page, re.DOTALL))


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.DEMO = True


@pytest.mark.parametrize("words", ["number", "bob@acme.example", "Bob de Vries", "P-1002"])
def test_order_is_found_by_number_and_by_employee(service: Client, world: World, words: str):
    world.bob.staff_number = "P-1002"  # which no order number begins with
    world.bob.save()
    order = order_of(world.bob, world.chair)
    other = order_of(world.charlie, world.chair, address=replace(HOME, name="Charlie Peeters"))

    page = service.get(reverse("admin:orders_order_changelist"), {"q": order.number if words == "number" else words})

    assert (order.number in page.text, other.number in page.text) == (True, False)


def test_order_shows_lines_payments_and_totals(service: Client, world: World):
    order = order_of(world.bob, world.desk)
    start_payment(order, now=NOW)

    page = service.get(reverse("admin:orders_order_change", args=[order.pk])).text

    for part in ("Zit-sta bureau Lift", order.payments.get().provider_id, "€\xa0399,00", "€\xa0250,00", "€\xa0149,00"):
        assert part in page, part


def test_order_shows_language_and_country_in_words(service: Client, world: World):
    order = order_of(world.bob, world.chair)

    fields = order_fields(service.get(reverse("admin:orders_order_change", args=[order.pk])).text)

    assert (fields["in_language"], fields["in_country"]) == ("Nederlands", "Nederland")


def test_every_amount_of_an_order_is_in_euro(service: Client, world: World):
    order = order_of(world.bob, world.desk)
    start_payment(order, now=NOW)

    page = service.get(reverse("admin:orders_order_change", args=[order.pk])).text

    assert re.findall(r"(?<!€\xa0)\b\d+,\d\d\b", page) == []


def test_order_is_not_changed_added_or_deleted(service: Client, world: World):
    order = order_of(world.bob, world.chair)
    address = reverse("admin:orders_order_change", args=[order.pk])

    assert service.post(address, {"state": "cancelled"}).status_code == 403
    assert service.post(reverse("admin:orders_order_delete", args=[order.pk]), {"post": "yes"}).status_code == 403
    assert service.get(reverse("admin:orders_order_add")).status_code == 403
    assert Order.objects.get().state == "confirmed"


def test_not_even_an_administrator_edits_money(world: World, rf: RequestFactory):
    request = rf.get("/")
    request.user = world.coordinator

    for model_admin in (OrderAdmin, OrderLineInline, PaymentInline):
        for permission in ("add", "change", "delete"):
            assert not getattr(model_admin, f"has_{permission}_permission")(None, request)


def test_orders_need_the_permission(world: World):
    user = make_user("nobody@thuiswerk.example", "Nobody", is_staff=True)
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)

    assert client.get(reverse("admin:orders_order_changelist")).status_code == 403


@pytest.mark.parametrize("orders", [1, 3])
def test_list_takes_as_many_statements_for_each_length(
    service: Client, world: World, django_assert_max_num_queries, orders: int
):
    for _ in range(orders):
        order_of(world.bob, world.chair)

    with django_assert_max_num_queries(14):
        page = service.get(reverse("admin:orders_order_changelist"))

    assert page.text.count("Bob de Vries") + page.text.count("bob@acme.example") >= orders


def test_list_says_how_far_each_order_came_and_finds_those_that_wait_for_a_step(service: Client, world: World):
    make_grant(world.bob, "5000.00")
    names = ("fresh", "packed", "sent", "skipped", "delivered")
    orders = {name: order_of(world.bob, world.chair) for name in names}
    for name, steps in {"packed": [pack_order], "sent": [pack_order, ship_order], "skipped": [ship_order]}.items():
        for step in steps:
            step(orders[name], now=NOW, actor=None)
    deliver_order(orders["delivered"], now=NOW, actor=None)

    def listed(**query: str) -> dict[str, str]:
        page = service.get(reverse("admin:orders_order_changelist"), query)
        return {
            order.number: page.context["cl"].model_admin.standing(order) for order in page.context["cl"].result_list
        }

    def numbers(*names: str) -> set[str]:
        return {orders[name].number for name in names}

    assert [listed()[orders[name].number] for name in ("fresh", "packed", "delivered")] == [
        str(OrderState.CONFIRMED.label),
        str(EventKind.PACKED.label),
        str(EventKind.DELIVERED.label),
    ]
    assert listed(step="packed").keys() == numbers("fresh")
    assert listed(step="shipped").keys() == numbers("packed")
    assert listed(step="delivered").keys() == numbers("sent", "skipped")
    assert listed(step="none").keys() == numbers("delivered")
