"""An example portal with a visitor who did everything that an employee can do."""

import uuid
from decimal import Decimal

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from catalog.wishes import add_wish
from onboarding import example
from orders.fulfilment import deliver_order
from orders.giving_back import give_back, register_receipt
from orders.models import Chargeback, Order
from orders.postal_address import save_address
from orders.questions import answer, ask, reply
from orders.refunds import send_refund
from orders.settlement import settle_payment, start_payment
from portals.models import Membership, Portal
from tests.orders.conftest import HOME, at_the_bank, order_of, put
from tests.world import NOW, World


@pytest.fixture
def shop(world: World) -> Portal:
    """The example portal at NOW."""
    return example.ensure_example(now=NOW)


@pytest.fixture
def visitor(shop: Portal) -> Membership:
    """Somebody who came in at NOW."""
    return example.enter(shop, now=NOW)


def paid(order: Order) -> Order:
    """`order` with its own part paid."""
    start_payment(order, now=NOW)
    payment = order.payments.get()
    at_the_bank(payment, "paid")
    settle_payment(payment, now=NOW)
    order.refresh_from_db()
    return order


def do_everything(visitor: Membership, world: World) -> Order:
    """Orders paid with credit and own money, sent, given back and asked about; a wish, an address, a cart, a session.

    Returns the order of a desk, of which EUR 350 was credit and EUR 49 own money.
    """
    desk = deliver_order(paid(order_of(visitor, world.desk)), now=NOW)
    given = give_back(desk, {desk.lines.get().pk: 1}, form_token=uuid.uuid4(), now=NOW)
    register_receipt(given, now=NOW, actor=world.coordinator)
    send_refund(given.refund, now=NOW)
    Chargeback.objects.create(
        portal=visitor.portal, payment=desk.payments.get(), provider_id="c", amount=Decimal(1), told_at=NOW
    )
    question = ask(visitor, order=desk, subject="Wanneer?", text="Vandaag?", form_token=uuid.uuid4(), now=NOW)
    reply(question, text="Of morgen?", form_token=uuid.uuid4(), now=NOW)
    answer(question, text="Nooit.", actor=world.coordinator, form_token=uuid.uuid4(), now=NOW)
    add_wish(visitor, product_id=world.chair.pk, now=NOW)
    save_address(visitor, HOME, now=NOW)
    order_of(visitor, world.mug)
    put(visitor, world.chair)
    return desk


def signed_in_at(member: Membership) -> str:
    """The key of a session in which `member` is signed in until the example begins anew."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(member.user.pk), "accounts.backends.EmailBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.set_expiry(example.next_reset(NOW))
    session.save()
    return session.session_key
