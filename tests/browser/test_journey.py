"""The main job in a real browser: from a work e-mail to a PDF invoice."""

import datetime as dt
from io import BytesIO

import pytest
from playwright.sync_api import Locator
from pypdf import PdfReader

from billing.tasks import invoice_last_month
from orders.models import Order
from tests.browser import steps
from tests.browser.visitor import Visitor
from tests.world import make_colleague, make_grant, make_membership
from thuiswerk.lib.periods import AMSTERDAM

INVOICE_DAY = dt.datetime(2026, 12, 8, 6, 30, tzinfo=AMSTERDAM)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", [1280, 360])
def test_employee_buys_and_finance_gets_the_invoice(visit, world, clock, width, scripts):
    dana = make_membership(world.acme, "dana@acme.example", "Dana Bakker", password=None, staff_number="1003")
    make_grant(dana, "250.00")
    employee = visit(width=width, scripts=scripts)

    steps.log_in_first_time(employee, "dana@acme.example")
    employee.check()
    assert steps.balance(employee) == "€ 250,00"
    steps.put_in_cart(employee, "Bureaus", "Zit-sta bureau Lift")
    steps.check_out(employee)
    steps.pay(employee)
    assert steps.balance(employee) == "€ 0,00"
    order = look_up_the_order(employee)

    assert (order.credit, order.own_money, order.state) == (250, 149, "confirmed")
    assert order.number in text_of(download(employee, employee.link("Aankoopbewijs (PDF)")))

    clock.move_to(INVOICE_DAY)
    invoice_last_month()
    make_colleague("finance@thuiswerk.example", "Femke Postma", role="finance")
    finance = visit(width=width, scripts=scripts)
    steps.log_in_to_back_office(finance, "finance@thuiswerk.example")
    invoice = download_invoice(finance)

    assert order.number in invoice
    assert "250,00" in invoice


def look_up_the_order(visitor: Visitor) -> Order:
    """By "my orders" to the page of the one order there."""
    order = Order.objects.get()
    visitor.page.locator("summary").click()
    visitor.link("Mijn bestellingen").click()
    visitor.arrives_at("Mijn bestellingen")
    visitor.check()
    visitor.link(order.number).click()
    visitor.check()
    return order


def download(visitor: Visitor, link: Locator) -> bytes:
    with visitor.page.expect_download() as waiting:
        link.click()
    return waiting.value.path().read_bytes()


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def download_invoice(visitor: Visitor) -> str:
    """The text of the one invoice in the back office."""
    visitor.open(visitor.site.main + "/admin/billing/invoice/")
    visitor.check()
    return text_of(download(visitor, visitor.page.locator("#result_list a[href$='/pdf/']")))
