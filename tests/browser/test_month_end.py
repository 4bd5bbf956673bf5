"""The screens that finance closes a month with, in a browser: every one of them held to the rules of a page."""

import datetime as dt

import pytest
import time_machine
from playwright.sync_api import expect

from billing import consumption, delivery, ledger
from billing.models import Invoice
from billing.run import run_portal
from tests.browser import steps
from tests.browser.visitor import Visitor
from tests.world import NOW, make_reminder_levels, make_staff
from thuiswerk.lib.periods import AMSTERDAM, Month

NOVEMBER = Month.of(NOW)
OVERDUE = dt.datetime(2027, 2, 10, 10, 0, tzinfo=AMSTERDAM)
PAGES = ("month/2026-11/", "month/2027-02/", "month/2027-08/", "books/2026/", "forecast/")


@pytest.fixture
def invoice(world) -> Invoice:
    """Acme's invoice of November, two orders, with its PDF."""
    make_reminder_levels()
    for number, member in (("TW26-1", world.bob), ("TW26-2", world.bob), ("TW26-3", world.charlie)):
        ledger.spend(member, amount=40, order_number=number, now=NOW)
    for portal in (world.acme, world.globex):
        run_portal(portal, NOVEMBER, now=consumption.billable_from(NOVEMBER))
    for made in Invoice.objects.all():
        delivery.finish(made, now=consumption.billable_from(NOVEMBER))
    return Invoice.objects.get(portal=world.acme)


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_finance_reminds_corrects_and_closes(visit, world, invoice, width, dark):
    with time_machine.travel(OVERDUE, tick=True):
        make_staff("fin@thuiswerk.example")
        finance = visit(width=width, dark=dark)
        steps.log_in_to_back_office(finance, "fin@thuiswerk.example")
        for page in PAGES:
            finance.open(f"{finance.site.main}/admin/billing/invoice/{page}")
            finance.check()
        remind(finance, invoice)
        correct(finance, invoice)
        finance.open(f"{finance.site.main}/admin/billing/invoice/closing/{world.acme.pk}/")
        finance.check()
        finance.open(f"{finance.site.main}/admin/accounts/job/")
        finance.check()


def remind(finance: Visitor, invoice: Invoice) -> None:
    """Read the mail, send it, and pause what is in dispute."""
    finance.open(f"{finance.site.main}/admin/billing/invoice/reminders/")
    finance.page.get_by_text("Wat de mail zegt").first.click()
    finance.check()
    finance.button("Acme herinneren").click()
    finance.page.get_by_text("1 factuur is herinnerd.").wait_for()
    finance.check()
    finance.open(f"{finance.site.main}/admin/billing/invoice/{invoice.pk}/reminders/")
    expect(finance.page.get_by_text("is herinnering 2 aan de beurt op")).to_be_visible()
    finance.check()
    finance.field("Wat betwist het bedrijf?").fill("Bedrag klopt niet")
    finance.button("Herinneringen pauzeren").click()
    finance.button("Weer herinneren").wait_for()
    finance.check()


def correct(finance: Visitor, invoice: Invoice) -> None:
    """One line with its reason; the new invoice leads back to the first."""
    finance.open(f"{finance.site.main}/admin/billing/invoice/{invoice.pk}/correct/")
    finance.check()
    finance.button("Crediteren en opnieuw factureren").click()
    finance.page.locator(".field__errors").wait_for()
    finance.check()
    finance.field("Reden").fill("Verkeerde referentie")
    finance.button("Crediteren en opnieuw factureren").click()
    finance.link(f"{invoice.number}").wait_for()
    finance.check()
