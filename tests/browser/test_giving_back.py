"""The pages of giving an order back, clean in both languages, light and dark, wide and narrow."""

import uuid

import pytest

from orders.fulfilment import ship_order
from orders.giving_back import give_back
from orders.settlement import settle_payment, start_payment
from tests.browser import steps
from tests.orders.conftest import at_the_bank, order_of
from tests.world import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, False), (360, True), (1280, True)])
@pytest.mark.parametrize("language", ["Nederlands", "English"])
def test_pages_of_giving_back_are_clean(visit, world, width: int, dark: bool, language: str):
    order = order_of(world.bob, world.chair, 2)
    start_payment(order, now=NOW)
    at_the_bank(order.payments.get(), "paid")
    settle_payment(order.payments.get(), now=NOW)
    line = order.lines.get().pk
    ship_order(order, "https://parcels.example/track/3S0123", now=NOW)
    give_back(order, {line: 1}, form_token=uuid.uuid4(), now=NOW)
    waiting = order_of(world.bob, world.desk)
    visitor = visit(width=width, dark=dark)
    steps.log_in(visitor, "bob@acme.example")
    if language == "English":
        visitor.button(language).click()

    own = f"/orders/{order.number}/"
    wrong, right = f"{own}withdrawal/confirm/?line-{line}=7", f"{own}withdrawal/confirm/?line-{line}=1"
    for path in [own, f"{own}withdrawal/", wrong, right, f"/orders/{waiting.number}/cancel/"]:
        visitor.open(visitor.site.portal("acme") + path)
        visitor.check()
