"""Payments and refunds in the back office: found, what waits first, never changed."""

import re
import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from orders.giving_back import give_back
from orders.models import Payment, PaymentState, Refund
from orders.settlement import settle_payment, start_payment
from orders.tasks import send_refunds
from tests.orders.conftest import IN_TIME, at_the_bank, order_of
from tests.world import NOW, World, make_colleague, make_user
from thuiswerk.lib.money import euro

PAYMENTS = "admin:orders_payment_changelist"
REFUNDS = "admin:orders_refund_changelist"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def service(world: World) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(make_colleague("service@thuiswerk.example", "Sam Service", role="customer_service"))
    return client


def payment_of(member, product, state: str = "") -> Payment:
    """Of an order above somebody's credit, as the provider told how it went."""
    order = order_of(member, product)
    start_payment(order, now=NOW)
    if state:
        at_the_bank(order.payments.get(), state)
        settle_payment(order.payments.get(), now=IN_TIME)
    return order.payments.get()


def refund_of(payment: Payment) -> Refund:
    """What comes back of an order that was paid and cancelled whole."""
    order = payment.order
    give_back(order, {line.pk: line.quantity for line in order.lines.all()}, form_token=uuid.uuid4(), now=IN_TIME)
    return payment.refunds.get()


def chargeback_of(payment: Payment, amount: str = "149.00", **fields: object) -> None:
    """What the employee's bank took back of a payment."""
    number = payment.chargebacks.count()
    payment.chargebacks.create(
        portal=payment.portal, provider_id=f"chb_{number}", amount=Decimal(amount), told_at=NOW, **fields
    )


def numbers(page) -> list[str]:
    """The order numbers of the list, from the top."""
    return re.findall(r"field-order_number[^>]*>(?:<a[^>]*>)?([^<]+)", page.text)


@pytest.mark.parametrize("words", ["number", "provider_id", "email"])
def test_payment_is_found_by_order_id_and_employee(service: Client, world: World, words: str):
    ours, other = payment_of(world.bob, world.desk), payment_of(world.alice, world.desk)
    asked = {"number": ours.order.number, "provider_id": ours.provider_id, "email": "bob@acme.example"}[words]

    page = service.get(reverse(PAYMENTS), {"q": asked})

    assert numbers(page) == [ours.order.number]
    assert other.order.number != ours.order.number


def test_payments_that_wait_and_that_failed_come_first(service: Client, world: World):
    failed = payment_of(world.bob, world.desk, "failed")
    due = payment_of(world.alice, world.desk, "paid")
    Payment.objects.filter(pk=due.pk).update(state=PaymentState.REFUND_DUE)
    newest = payment_of(world.bob, world.desk, "paid")

    page = service.get(reverse(PAYMENTS))

    assert numbers(page) == [due.order.number, failed.order.number, newest.order.number]


def test_refunds_that_are_due_come_first(service: Client, world: World):
    done = refund_of(payment_of(world.bob, world.desk, "paid"))
    send_refunds()
    due = refund_of(payment_of(world.alice, world.desk, "paid"))

    page = service.get(reverse(REFUNDS))

    assert numbers(page) == [due.payment.order.number, done.payment.order.number]
    found = service.get(reverse(REFUNDS), {"q": done.payment.provider_id})
    assert numbers(found) == [done.payment.order.number]


def test_refunds_say_how_they_stand_and_those_that_failed_come_first(service: Client, world: World):
    done, held, failed = (refund_of(payment_of(world.bob, world.desk, "paid")) for _ in range(3))
    Refund.objects.filter(pk=done.pk).update(done_at=NOW)
    Refund.objects.filter(pk=failed.pk).update(failed_at=NOW, failures=1)
    chargeback_of(held.payment)
    due = refund_of(payment_of(world.alice, world.desk, "paid"))

    page = service.get(reverse(REFUNDS))

    assert list(zip(numbers(page), re.findall(r'field-standing">([^<]+)', page.text), strict=True)) == [
        (failed.payment.order.number, "niet gelukt"),
        (held.payment.order.number, "wacht: de bank haalde het al terug"),
        (due.payment.order.number, "terug te betalen"),
        (done.payment.order.number, "terugbetaald"),
    ]


def test_payment_that_the_bank_took_back_comes_first_with_what_it_took(service: Client, world: World):
    taken = payment_of(world.bob, world.desk, "paid")
    failed = payment_of(world.alice, world.desk, "failed")
    chargeback_of(taken, "40.00")
    chargeback_of(taken, "9.00", reversed_at=NOW)

    page = service.get(reverse(PAYMENTS))

    assert numbers(page) == [taken.order.number, failed.order.number]
    shown = re.findall(r'field-taken_back">([^<]*)', page.text)
    assert shown == [euro(Decimal("40.00")), "-"]


def test_only_who_handles_orders_sends_a_refund_again(world: World):
    refund = refund_of(payment_of(world.bob, world.desk, "paid"))
    Refund.objects.filter(pk=refund.pk).update(failed_at=NOW, failures=1)
    client = Client(HTTP_HOST="localhost")
    reader = make_user("reader@thuiswerk.example", "Rea Reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_payment"))
    client.force_login(reader)

    client.post(reverse(REFUNDS), {"action": "send_again", "_selected_action": [refund.pk]})

    refund.refresh_from_db()
    assert refund.failed_at == NOW


def test_nobody_changes_adds_or_deletes(world: World):
    refund = refund_of(payment_of(world.bob, world.desk, "paid"))
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.coordinator)

    for name, pk in (("payment", refund.payment_id), ("refund", refund.pk)):
        shown = client.get(reverse(f"admin:orders_{name}_change", args=[pk]))
        assert (shown.status_code, 'name="_save"' in shown.text) == (200, False)
        assert client.post(reverse(f"admin:orders_{name}_change", args=[pk]), {"amount": "1"}).status_code == 403
        assert client.get(reverse(f"admin:orders_{name}_add")).status_code == 403
        assert client.post(reverse(f"admin:orders_{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_lists_need_the_permission(world: World):
    client = Client(HTTP_HOST="localhost")
    client.force_login(make_user("intern@thuiswerk.example", "Ira Intern", is_staff=True))

    assert [client.get(reverse(name)).status_code for name in (PAYMENTS, REFUNDS)] == [403, 403]


@pytest.mark.parametrize("name", [PAYMENTS, REFUNDS])
def test_lists_take_as_many_statements_for_each_length(
    service: Client, world: World, name: str, django_assert_num_queries, django_assert_max_num_queries
):
    refund_of(payment_of(world.bob, world.desk, "paid"))
    with django_assert_max_num_queries(15) as first:
        service.get(reverse(name))
    for member in (world.bob, world.alice):
        refund_of(payment_of(member, world.desk, "paid"))

    with django_assert_num_queries(len(first)):
        service.get(reverse(name))
