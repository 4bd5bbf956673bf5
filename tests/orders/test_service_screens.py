"""Customer service takes an order to its next step."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from orders.models import Order
from tests.orders.conftest import order_of
from tests.world import World, make_user

TRACKING = "https://parcels.example/track/3S0123"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.DEMO = True


def colleague(*permissions: str) -> Client:
    """Somebody of the staff with these permissions on orders."""
    user = make_user("service@thuiswerk.example", "Sam Service", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    return client


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


@pytest.mark.parametrize("link", ["javascript:alert(1)", "no address"])
def test_link_that_is_no_address_is_refused_at_its_field(world: World, link: str):
    order = order_of(world.bob, world.chair)
    service = colleague("view_order", "change_order")

    page = service.post(screen(order), {"step": "shipped", "tracking_url": link})

    assert page.context["form"].errors == {"tracking_url": ["Enter a valid URL."]}
    assert not order.events.filter(kind="shipped").exists()


def test_order_that_is_not_paid_offers_no_step_and_takes_none(world: World):
    order = order_of(world.bob, world.desk)
    service = colleague("view_order", "change_order")

    page = service.post(screen(order), {"step": "packed"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "This order is not confirmed, so nothing of it is sent."
    ]
    assert 'name="step"' not in page.text
