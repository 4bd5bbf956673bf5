"""The demo world: made by the real workflows, so its books are right on any day of the year."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Exists, OuterRef
from django.test import Client

from accounts.models import Mail, User
from billing import bank_import, proof
from billing.closing import closing_statement
from billing.models import BankEntry, DisputePause, Invoice, Reminder
from billing.open_items import Settlement, overdue, with_open
from billing.proposals import proposals_for
from onboarding.demo.cast import NEWCOMER, PASSWORD, STAFF
from onboarding.demo.logins import portal_logins, staff_logins, table
from onboarding.demo.requests import REQUESTS
from onboarding.demo.world import load_demo_world
from onboarding.models import Appointment, Lead, OfferPack
from orders.models import ApiChange, EventKind, GiveBack, Order, OrderEvent, OrderState, Question, Refund
from orders.payroll import payroll_rows
from portals.models import Company, Membership, Portal, PortalPhase
from tests.world import make_reminder_levels
from thuiswerk.lib.periods import AMSTERDAM, Month, amsterdam_date

ON_A_LEAP_DAY = dt.datetime(2028, 2, 29, 9, 30, tzinfo=AMSTERDAM)
AT_NEW_YEAR = dt.datetime(2027, 1, 1, 0, 5, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the pictures of the catalogue are drawn once."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def demo(settings, pictures: Path) -> None:
    settings.DEMO = True
    settings.MEDIA_ROOT = pictures
    settings.OPERATOR = settings.OPERATOR | {"iban": "NL91ABNA0417164300"}


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


@pytest.mark.usefixtures("db", "demo")
def test_payroll_has_every_class_a_return_a_flag_and_what_was_forgotten():
    load_demo_world(now=AT_NEW_YEAR)

    months = [Month(2026, number) for number in (10, 11, 12)]
    portals = {portal.slug: portal for portal in Portal.objects.all()}
    rows = {slug: [row for month in months for row in payroll_rows(portals[slug], month)] for slug in portals}
    assert {row.payroll_class for row in rows["acme"]} == {"arbo", "necessary", "free_space"}
    assert {row.payroll_class for row in rows["globex"]} == {"", "arbo", "necessary", "free_space", "taxed"}
    assert any(row.is_contributed_to for row in rows["acme"])
    assert any(row.corrected_on for row in rows["acme"])
    assert all(row.member.staff_number and row.member.cost_centre for row in rows["acme"])


@pytest.mark.usefixtures("db", "demo")
def test_world_leaves_only_the_invoices_of_last_month_to_be_made():
    make_reminder_levels()
    load_demo_world(now=AT_NEW_YEAR)

    periods = set(Invoice.objects.values_list("period", flat=True))
    assert dt.date(2026, 11, 1) in periods
    assert dt.date(2026, 12, 1) not in periods
    assert (Reminder.objects.count(), DisputePause.objects.count()) == (1, 1)
    assert closing_statement(Portal.objects.get(slug="umbrella")).is_settled
    assert set(Invoice.objects.values_list("kind", "origin")) == {
        (kind, origin) for kind in ("invoice", "credit_note") for origin in ("run", "correction")
    }
    assert all(invoice.document.content for invoice in Invoice.objects.select_related("document"))
    assert Mail.objects.filter(sent_at=None).count() == 0


@pytest.mark.usefixtures("db", "demo")
def test_world_is_loaded_once_with_the_logins_that_are_printed():
    load_demo_world(now=AT_NEW_YEAR)
    before = (User.objects.count(), Order.objects.count(), Membership.objects.count())
    people = {login.email: login for login in [*portal_logins(), *staff_logins()]}

    again = load_demo_world(now=AT_NEW_YEAR + dt.timedelta(days=1))
    text = table()

    assert again is False
    assert (User.objects.count(), Order.objects.count(), Membership.objects.count()) == before
    assert len(staff_logins()) == len(STAFF)
    for email, login in people.items():
        user = User.objects.get(email=email)
        assert email in text
        assert user.check_password(PASSWORD) is bool(login.password)
        assert user.must_choose_password is (email == NEWCOMER)


@pytest.mark.usefixtures("db", "demo")
def test_button_makes_the_invoices_of_last_month_once(monkeypatch: pytest.MonkeyPatch):
    load_demo_world(now=AT_NEW_YEAR)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT_NEW_YEAR + dt.timedelta(minutes=10))
    visitor = Client(headers={"host": "localhost"})

    first = visitor.post("/demo/invoices/", follow=True).content.decode()
    second = visitor.post("/demo/invoices/", follow=True).content.decode()

    made = Invoice.objects.filter(period=dt.date(2026, 12, 1))
    assert {invoice.portal.slug for invoice in made} == {"acme", "globex"}
    assert "2 facturen gemaakt." in first
    assert "Alle afgesloten maanden zijn al gefactureerd." in second


@pytest.mark.usefixtures("db", "demo")
def test_button_counts_what_was_made_and_says_what_was_not(monkeypatch: pytest.MonkeyPatch):
    load_demo_world(now=AT_NEW_YEAR)
    Company.objects.filter(portals__slug="acme").update(city="")
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT_NEW_YEAR + dt.timedelta(minutes=10))

    page = Client(headers={"host": "localhost"}).post("/demo/invoices/", follow=True).content.decode()

    assert "1 factuur gemaakt." in page
    assert "Acme: nog geen factuur, want dit ontbreekt: plaats." in page


@pytest.mark.usefixtures("db", "demo")
def test_button_says_when_the_month_that_just_ended_can_be_invoiced(monkeypatch: pytest.MonkeyPatch):
    load_demo_world(now=AT_NEW_YEAR)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT_NEW_YEAR)

    page = Client(headers={"host": "localhost"}).post("/demo/invoices/", follow=True).content.decode()

    assert "December 2026 kan gefactureerd worden vanaf 00:15" in page
    assert not Invoice.objects.filter(period=dt.date(2026, 12, 1)).exists()


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
