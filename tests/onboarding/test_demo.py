"""The demo world: made by the real workflows, so its books are right on any day of the year."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Exists, OuterRef
from django.test import Client

from billing import bank_import, proof
from billing.models import BankEntry, Invoice
from billing.open_items import Settlement, overdue, with_open
from billing.proposals import proposals_for
from onboarding.demo.logins import portal_logins, staff_logins
from onboarding.demo.requests import REQUESTS
from onboarding.demo.world import load_demo_world
from onboarding.models import Appointment, Lead, OfferPack
from orders.models import ApiChange, EventKind, GiveBack, Order, OrderEvent, OrderState, Question, Refund
from portals.models import Portal, PortalPhase
from thuiswerk.lib.periods import AMSTERDAM, Month, amsterdam_date

ON_A_LEAP_DAY = dt.datetime(2028, 2, 29, 9, 30, tzinfo=AMSTERDAM)
AT_NEW_YEAR = dt.datetime(2027, 1, 1, 0, 5, tzinfo=AMSTERDAM)


@pytest.mark.usefixtures("db", "demo")
@pytest.mark.parametrize("now", [ON_A_LEAP_DAY, AT_NEW_YEAR])
def test_world_is_complete_and_its_books_are_right(now: dt.datetime):
    made = load_demo_world(now=now)

    phases = {portal.slug: portal.phase(now) for portal in Portal.objects.all()}
    assert made is True
    assert phases == {
        "acme": PortalPhase.LIVE,
        "globex": PortalPhase.LIVE,
        "initech": PortalPhase.BUILD,
        "umbrella": PortalPhase.ENDED,
        "voorbeeld": PortalPhase.LIVE,
    }
    assert (proof.faults(), bank_import.gaps()) == ([], [])
    settlements = set(with_open(Invoice.objects.issued()).values_list("settlement", flat=True))
    assert settlements == {"", *Settlement.values}
    assert overdue(amsterdam_date(now)).exists()
    waiting = proposals_for(BankEntry.objects.to_place().filter(amount__gt=0))
    assert [len(proposals) > 0 for proposals in waiting.values()] == [True]
    for slug in ("acme", "globex"):
        orders = Order.objects.filter(portal__slug=slug, state=OrderState.CONFIRMED)
        assert {Month.of(order.placed_at) for order in orders} >= {
            Month.of(now).previous,
            Month.of(now).previous.previous,
            Month.of(now).previous.previous.previous,
        }
        assert orders.latest("placed_at").placed_at < now
        assert orders.filter(own_money__gt=0).exists()
        is_delivered = Exists(OrderEvent.objects.filter(order=OuterRef("pk"), kind=EventKind.DELIVERED))
        assert {order.promised_on < amsterdam_date(now) for order in orders.filter(is_delivered)} == {True}
        assert not orders.filter(~is_delivered, promised_on__lt=amsterdam_date(now)).exists()
    assert Question.objects.filter(waits_since=None, portal__slug="acme").exists()
    assert dict(Lead.objects.values_list("company_name", "stage")) == {r.company: r.stage for r in REQUESTS}
    assert Appointment.objects.get().starts_at > now
    assert [pack.documents.count() for pack in OfferPack.objects.all()] == [4, 4]
    assert Question.objects.exclude(waits_since=None).exists()
    assert sorted((given.kind, given.is_awaited) for given in GiveBack.objects.all()) == [
        ("cancellation", False),
        ("return", False),
        ("return", False),
        ("return", True),
    ]
    assert not Refund.objects.filter(done_at=None).exists()
    assert set(ApiChange.objects.values_list("token__name", "scope")) == {
        ("Magazijn", "catalogue"),
        ("Magazijn", "orders"),
    }


def test_front_page_lists_the_logins(db: None, demo: None):
    page = Client(headers={"host": "localhost"}).get("/demo/").content.decode()

    assert [login.email for login in [*portal_logins(), *staff_logins()] if login.email not in page] == []
    assert 'href="/demo/mail/"' in page


@pytest.mark.parametrize(("method", "path"), [("get", "/demo/"), ("post", "/demo/invoices/")])
def test_pages_are_not_there_outside_a_demo(db: None, method: str, path: str):
    answer = getattr(Client(headers={"host": "localhost"}), method)(path)

    assert answer.status_code == 404


def test_command_refuses_an_installation_that_is_no_demo(db: None):
    with pytest.raises(CommandError, match="no demo"):
        call_command("load_demo")

    assert not Portal.objects.exists()
