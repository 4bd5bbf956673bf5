"""The whole way of a company: from the sign-up form to an invoice with the order of one of its employees on it.

The company walks it in both languages, once on a telephone without scripts; every page of it is held to the rules.
"""

import datetime as dt
import re
from pathlib import Path

import pytest

from accounts.models import Mail
from billing import consumption
from billing.models import InvoiceLine
from billing.run import run_portal
from onboarding import golive, invitations
from onboarding.models import Lead, Stage
from orders.models import Order
from portals.models import Portal
from tests.browser import steps
from tests.browser.visitor import Visitor
from tests.onboarding.calls import make_coordinator
from tests.onboarding.way import PEOPLE, picture
from tests.world import NOW, World, make_documents
from thuiswerk.lib.periods import Month

pytestmark = pytest.mark.django_db(transaction=True)

IRMA, PETER = "irma@initech.example", "peter@initech.example"
COMPANY = {
    "legal_name": "Initech B.V.",
    "vat_number": "NL004495445B01",
    "street": "Stationsplein 9",
    "postal_code": "3511ED",
    "city": "Utrecht",
    "contact_name": "Crediteuren",
    "invoice_email": "facturen@initech.example",
    "reference": "Thuiswerk",
}


@pytest.mark.parametrize(
    ("language", "width", "scripts", "dark"), [("nl-NL", 360, False, True), ("en", 1280, True, False)], ids=["nl", "en"]
)
def test_company_comes_from_the_form_to_its_invoice(
    visit, world: World, tmp_path: Path, language, width, scripts, dark
):
    make_documents()
    make_coordinator(world.coordinator)
    irma = visit(language=language, width=width, scripts=scripts, dark=dark)
    coen = visit()
    steps.log_in_to_back_office(coen, world.coordinator.email)

    ask_for_a_shop(irma, world)
    lead = Lead.objects.get()
    call(coen, irma, lead)
    send_the_pack(coen, lead)
    hand_over(irma, tmp_path)
    make_and_have_checked(coen, lead)
    leave_a_remark(irma)
    deal_with_it(coen, lead)
    approve(irma)
    go_live(coen, lead)
    order_as_peter = order_in_english if language == "en" else order_in_dutch
    order = order_as_peter(visit(language=language), world)

    month = Month.of(NOW)
    run_portal(Portal.objects.get(slug="initech"), month, now=consumption.billable_from(month))
    line = InvoiceLine.objects.get(invoice__portal__slug="initech")
    assert (line.amount, line.billed_entries.get().entry.order_number) == (order.credit, order.number)
    assert line.invoice.buyer["name"] == "Initech B.V."


def ask_for_a_shop(irma: Visitor, world: World) -> None:
    irma.open(irma.site.main + "/")
    irma.check()
    irma.open(irma.site.main + "/sign-up/")
    irma.check()
    told = {"company_name": "Initech", "employees": "2", "register_number": "12345678", "budget": "300"}
    told |= {"contact_name": "Irma de Graaf", "email": IRMA, "phone": "020 123 4567"}
    fill(irma, told)
    irma.page.check(f'[name="categories"][value="{world.chairs.pk}"]')
    irma.page.check('[name="consent"]')
    irma.page.wait_for_timeout(3_100)  # Nobody fills it in faster.
    press(irma)
    irma.page.wait_for_url("**/sign-up/done/")
    irma.check()


def call(coen: Visitor, irma: Visitor, lead: Lead) -> None:
    """Irma books by her link; Coen calls and writes down what was said."""
    coen.open(coen.site.main + "/admin/onboarding/lead/board/")
    coen.check()
    open_lead(coen, lead)
    coen.check()
    coen.button("Boekingslink mailen").click()
    irma.open(link_in_mail("booking"))
    irma.page.locator("main form button").nth(1).click()
    press(irma)
    irma.check()
    lead.refresh_from_db()
    assert lead.stage == Stage.CALL_PLANNED
    open_lead(coen, lead)
    step(coen, Stage.CALL_HELD)
    coen.open(f"{coen.site.main}/admin/onboarding/lead/{lead.pk}/call-notes/")
    coen.page.fill('[name="needs"]', "Stoelen voor thuis")
    coen.page.locator("#content form [type=submit], #content form button").first.click()


def send_the_pack(coen: Visitor, lead: Lead) -> None:
    coen.open(f"{coen.site.main}/admin/onboarding/lead/{lead.pk}/offer/")
    coen.check()
    coen.button("Informatiepakket versturen").click()
    coen.page.wait_for_url("**/change/")
    lead.refresh_from_db()
    assert lead.stage == Stage.OFFER_SENT
    step(coen, Stage.AGREED)


def hand_over(irma: Visitor, folder: Path) -> None:
    """All parts, each looked at."""
    start = link_in_mail("intake")
    irma.open(start)
    irma.check()
    irma.open(start + "company/")
    irma.check()
    fill(irma, COMPANY)
    press(irma)
    irma.page.wait_for_url(start)
    irma.open(start + "people/")
    irma.page.fill('[name="pasted"]', PEOPLE)
    press(irma)
    irma.check()
    irma.page.click('[name="confirm"]')
    irma.page.wait_for_url(start)
    irma.open(start + "look/")
    for name, size in (("logo", (400, 120)), ("header", (1600, 400))):
        (folder / f"{name}.png").write_bytes(picture(size=size).read())
        irma.page.set_input_files(f'[name="{name}"]', folder / f"{name}.png")
    fill(irma, {"header_alt": "Een bureau bij het raam", "brand_color": "#f4b400"})
    irma.page.click('[name="later"]')
    irma.check()
    press(irma, which="button:not([name])")
    irma.page.wait_for_url(start)
    irma.open(start + "documents/")
    irma.check()
    fill(irma, {"role": "HR-manager"})
    for box in irma.page.locator("main [type=checkbox]").all():
        box.check()
    press(irma)
    irma.page.wait_for_url(start)
    irma.page.locator("main form button").first.click()
    irma.check()
    assert Lead.objects.get().stage == Stage.DATA_RECEIVED


def make_and_have_checked(coen: Visitor, lead: Lead) -> None:
    coen.open(f"{coen.site.main}/admin/onboarding/lead/{lead.pk}/build/")
    coen.check()
    coen.button("Maak de winkel").click()
    coen.button("Laat het bedrijf controleren").wait_for()
    coen.check()
    coen.button("Laat het bedrijf controleren").click()
    coen.button("Verder bouwen").wait_for()


def leave_a_remark(irma: Visitor) -> None:
    """On a page of the portal itself, on its own host."""
    start = link_in_mail("check")
    irma.open(start)
    irma.check()
    irma.page.locator('a[href$="/shop/"]').click()
    irma.page.wait_for_url(irma.site.portal("initech") + "/")
    irma.check()
    irma.page.locator('a[href*="?page="]').click()
    irma.page.fill('[name="text"]', "Graag ook lampen")
    press(irma)
    irma.check()
    irma.page.locator('form[action$="/remarks/"] button').click()
    irma.check()


def deal_with_it(coen: Visitor, lead: Lead) -> None:
    coen.open(f"{coen.site.main}/admin/onboarding/lead/{lead.pk}/build/")
    coen.check()
    coen.button("Verwerkt").click()
    coen.button("Laat het bedrijf controleren").click()
    coen.button("Verder bouwen").wait_for()


def approve(irma: Visitor) -> None:
    irma.open(link_in_mail("check"))
    fill(irma, {"role": "HR-manager"})
    irma.page.check('[name="agreed"]')
    irma.page.locator('form[action$="/approval/"] button').click()
    irma.check()
    assert Lead.objects.get().stage == Stage.APPROVED


def go_live(coen: Visitor, lead: Lead) -> None:
    """Today; the jobs of the day open the portal and invite its people."""
    coen.open(f"{coen.site.main}/admin/onboarding/lead/{lead.pk}/build/")
    coen.page.fill('[name="day"]', NOW.strftime("%d-%m-%Y"))
    coen.button("Leg de dag vast").click()
    coen.check()
    now = NOW + dt.timedelta(minutes=10)
    golive.open_planned(now=now)
    invitations.open_portals(now=now)
    invitations.send_portion(now=now)
    assert Lead.objects.get().stage == Stage.LIVE
    assert Mail.objects.filter(to=PETER).count() == 1


def order_in_dutch(peter: Visitor, world: World) -> Order:
    """Peter comes for the first time; credit pays all of it."""
    steps.log_in_first_time(peter, PETER, host="initech")
    steps.put_in_cart(peter, world.chairs.name_nl, world.chair.name_nl)
    steps.check_out(peter)
    return order_of_peter(peter, world)


def order_in_english(peter: Visitor, world: World) -> Order:
    """The same, as somebody reads it whose company asked in English."""
    peter.open(peter.site.portal("initech"))
    peter.check()
    peter.field("Work e-mail").fill(PETER)
    peter.button("Mail me a code").click()
    peter.field("Code from the mail").fill(steps.code_in_mail(PETER))
    peter.button("Continue").click()
    peter.arrives_at("Choose a password")
    peter.check()
    peter.page.get_by_label("New password", exact=True).fill(steps.NEW_PASSWORD)
    peter.field("New password, again").fill(steps.NEW_PASSWORD)
    peter.button("Save and continue").click()
    peter.page.get_by_role("navigation", name="Categories").get_by_role("link", name=world.chairs.name_en).click()
    peter.arrives_at(world.chairs.name_en)
    peter.check()
    peter.link(world.chair.name_en).click()
    peter.button("Add to cart").click()
    peter.arrives_at("Cart")
    peter.check()
    peter.link("To checkout").click()
    peter.arrives_at("Checkout")
    peter.check()
    for label, value in {"Street": "Dorpsstraat", "House number and addition": "12 B", "City": "Utrecht"}.items():
        peter.field(label).fill(value)
    peter.field("Postal code").fill("3511 ed")
    peter.button("Order with obligation to pay").click()
    return order_of_peter(peter, world)


def order_of_peter(peter: Visitor, world: World) -> Order:
    peter.page.wait_for_url("**/orders/**")
    peter.check()
    order: Order = Order.objects.get(portal__slug="initech")
    assert (order.credit, order.own_money) == (world.chair.price, 0)
    return order


def link_in_mail(page: str) -> str:
    """The newest signed address of `page` that was mailed to Irma."""
    found = [re.search(rf"http\S+/{page}/[\w.-]+/", mail.text) for mail in Mail.objects.filter(to=IRMA).order_by("-pk")]
    return next(match.group(0) for match in found if match)


def open_lead(coen: Visitor, lead: Lead) -> None:
    coen.open(f"{coen.site.main}/admin/onboarding/lead/{lead.pk}/change/")


def step(coen: Visitor, stage: Stage) -> None:
    with coen.page.expect_navigation():
        coen.page.locator(f'button[name="stage"][value="{stage}"]').click()


def fill(visitor: Visitor, values: dict[str, str]) -> None:
    for name, value in values.items():
        visitor.page.fill(f'main [name="{name}"]', value)


def press(visitor: Visitor, which: str = "button") -> None:
    """The first button of the page's first form that sends it."""
    with visitor.page.expect_navigation():
        visitor.page.locator(f"main form {which}").first.click()
