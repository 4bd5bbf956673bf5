"""The operator's warehouse: a system of its own, which sends the orders and tells what came in, by the API."""

import datetime as dt

from accounts.models import User
from catalog.models import Product
from orders.api.models import ApiToken
from orders.api.products import update_products
from orders.api.steps import take_step
from orders.api.tokens import make_token
from orders.models import EventKind, Order, OrderState
from thuiswerk.lib.periods import start_of_day

TRACKING = "https://bezorger.example/"
# Of the day that was promised.
HOURS = {EventKind.PACKED: 1, EventKind.SHIPPED: 5, EventKind.DELIVERED: 13}
FEW, PALLET = 30, 24


def connect(*, actor: User, now: dt.datetime) -> ApiToken:
    """Make the token of the warehouse. Nobody learns it: who wants to try makes another."""
    token = ApiToken(name="Magazijn", catalogue=True, orders=True)
    make_token(token, actor=actor, now=now)
    return token


def send_orders(token: ApiToken, *, until: dt.datetime) -> None:
    """Bring each order on the day that was promised for it, as far as that has come by `until`."""
    for order in Order.objects.filter(state=OrderState.CONFIRMED).order_by("pk"):
        if order.promised_on is not None:
            _send(token, order, start_of_day(order.promised_on), until)


def stock_up(token: ApiToken, *, now: dt.datetime) -> None:
    """Of five products that became few, a pallet came in."""
    few = Product.objects.filter(stock__range=(1, FEW), is_active=True).order_by("pk")[:5]
    lines = [{"sku": product.sku, "stock_change": PALLET} for product in few]
    update_products(token, lines, now=now)
    token.last_used_at = now
    token.save(update_fields=["last_used_at"])


def _send(token: ApiToken, order: Order, day: dt.datetime, until: dt.datetime) -> None:
    """Pack, send and deliver `order` in the course of `day`."""
    for step, hour in HOURS.items():
        moment = day + dt.timedelta(hours=hour)
        if moment <= until:
            link = {"tracking_url": f"{TRACKING}{order.number}"} if step == EventKind.SHIPPED else {}
            take_step(token, order.number, {"step": str(step.value), **link}, now=moment)
