"""What has to be in the database for the states of the pages; each scene returns the names that their paths use."""

import datetime as dt
import uuid

from accounts.models import Mail
from billing import ledger
from catalog.models import Product
from catalog.wishes import add_wish
from orders.cart import add_to_cart
from orders.checkout import Address
from orders.fulfilment import deliver_order, pack_order, ship_order
from orders.giving_back import give_back, register_receipt
from orders.giving_up import cancel_unpaid, lapse_order
from orders.models import Order
from orders.postal_address import save_address
from orders.questions import answer, ask
from orders.settlement import settle_payment, start_payment
from portals.models import OwnMoney
from tests.orders.conftest import HOME, TOO_LATE, at_the_bank, order_of
from tests.world import NOW, World, make_category, make_grant, make_membership, make_product

Names = dict[str, object]
BEFORE = NOW - dt.timedelta(days=3)
OFFICE = Address("Bob de Vries", "Stationsplein", "1", "3511 ED", "Utrecht")


def make_full(world: World) -> Names:
    """Bob with orders in every state, addresses, questions, wishes, and a cart of which one line is stopped."""
    world.acme.own_money, world.acme.welcome_nl = OwnMoney.EVERYTHING, "Welkom in onze winkel."
    world.acme.save()
    make_grant(world.bob, "5000.00", valid_from=NOW.date(), reason="Jubileum")
    sold_out = make_product(world.chairs, "Bureaustoel Uit", "99.00", stock=0, energy_class="C")
    limited = make_product(world.chairs, "Kruk", "49.00")
    world.acme.quantity_limits.create(product=limited, most=1)
    names = _orders(world) | _questions(world)
    for address in (HOME, OFFICE):
        save_address(world.bob, address, now=NOW)
    for product in (world.chair, world.mug, sold_out):
        add_wish(world.bob, product_id=product.pk, now=NOW)
    stopped = make_product(world.chairs, "Bureaustoel Straks", "199.00")
    for product in (world.mug, stopped):
        add_to_cart(world.bob, product_id=product.pk, quantity=1, now=NOW)
    Product.objects.filter(pk=stopped.pk).update(stock=0, price="209.00")
    return names | {
        "shelf": world.chairs.slug,
        "empty_shelf": _empty_shelf(world),
        "chair": _product(world.chair),
        "chair_pk": world.chair.pk,
        "outside": _product(world.mug),
        "sold_out": _product(sold_out),
        "sold_out_pk": sold_out.pk,
        "limited": _product(limited),
        "address": world.bob.addresses.first().pk,
    }


def make_empty(world: World) -> Names:
    """Dana, who came today."""
    make_membership(world.acme, "dana@acme.example")
    return {"chair": _product(world.chair)}


def make_checkout(world: World) -> Names:
    """Alice with a part to pay herself, and two addresses to choose from."""
    make_grant(world.alice, "100.00")
    for address in (HOME, OFFICE):
        save_address(world.alice, address, now=NOW)
    add_to_cart(world.alice, product_id=world.desk.pk, quantity=1, now=NOW)
    return {}


def make_mail(world: World) -> Names:
    """Bob's confirmation among the mails of a demo."""
    order_of(world.bob, world.chair)
    return {"mail": Mail.objects.first().pk}


def make_delivered(world: World) -> Names:
    return {"delivered": _delivered(world).number}


def make_returned(world: World) -> dt.datetime:
    """Bob's chair came back after the end of portal and credit; returns a moment at which he may still order."""
    ended = NOW + dt.timedelta(days=100)
    order = _delivered(world)
    ledger.expire(world.bob, now=ended)
    register_receipt(order.give_backs.get(), now=ended, actor=world.coordinator)
    return ended


def _orders(world: World) -> Names:
    unpaid, failed, lapsed, cancelled, ended = (_unpaid(world) for _number in range(5))
    cancel_unpaid(cancelled, now=NOW)
    for order, state in ((failed, "failed"), (ended, "paid")):
        at_the_bank(order.payments.get(), state)
        settle_payment(order.payments.get(), now=NOW)
    delivered, fresh = _delivered(world), order_of(world.bob, world.chair)
    # What it held comes back into the cart.
    lapse_order(lapsed, now=TOO_LATE)
    orders = {"unpaid": unpaid, "failed": failed, "lapsed": lapsed, "cancelled": cancelled, "delivered": delivered}
    return {name: order.number for name, order in orders.items()} | {
        "fresh": fresh.number,
        "line": delivered.lines.get().pk,
        "open": unpaid.payments.get().provider_id,
        "ended": ended.payments.get().provider_id,
    }


def _unpaid(world: World) -> Order:
    """An order that credit does not pay."""
    order = order_of(world.bob, world.mug)
    start_payment(order, now=NOW)
    return order


def _delivered(world: World) -> Order:
    """An order that went all the way, of which one piece is on its way back."""
    order = order_of(world.bob, world.chair, 2, now=BEFORE)
    if order.awaits_payment:
        start_payment(order, now=BEFORE)
        at_the_bank(order.payments.get(), "paid")
        settle_payment(order.payments.get(), now=BEFORE)
    pack_order(order, now=BEFORE)
    ship_order(order, "https://parcels.example/track/3S0123", now=BEFORE)
    order = deliver_order(order, now=BEFORE)
    give_back(order, {order.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)
    return order


def _questions(world: World) -> Names:
    order = Order.objects.filter(membership=world.bob).first()
    asked, answered = (
        ask(world.bob, order=order, subject=subject, text="Hoe zit dat?", form_token=uuid.uuid4(), now=NOW)
        for subject in ("Waar blijft hij", "Een wieltje te weinig")
    )
    answer(answered, text="Dat komt in orde.", actor=world.coordinator, form_token=uuid.uuid4(), now=NOW)
    return {"asked": asked.pk, "answered": answered.pk}


def _empty_shelf(world: World) -> str:
    shelf = make_category("Leeg")
    world.acme.assortment.create(category=shelf)
    return shelf.slug


def _product(product: Product) -> str:
    return f"{product.pk}/{product.slug}"
