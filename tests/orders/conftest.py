"""What the tests of ordering need again and again."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client

from billing import ledger
from catalog.models import Product
from orders.cart import add_to_cart
from orders.checkout import Address, place_order
from orders.models import DemoPayment, Order, Payment
from orders.settlement import start_payment
from portals.models import Membership
from tests.world import NOW, World, make_user
from thuiswerk.celery import app

pytest.register_assert_rewrite("tests.orders.over_http", "tests.orders.money_sums", "tests.orders.money_cases")

from tests.orders.over_http import Server  # noqa: E402

HOME = Address("Bob de Vries", "Lindelaan", "12 B", "3512 AB", "Utrecht")
HOME_FORM = {
    "name": "Bob de Vries",
    "street": "Lindelaan",
    "house_number": "12 B",
    "postal_code": "3512ab",
    "city": "Utrecht",
    "country": "NL",
}
ACME = "acme.localhost"
GLOBEX = "globex.localhost"
# What becomes of a product while two of it lie in the cart, and what is told of it.
CHANGES = (
    ({"is_active": False}, "gone"),
    ({"stock": 0}, "sold_out"),
    ({"stock": 1}, "short"),
    ({"price": Decimal("259.00")}, "repriced"),
)
# Of an order that was placed at NOW: while it may be paid, and when it may not any more.
IN_TIME = NOW + dt.timedelta(minutes=10)
TOO_LATE = NOW + dt.timedelta(minutes=31)


@pytest.fixture
def today() -> Iterator[dt.datetime]:
    """The clock stands at NOW, when the portals of the world are live."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands at NOW, until the test moves it."""
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def server(db: None, settings) -> Iterator[Server]:
    """The application on a port, for requests over HTTP inside the transaction of the test; staff need no code."""
    with Server() as running:
        settings.BASE_DOMAIN, settings.DEMO = f"localhost:{running.port}", True
        yield running


@pytest.fixture
def bob(world: World) -> Client:
    """Bob's browser at acme, signed in."""
    client = Client(HTTP_HOST=ACME)
    client.force_login(world.bob.user)
    return client


@pytest.fixture
def tell(django_capture_on_commit_callbacks) -> Iterator[Callable[..., HttpResponse]]:
    """Tell a webhook of a portal that a payment changed, as a provider does, and let the worker do what it asks."""

    def post(provider_id: str, *, name: str = "demo", host: str = ACME, **claims: str) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return Client(HTTP_HOST=host).post(f"/payments/{name}/webhook/", {"id": provider_id, **claims})

    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield post
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def colleague(*permissions: str) -> Client:
    """Somebody of the staff with these permissions on orders."""
    user = make_user("service@thuiswerk.example", "Sam Service", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    return client


def put(member: Membership, product: Product, quantity: int = 1) -> None:
    """Put a product in the cart of `member`."""
    add_to_cart(member, product_id=product.pk, quantity=quantity, now=NOW)


def order_of(member: Membership, product: Product, quantity: int = 1, **options: Any) -> Order:
    """An order of one product, placed at NOW unless `now` says otherwise."""
    put(member, product, quantity)
    return order_cart(member, **options)


def order_cart(member: Membership, **options: Any) -> Order:
    """Order what is in the cart of `member`."""
    defaults = {"address": HOME, "form_token": uuid.uuid4(), "now": NOW, "language": "nl"}
    return place_order(member, **(defaults | options))


def started(world: World) -> tuple[Order, Payment]:
    """Bob's desk of EUR 399: EUR 250 of credit reserved, a payment of EUR 149 open."""
    order = order_of(world.bob, world.desk)
    start_payment(order, now=NOW)
    return order, order.payments.get()


def at_the_bank(payment: Payment, state: str) -> None:
    """Let the demo's provider have the payment in `state`, without telling anybody."""
    DemoPayment.objects.filter(provider_id=payment.provider_id).update(state=state)


def credit_of(world: World, now: dt.datetime = TOO_LATE) -> Decimal:
    return ledger.available(world.bob, now=now)


def kinds(world: World) -> list[str]:
    return list(world.bob.entries.order_by("pk").values_list("kind", flat=True))


def stock_of(product: Product) -> int:
    return Product.objects.values_list("stock", flat=True).get(pk=product.pk)
