"""What placing an order costs beside the same statements sent bare through the ORM, in turn, each committed."""

import datetime as dt
import statistics
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from bench.world import World
from billing.models import Entry, EntryKind, Grant
from catalog.assortment import payable_ids
from catalog.models import Product
from orders.cart import add_to_cart
from orders.checkout import Address, place_order
from orders.models import Order, OrderLine, OrderState
from portals.models import Membership
from thuiswerk.lib.money import ZERO
from thuiswerk.lib.periods import amsterdam_date

LINES = 3
ADDRESS = Address("Medewerker", "Dorpsstraat", "12", "3511 ED", "Utrecht")


def checkout_ratio(world: World, now: dt.datetime, *, rounds: int) -> float:
    """Orders with credit a second as a share of what the bare statements reach, each with three lines."""
    text = Mail.objects.create(key="bench", to="", subject="Bestelling", text="t" * 1000, html="h" * 4000)
    ways: dict[str, Callable[[Membership], object]] = {
        "place_order": lambda member: place_order(
            member, address=ADDRESS, form_token=uuid.uuid4(), now=now, language="nl"
        ),
        "bare statements": lambda member: place_bare(member, text, now),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for buyer in world.buyers[:rounds]:
        for name, order in ways.items():
            member = _with_full_cart(buyer.membership, world, now)
            start = time.perf_counter()
            order(member)
            seconds[name].append(time.perf_counter() - start)
    for name, order in ways.items():
        member = _with_full_cart(world.buyers[rounds].membership, world, now)
        with CaptureQueriesContext(connection) as captured:
            order(member)
        print(f"{name:<24}{statistics.median(seconds[name]) * 1e3:>8.1f} ms, {len(captured)} statements")
    pairs = zip(seconds["bare statements"], seconds["place_order"], strict=True)
    return statistics.median(bare / ours for bare, ours in pairs)


def _with_full_cart(pk: int, world: World, now: dt.datetime) -> Membership:
    member = Membership.objects.select_related("portal").get(pk=pk)
    for _ in range(LINES):
        add_to_cart(member, product_id=world.product()[0], quantity=1, now=now)
    return member


@transaction.atomic
def place_bare(known: Membership, mail: Mail, now: dt.datetime) -> None:
    """The statements of `place_order`, without its rules: one product paid by credit from the first grant."""
    today, token = amsterdam_date(now), uuid.uuid4()
    locked = Membership.objects.select_for_update(no_key=True, of=("self",))
    member = locked.select_related("portal__company", "user").get(pk=known.pk)
    member.orders.filter(form_token=token).first()
    rows = member.cart_lines.select_for_update(no_key=True, of=("self", "product"))
    lines = list(rows.select_related("product").order_by("product"))
    member.grants.usable_on(today).total_remaining()
    payable_ids(member.portal, [line.product_id for line in lines])
    order = _bare_order(member, token, sum((line.product.price for line in lines), ZERO), now)
    OrderLine.objects.bulk_create(_bare_line(order, line.product) for line in lines)
    for line in lines:
        line.product.stock -= 1
    Product.objects.bulk_update([line.product for line in lines], ["stock"])
    with transaction.atomic():
        _bare_spend(order, now)
    member.cart_lines.all().delete()
    with transaction.atomic():
        values = {"to": member.user.email, "subject": mail.subject, "text": mail.text, "html": mail.html}
        Mail.objects.get_or_create(key=f"bare:{order.number}", defaults=values)


def _bare_order(member: Membership, token: uuid.UUID, total: Decimal, now: dt.datetime) -> Order:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('order_number')")
        (number,) = cursor.fetchone()
    return Order.objects.create(
        portal=member.portal,
        membership=member,
        number=f"BARE-{number}",
        form_token=token,
        state=OrderState.CONFIRMED,
        name="Medewerker",
        street="Dorpsstraat",
        house_number="12",
        postal_code="3511 ED",
        city="Utrecht",
        total=total,
        credit=total,
        own_money=ZERO,
        placed_at=now,
        confirmed_at=now,
    )


def _bare_line(order: Order, product: Product) -> OrderLine:
    return OrderLine(
        portal_id=order.portal_id,
        order=order,
        product=product,
        sku=product.sku,
        name=product.name_nl,
        quantity=1,
        unit_price=product.price,
        vat_rate=product.vat_rate,
        total=product.price,
        vat=ZERO,
        credit=product.price,
        own_money=ZERO,
    )


def _bare_spend(order: Order, now: dt.datetime) -> None:
    Membership.objects.select_for_update(no_key=True).values_list("pk").get(pk=order.membership_id)
    list(Entry.objects.filter(order_number=order.number).order_by("pk"))
    lot = next(iter(order.membership.grants.usable_on(amsterdam_date(now))))
    Grant.objects.filter(pk=lot.pk).update(remaining=F("remaining") - order.credit)
    entry = Entry(
        portal_id=order.portal_id,
        membership_id=order.membership_id,
        grant=lot,
        kind=EntryKind.SPEND,
        amount=-order.credit,
        order_number=order.number,
        source=f"spend:{order.number}",
        posted_at=now,
    )
    Entry.objects.bulk_create([entry])
