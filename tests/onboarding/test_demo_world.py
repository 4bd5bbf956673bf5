"""The demo world of one New Year: loaded once for all of these tests, each of which leaves it as it was."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker

from accounts.models import Mail, User
from billing.closing import closing_statement
from billing.models import DisputePause, Invoice, Reminder
from onboarding.demo.cast import NEWCOMER, PASSWORD, STAFF
from onboarding.demo.logins import portal_logins, staff_logins, table
from onboarding.demo.world import load_demo_world
from orders.models import Order
from orders.payroll import payroll_rows
from portals.models import Company, Membership, Portal
from tests.conftest import PLAIN_STORAGES, QUICK_HASHER
from tests.world import make_reminder_levels
from thuiswerk.lib.periods import AMSTERDAM, Month

AT_NEW_YEAR = dt.datetime(2027, 1, 1, 0, 5, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def at_new_year(django_db_setup: None, django_db_blocker: DjangoDbBlocker, demo_pictures: Path) -> Iterator[None]:
    """The world in a transaction around those of the tests."""
    bank = settings.OPERATOR | {"iban": "NL91ABNA0417164300"}
    as_in_tests = override_settings(
        DEMO=True, MEDIA_ROOT=demo_pictures, OPERATOR=bank, PASSWORD_HASHERS=[QUICK_HASHER], STORAGES=PLAIN_STORAGES
    )
    with django_db_blocker.unblock(), transaction.atomic(), as_in_tests, translation.override("nl"):
        make_reminder_levels()
        load_demo_world(now=AT_NEW_YEAR)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("at_new_year", "db", "demo")
def test_payroll_has_every_class_a_return_a_flag_and_what_was_forgotten():
    months = [Month(2026, number) for number in (10, 11, 12)]
    portals = {portal.slug: portal for portal in Portal.objects.all()}
    rows = {slug: [row for month in months for row in payroll_rows(portals[slug], month)] for slug in portals}
    assert {row.payroll_class for row in rows["acme"]} == {"arbo", "necessary", "free_space"}
    assert {row.payroll_class for row in rows["globex"]} == {"", "arbo", "necessary", "free_space", "taxed"}
    assert any(row.is_contributed_to for row in rows["acme"])
    assert any(row.corrected_on for row in rows["acme"])
    assert all(row.member.staff_number and row.member.cost_centre for row in rows["acme"])


@pytest.mark.usefixtures("at_new_year", "db", "demo")
def test_world_leaves_only_the_invoices_of_last_month_to_be_made():
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


@pytest.mark.usefixtures("at_new_year", "db", "demo")
def test_world_is_loaded_once_with_the_logins_that_are_printed():
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


@pytest.mark.usefixtures("at_new_year", "db", "demo")
def test_button_makes_the_invoices_of_last_month_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT_NEW_YEAR + dt.timedelta(minutes=10))
    visitor = Client(headers={"host": "localhost"})

    first = visitor.post("/demo/invoices/", follow=True).content.decode()
    second = visitor.post("/demo/invoices/", follow=True).content.decode()

    made = Invoice.objects.filter(period=dt.date(2026, 12, 1))
    assert {invoice.portal.slug for invoice in made} == {"acme", "globex"}
    assert "2 facturen gemaakt." in first
    assert "Alle afgesloten maanden zijn al gefactureerd." in second


@pytest.mark.usefixtures("at_new_year", "db", "demo")
def test_button_counts_what_was_made_and_says_what_was_not(monkeypatch: pytest.MonkeyPatch):
    Company.objects.filter(portals__slug="acme").update(city="")
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT_NEW_YEAR + dt.timedelta(minutes=10))

    page = Client(headers={"host": "localhost"}).post("/demo/invoices/", follow=True).content.decode()

    assert "1 factuur gemaakt." in page
    assert "Acme: nog geen factuur, want dit ontbreekt: plaats." in page


@pytest.mark.usefixtures("at_new_year", "db", "demo")
def test_button_says_when_the_month_that_just_ended_can_be_invoiced(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT_NEW_YEAR)

    page = Client(headers={"host": "localhost"}).post("/demo/invoices/", follow=True).content.decode()

    assert "December 2026 kan gefactureerd worden vanaf 00:15" in page
    assert not Invoice.objects.filter(period=dt.date(2026, 12, 1)).exists()
