"""Every scheduled job may run again at any time: nothing is sent or written twice, and nobody is skipped.

The demo world stands on a day on which there is much to do. Each job of the schedule does its work; then all of them
run again and leave every row of every table as it was.
"""

import datetime as dt
import importlib
import random
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.db.models import Q

from accounts.models import Mail
from billing import ledger
from billing.models import Grant
from catalog.models import Product
from onboarding import building, company_check, example, golive, links
from onboarding.demo.world import load_demo_world
from onboarding.models import Appointment, Build, Lead, Purpose, Stage
from orders.cart import add_to_cart
from orders.checkout import place_order
from orders.giving_back import give_back
from orders.models import DemoPayment, Order, Payment
from orders.settlement import settle_payment, start_payment
from portals.models import Membership, Portal, Role
from tests.orders.conftest import HOME
from tests.world import make_membership, make_portal
from thuiswerk.celery import app
from thuiswerk.lib.periods import AMSTERDAM, amsterdam_date
from thuiswerk.schedule import JOBS

DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2027, 1, 13, 9, 5, tzinfo=AMSTERDAM)
# What says that something was looked at, not that something was done.
OUTSIDE = ("django_cache", "django_migrations", "accounts_jobrun", "accounts_job")


@pytest.fixture
def eager() -> Iterator[None]:
    """What a job hands on is done at once."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


@pytest.fixture
def busy_day(db: None, demo: None, settings: Any) -> None:
    """All of the demo, and something due for every job that finds its work in the database."""
    settings.REMINDERS_AUTOMATIC = True
    load_demo_world(now=MORNING - dt.timedelta(hours=1))
    planned_for_today()
    end("globex", MORNING.date() - DAY)
    end("acme", MORNING.date() + 3 * DAY)
    make_portal("hooli", "Hooli", live_until=MORNING.date() - 40 * DAY)
    make_membership(make_portal("stark", "Stark", live_until=MORNING.date() - 100 * DAY), "tony@stark.example")
    Lead.objects.filter(stage=Stage.LOST).update(stage_since=MORNING - 400 * DAY)
    Session.objects.create(session_key="over", session_data="", expire_date=MORNING - DAY)
    example.enter(Portal.objects.get(is_example=True), now=MORNING - dt.timedelta(minutes=50))
    bought_at("acme")


def end(slug: str, day: dt.date) -> None:
    """Let the portal, with the credit of its people, end on `day`."""
    Portal.objects.filter(slug=slug).update(live_until=day)
    Grant.objects.filter(portal__slug=slug).update(valid_until=day)


def bought_at(slug: str) -> None:
    """Three orders with own money: one never paid, one paid without a word, one cancelled after it was paid."""
    members = Membership.objects.filter(portal__slug=slug, disabled_at=None).order_by("pk")
    orders = [order_of(member, dear(slug), minutes) for member, minutes in zip(members, (40, 25, 25), strict=False)]
    assert [order.own_money > 0 for order in orders] == [True, True, True]
    moment = MORNING - dt.timedelta(minutes=20)
    for order in orders[1:]:
        start_payment(order, now=moment)
    DemoPayment.objects.filter(provider_id__in=Payment.objects.filter(order__in=orders).values("provider_id")).update(
        state="paid"
    )
    settle_payment(orders[2].payments.get(), now=moment)
    orders[2].refresh_from_db()
    everything = {line.pk: line.quantity for line in orders[2].lines.all()}
    give_back(orders[2], everything, form_token=uuid.uuid4(), now=moment, actor=orders[2].membership.user)


def dear(slug: str) -> Product:
    """A product that no credit pays for as a whole."""
    roots = Portal.objects.get(slug=slug).assortment.values_list("category__path", flat=True)
    within = Q()
    for path in roots:
        within |= Q(category__path__startswith=path)
    product = Product.objects.filter(within, is_active=True, stock__gt=5).order_by("-price").first()
    assert product is not None
    return product


def order_of(member: Membership, product: Product, minutes: int) -> Order:
    moment = MORNING - dt.timedelta(minutes=minutes)
    member.cart_lines.all().delete()
    add_to_cart(member, product_id=product.pk, quantity=2, now=moment)
    return place_order(member, address=HOME, form_token=uuid.uuid4(), now=moment, language="nl")


def planned_for_today() -> Build:
    """The company that handed over its data gets its shop, and opens it today."""
    lead, now = Lead.objects.get(stage=Stage.DATA_RECEIVED), MORNING - dt.timedelta(minutes=30)
    assert lead.owner is not None
    plan = building.Plan(
        name="Kaapstad", slug="kaapstad", credit=Decimal(100), live_from=MORNING.date(),
        categories=list(lead.categories.all()),
    )  # fmt: skip
    build = building.make_portal(lead, plan, now=now, actor=lead.owner)
    company_check.ask_to_check(build, now=now, actor=lead.owner)
    link = links.make_link(lead, Purpose.CHECK, name=lead.contact_name, email=lead.email, now=now)
    company_check.approve(build, name=lead.contact_name, role="Directeur", link=link, now=now)
    golive.plan(build, amsterdam_date(MORNING), now=now, actor=lead.owner)
    return build


def content() -> dict[str, tuple[int, str]]:
    """Every table with how many rows it has and what stands in them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in OUTSIDE:
                cursor.execute(f"""SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM "{table}" t""")  # noqa: S608
                found[table] = cursor.fetchone()
    return found


def run(name: str) -> None:
    module, _, function = JOBS[name].task.rpartition(".")
    getattr(importlib.import_module(module), function)()


# Jobs that ask somebody outside, or for which nothing is due here; their own tests give them work.
QUIET = {
    "read-bounces",
    "follow-refunds",
    "hand-over-orders",
    "forget-old-answers",
    "work-on-feeds",
    "lapse-unconfirmed-feeds",
    "apply-feed-prices",
    "fetch-feed-pictures",
}
# What another job hands on to at once.
HANDED_ON = {"send-invitations", "finish-invoices"}
# Mail first, which other jobs send at once; then money: what an order gives back is credit to be reminded of.
IN_ORDER = sorted(JOBS, key=lambda name: (name != "send-waiting-mail", not JOBS[name].task.startswith("orders.")))


@pytest.mark.usefixtures("busy_day", "eager")
def test_jobs_that_run_again_send_and_write_nothing(django_capture_on_commit_callbacks: Callable[..., Any]):
    def work(name: str) -> bool:
        """Let a job run; whether it changed something or sent a mail."""
        before, sent = content(), len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            run(name)
        return content() != before or len(mail.outbox) > sent

    def again(*names: str) -> list[str]:
        """The tables that are not as they were when all of these jobs have run, and the mails that were sent."""
        before, sent = content(), len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            for name in names:
                run(name)
        after = content()
        return [table for table in after if after[table] != before[table]] + mail.outbox[sent:]

    chance = random.Random(5)
    shuffled = chance.sample(IN_ORDER, len(IN_ORDER))
    before_the_call = Appointment.objects.get().starts_at - dt.timedelta(minutes=50)

    with time_machine.travel(MORNING, tick=False):
        worked = {name for name in IN_ORDER if work(name)}
        assert (again(*IN_ORDER), again(*shuffled)) == ([], [])
    with time_machine.travel(MORNING + dt.timedelta(minutes=5), tick=False):
        assert again(*shuffled) == []
    with time_machine.travel(before_the_call, tick=False):
        worked |= {name for name in IN_ORDER if work(name)}
        assert again(*shuffled) == []

    assert worked | QUIET | HANDED_ON == set(JOBS)
    invited = Mail.objects.filter(key__startswith="invitation:", to__endswith="@kaapstad.example")
    assert sorted(invited.values_list("to", flat=True)) == sorted(
        Membership.objects.filter(portal__slug="kaapstad").values_list("user__email", flat=True)
    )
    reminded = Mail.objects.filter(key__startswith="last-days:", to__endswith="@acme.example")
    assert set(reminded.values_list("to", flat=True)) >= {
        member.user.email
        for member in Membership.objects.filter(portal__slug="acme", role=Role.EMPLOYEE).active()
        if ledger.available(member, now=MORNING) > 0
    }
