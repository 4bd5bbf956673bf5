"""A bank statement through the back office, in a browser."""

import pytest

from billing import consumption, ledger
from billing.run import run_portal
from tests.billing.bank import Paid, camt
from tests.browser import steps
from tests.world import NOW, make_staff
from thuiswerk.lib.periods import Month


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_finance_hands_over_a_statement_and_places_what_is_left(visit, world, width, dark):
    for member, number in ((world.bob, "TW26-1"), (world.charlie, "TW26-2")):
        ledger.spend(member, amount=100, order_number=number, now=NOW)
        run_portal(member.portal, Month.of(NOW), now=consumption.billable_from(Month.of(NOW)))
    make_staff("fin@thuiswerk.example")
    finance = visit(width=width, dark=dark)
    steps.log_in_to_back_office(finance, "fin@thuiswerk.example")
    finance.open(f"{finance.site.main}/admin/billing/bankentry/")
    finance.check()
    finance.link("Bankafschrift inlezen").click()
    finance.check()
    page = finance.page
    content = camt(Paid("100.00", "F2026-0001"), Paid("100.00", name="Globex"), Paid("-3.50", "Kosten", name="Bank"))

    page.get_by_label("Bankafschrift").set_input_files(
        {"name": "bank.xml", "mimeType": "text/xml", "buffer": b"<!DOCTYPE a [<!ENTITY x '1'>]><a>&x;</a>"}
    )
    finance.button("Inlezen").click()
    page.get_by_text("Het bestand heeft een documenttype (DTD)").wait_for()
    finance.check()
    page.get_by_label("Bankafschrift").set_input_files({"name": "bank.xml", "mimeType": "text/xml", "buffer": content})
    finance.button("Inlezen").click()
    page.get_by_text("3 betalingen, waarvan 2 nog toe te wijzen").wait_for()
    finance.check()
    finance.button("F2026-0002: € 100,00").click()
    page.get_by_text("is toegewezen.").wait_for()
    finance.link("16 november 2026").click()
    finance.check()
    finance.field("Waar is het voor?").fill("Bankkosten")
    finance.button("Opzijzetten").click()
    page.get_by_text("Niets te doen: geen betaling voldoet hieraan.").wait_for()
    finance.check()
    finance.open(f"{finance.site.main}/admin/billing/invoice/?settlement=paid")
    page.locator("#result_list tbody tr").nth(1).wait_for()
    finance.check()
    page.get_by_role("row").filter(has_text="F2026-0002").get_by_role("link", name="F2026-0002").click()
    finance.link("16 november 2026").click()
    finance.check()
    finance.button("Ongedaan maken").click()
    page.get_by_text("is weer toe te wijzen.").wait_for()
    finance.check()
