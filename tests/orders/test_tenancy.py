"""Charlie of globex asks for everything of Bob's at acme; Alice is Bob's colleague and may not look either."""

import pytest
from django.test import Client

from orders.models import Order
from orders.settlement import start_payment
from tests.orders.conftest import ACME, GLOBEX, order_of, put
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("today")


@pytest.mark.parametrize(("name", "host"), [("charlie", GLOBEX), ("alice", ACME)])
def test_nobody_else_finds_bobs_order_cart_or_payment(world: World, name: str, host: str):
    paid, waiting = order_of(world.bob, world.chair), order_of(world.bob, world.desk)
    start_payment(waiting, now=NOW)
    put(world.bob, world.chair)
    line, payment = world.bob.cart_lines.get(), waiting.payments.get()
    client = Client(HTTP_HOST=host)
    client.force_login(getattr(world, name).user)

    asked = {
        "line": client.post(f"/cart/lines/{line.pk}/", {"quantity": 9}),
        "order": client.get(f"/orders/{paid.number}/"),
        "receipt": client.get(f"/orders/{paid.number}/receipt.pdf"),
        "start": client.post(f"/orders/{waiting.number}/payment/"),
        "return": client.get(f"/orders/{waiting.number}/return/"),
        "bank": client.get(f"/payments/demo/{payment.provider_id}/"),
        "pay": client.post(f"/payments/demo/{payment.provider_id}/", {"outcome": "paid"}),
    }

    assert {what: page.status_code for what, page in asked.items()} == dict.fromkeys(asked, 404)
    assert not any(b"Lindelaan" in page.content or b"Nova" in page.content for page in asked.values())
    line.refresh_from_db()
    assert (line.quantity, Order.objects.get(pk=waiting.pk).state) == (1, "awaiting_payment")


def test_bob_at_acme_is_nobody_at_globex(world: World):
    order = order_of(world.bob, world.chair)
    client = Client(HTTP_HOST=GLOBEX)
    client.force_login(world.bob.user)

    page = client.get(f"/orders/{order.number}/")

    assert page.status_code == 302
    assert page.headers["Location"].startswith("/account/login/")
