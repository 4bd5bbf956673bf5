"""The receipt: VAT over the full price, whatever pays it."""

import uuid
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from billing import ledger
from orders.fulfilment import deliver_order
from orders.giving_back import give_back, register_receipt
from orders.models import DemoPayment, Order
from orders.receipts import receipt_pdf, vat_by_rate
from orders.settlement import settle_payment, start_payment
from portals.models import OwnMoney
from tests.orders.conftest import order_cart, put
from tests.world import NOW, World, make_grant, make_product


def confirmed(world: World, credit: str, **options: str) -> Order:
    """An order of a chair and two mugs (EUR 274) by Alice, paid with `credit` euro and own money for the rest."""
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    world.mug.category = world.chairs
    world.mug.save()
    if Decimal(credit):
        make_grant(world.alice, credit)
    put(world.alice, world.chair)
    put(world.alice, world.mug, 2)
    order = order_cart(world.alice, **options)
    if order.awaits_payment:
        start_payment(order, now=NOW)
        DemoPayment.objects.update(state="paid")
        settle_payment(order.payments.get(), now=NOW)
        order.refresh_from_db()
    return order


def pages_of(order: Order) -> list[str]:
    pages = PdfReader(BytesIO(receipt_pdf(order))).pages
    return [" ".join(page.extract_text().replace("\xa0", " ").split()) for page in pages]


def text_of(order: Order) -> str:
    return " ".join(pages_of(order))


@pytest.mark.parametrize("credit", ["0.00", "137.00", "274.00"])
def test_vat_is_the_same_however_it_is_paid(world: World, credit: str):
    order = confirmed(world, credit)

    rates = [(rate.rate, rate.base, rate.vat, rate.gross) for rate in vat_by_rate(order.lines.all())]

    assert order.credit == Decimal(credit)
    assert rates == [
        (Decimal("21.00"), Decimal("205.79"), Decimal("43.21"), Decimal("249.00")),
        (Decimal("9.00"), Decimal("22.94"), Decimal("2.06"), Decimal("25.00")),
    ]
    text = text_of(order)
    for amounts in ("21 % € 205,79 € 43,21 € 249,00", "9 % € 22,94 € 2,06 € 25,00", "€ 228,73 € 45,27 € 274,00"):
        assert amounts in text


def test_receipt_says_who_sold_what_and_how_it_was_paid(world: World, settings):
    settings.OPERATOR = settings.OPERATOR | {"name": "Kantoorthuis BV", "vat_number": "NL001234567B01"}
    order = confirmed(world, "137.00")

    text = text_of(order)

    for part in (
        "Aankoopbewijs",
        "Kantoorthuis BV",
        "NL001234567B01",
        order.number,
        "Bureaustoel Nova",
        "Tegoed van Acme € 137,00",
        "Eigen bijdrage, betaald op 16 november 2026 € 137,00",
    ):
        assert part in text, part


def test_receipt_is_in_the_language_of_the_order(world: World):
    assert "Credit from Acme € 274,00" in text_of(confirmed(world, "274.00", language="en"))


def test_receipt_stays_the_same_after_a_refund_of_credit(world: World):
    order = confirmed(world, "274.00")
    before = text_of(order)

    ledger.refund(world.alice.entries.get(kind="spend"), amount=Decimal("25.00"), source="return:1", now=NOW)

    assert text_of(order) == before


def test_receipt_tells_what_came_back_once_its_money_did(world: World):
    order = confirmed(world, "137.00")
    mugs = order.lines.get(product=world.mug)
    deliver_order(order, now=NOW)
    given = give_back(order, {mugs.pk: 1}, form_token=uuid.uuid4(), now=NOW)
    assert "Teruggegeven" not in text_of(order)

    register_receipt(given, now=NOW, actor=world.coordinator)

    text = text_of(order)
    assert "16 november 2026 1 × Mok Aarde 9 % € 1,03 € 6,25 € 6,25 € 12,50" in text
    assert "In totaal teruggegeven € 1,03 € 12,50" in text
    assert "Wat overblijft van de aankoop € 44,24 € 261,50" in text


@pytest.mark.parametrize("lines", [9, 12, 15])
def test_totals_stand_on_a_page_with_the_last_lines(world: World, lines: int):
    for number in range(lines):
        put(world.bob, make_product(world.chairs, f"Haakje {number:02d}", "1.00"))

    pages = pages_of(order_cart(world.bob))

    assert [page for page in pages if "Btw in het totaal" in page] == pages[-1:]
    assert [number for number in range(lines - 3, lines) if f"Haakje {number:02d}" not in pages[-1]] == []
