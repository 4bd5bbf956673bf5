"""Three months of ordering: everything goes through the workflows that people use, at the moments it would have."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, QuerySet

from accounts.models import User
from billing import consumption, delivery, ledger, reminders
from billing.correcting import correct
from billing.run import run_portal
from catalog.assortment import visible_products
from catalog.models import Product
from onboarding.demo.cast import ADDRESSES
from orders import giving_back, questions
from orders.cart import add_to_cart
from orders.checkout import Address, place_order
from orders.models import DemoPayment, DemoState, EventKind, GiveBack, Order, OrderLine, OrderState, Refund
from orders.payments import demo as demo_provider
from orders.refunds import send_refund
from orders.settlement import settle_payment, start_payment
from portals.models import Membership, OwnMoney, Portal
from thuiswerk.lib.periods import Month, first_invoice_day, start_of_day

Visit = tuple[dt.datetime, Membership]
PLENTY = 30
OWN_POCKET = Decimal(120)
# Subject, question, answer.
QUESTIONS = (
    (
        "Bezorgen bij de buren",
        "Ik ben overdag niet thuis. Kan het bij nummer 14 worden afgegeven?",
        "Ja, dat staat nu bij je bestelling. De bezorger belt eerst bij jou aan.",
    ),
    ("Andere kleur", "Kan ik dit ruilen voor een lichtere kleur?", ""),
)


def order_all(members: list[Membership], *, until: dt.datetime, chance: random.Random) -> None:
    """Let `members` shop between the start of their portals and `until`, in the order of the clock."""
    offers: dict[int, list[Product]] = {}
    for moment, member in sorted(_visits(members, until, chance), key=lambda visit: visit[0]):
        offer = offers.setdefault(member.portal_id, _offer(member.portal))
        _shop(member, moment, chance.sample(offer, 10), chance.randint(1, 3))


def ask_about_orders(members: list[Membership], *, staff: User) -> None:
    """Two of `members` asked about their first order; one of them is still waiting for an answer."""
    with_orders = [order for member in members if (order := member.orders.order_by("placed_at").first())]
    for order, (subject, text, answer_text) in zip(with_orders, QUESTIONS, strict=False):
        asked_at, token = order.placed_at + dt.timedelta(hours=20), uuid.uuid5(order.form_token, "question")
        question = questions.ask(
            order.membership, order=order, subject=subject, text=text, form_token=token, now=asked_at
        )
        if answer_text:
            answered_at = asked_at + dt.timedelta(hours=3)
            questions.answer(question, text=answer_text, actor=staff, form_token=token, now=answered_at)


def cancel_one(members: list[Membership]) -> None:
    """One of `members` thought better of an order with own money, before it was packed."""
    orders = Order.objects.filter(membership__in=members, state=OrderState.CONFIRMED, credit__gt=0, own_money__gt=0)
    if order := orders.order_by("membership", "-pk").first():
        _give_back(order, order.lines.all(), order.placed_at + dt.timedelta(minutes=40))


def return_some(members: list[Membership], *, staff: User, until: dt.datetime) -> None:
    """Of what was delivered to `members` one product came back; another is on its way."""
    delivered = Order.objects.annotate(number_of_lines=Count("lines")).filter(
        membership__in=members,
        credit__gt=0,
        number_of_lines__gte=2,
        events__kind=EventKind.DELIVERED,
        events__at__lt=until - dt.timedelta(days=5),
    )
    for order, comes_in in zip(delivered.order_by("membership", "-pk")[:2], (True, False), strict=False):
        asked_at = order.events.get(kind=EventKind.DELIVERED).at + dt.timedelta(days=2)
        given = _give_back(order, order.lines.order_by("-credit", "pk")[:1], asked_at)
        if comes_in:
            giving_back.register_receipt(given, now=asked_at + dt.timedelta(days=2), actor=staff)


def return_a_month_later(members: list[Membership], *, staff: User) -> None:
    """One of `members` sent back a whole order in the month after it, so that its credit was invoiced already."""
    orders = Order.objects.filter(membership__in=members, credit__gt=0, events__kind=EventKind.DELIVERED)
    for order in orders.order_by("placed_at"):
        next_month = start_of_day(Month.of(order.placed_at).next.first_day)
        asked_at = next_month + dt.timedelta(days=1, hours=11)
        if dt.timedelta(days=2) < asked_at - order.events.get(kind=EventKind.DELIVERED).at < dt.timedelta(days=20):
            given = _give_back(order, order.lines.all(), asked_at)
            giving_back.register_receipt(given, now=asked_at + dt.timedelta(days=3), actor=staff)
            return


def send_refunds() -> None:
    """What goes back to a bank is there a minute later."""
    for refund in Refund.objects.to_send().select_related("payment__order"):
        send_refund(refund, now=refund.created_at + dt.timedelta(minutes=1))


def invoice_past_months(*, before: dt.datetime) -> None:
    """Make the invoices of every month whose run was over before `before`, each on its day; the last month's are left
    to whoever looks at the demo."""
    for portal in Portal.objects.order_by("pk"):
        for month in list(consumption.open_months(portal, Month.of(before).previous.previous)):
            moment = start_of_day(first_invoice_day(month.next)) + dt.timedelta(hours=6)
            for document in run_portal(portal, month, now=moment):
                if document.issued_at:
                    delivery.finish(document, now=moment)


def correct_last_invoice(portal: Portal, order_number: str, *, actor: User) -> None:
    """A week after its last invoice the company found that it lacked the order number: credited and billed anew."""
    last = portal.invoices.issued().latest("issued_at", "number")
    moment = start_of_day(last.issued_on or last.period) + dt.timedelta(days=7, hours=10)
    company = portal.company
    company.order_number = order_number
    company.save(update_fields=["order_number"])
    reason = f"Inkoopordernummer {order_number} ontbrak"
    correction = correct(last, reason=reason, source=f"demo:{last.pk}", now=moment, actor=actor)
    for document in (correction.credit_note, correction.replacement):
        delivery.finish(document, now=moment)


def remind(*, now: dt.datetime, actor: User) -> None:
    """Of what is overdue the oldest was asked for again, and a company disputes the newest; the rest is to be sent."""
    moment = now - dt.timedelta(days=2)
    match [due.invoice for due in reminders.due_reminders(now=moment)]:
        case [oldest, *_rest, newest]:
            reminders.send([oldest.pk], now=moment, actor=actor)
            reason = "Volgens de klant hoort een bestelling bij een ander bedrijf"
            reminders.pause(newest, reason=reason, now=moment, actor=actor)


def expire_ended(portal: Portal, *, now: dt.datetime) -> None:
    """Write off what the people of an ended portal left unspent."""
    for member in portal.memberships.all():
        ledger.expire(member, now=now)


def _give_back(order: Order, lines: QuerySet[OrderLine], moment: dt.datetime) -> GiveBack:
    quantities = {line.pk: line.quantity for line in lines}
    token = uuid.uuid5(order.form_token, "give-back")
    return giving_back.give_back(order, quantities, form_token=token, now=moment, actor=order.membership.user)


def _visits(members: list[Membership], until: dt.datetime, chance: random.Random) -> Iterator[Visit]:
    for member in members:
        portal = member.portal
        if portal.live_from is None or portal.live_until is None:
            continue
        opened = start_of_day(portal.live_from)
        days = (min(until, start_of_day(portal.live_until)) - opened).days
        for _ in range(chance.randint(1, 4)):
            minutes = chance.randint(8 * 60, 22 * 60)
            yield opened + dt.timedelta(days=chance.randrange(days), minutes=minutes), member


def _offer(portal: Portal) -> list[Product]:
    return list(visible_products(portal).filter(stock__gte=PLENTY).order_by("pk"))


def _shop(member: Membership, moment: dt.datetime, seen: list[Product], wanted: int) -> None:
    """Put what fits the purse in the cart and order it; who can pay for nothing orders nothing."""
    purse = ledger.available(member, now=moment)
    if member.portal.own_money != OwnMoney.NOTHING:
        purse += OWN_POCKET
    for product in seen:
        if product.price <= purse and wanted:
            add_to_cart(member, product_id=product.pk, quantity=1, now=moment)
            purse, wanted = purse - product.price, wanted - 1
    if member.cart_lines.exists():
        _check_out(member, moment)


def _check_out(member: Membership, moment: dt.datetime) -> None:
    address = Address(member.user.name, *ADDRESSES[member.pk % len(ADDRESSES)])
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"{member.pk}:{moment.isoformat()}")
    order = place_order(member, address=address, form_token=token, now=moment, language=member.user.language)
    if order.awaits_payment:
        _pay(order, moment + dt.timedelta(minutes=2))


def _pay(order: Order, moment: dt.datetime) -> None:
    start_payment(order, now=moment)
    payment = order.payments.get()
    demo_provider.finish(DemoPayment.objects.get(provider_id=payment.provider_id), DemoState.PAID)
    settle_payment(payment, now=moment)
