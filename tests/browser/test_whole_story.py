"""Finding by a mistyped word, narrowing down, comparing, ordering with credit and own money, and returning a part: told
by keyboard alone and with scripts off."""

import pytest
from playwright.sync_api import expect

from catalog import vocabulary
from catalog.models import Product
from orders.fulfilment import deliver_order, pack_order
from orders.models import GiveBack, Order
from tests.browser import steps
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitor import Visitor
from tests.world import NOW, make_product

pytestmark = pytest.mark.django_db(transaction=True)

CHAIR = "Bureaustoel Ruim"
Hands = Keyboard | Mouse


@pytest.mark.parametrize(
    ("hands", "scripts"),
    [(Keyboard, True), (Keyboard, False), (Mouse, False)],
    ids=["keyboard", "keyboard, no scripts", "no scripts"],
)
def test_chair_is_found_ordered_and_given_back_in_part(visit, world, hands, scripts):
    chair = make_product(world.chairs, CHAIR, "349.00")
    Product.objects.filter(pk=chair.pk).update(brand="Zetwerk")
    vocabulary.forget()
    visitor = visit(scripts=scripts)
    hand = hands(visitor)

    log_in(visitor, hand)
    find(visitor, hand)
    compare(visitor, hand, world.chair.name)
    order = order_two(visitor, hand)
    assert (order.total, order.credit, order.own_money) == (698, 250, 448)
    give_one_back(visitor, hand, order)

    given = GiveBack.objects.get()
    assert (given.kind, given.credit, given.own_money) == ("return", 125, 224)


def log_in(visitor: Visitor, hand: Hands) -> None:
    visitor.open(visitor.site.portal("acme"))
    hand.type("Werkmail", "bob@acme.example")
    hand.type("Wachtwoord", steps.PASSWORD)
    hand.press("Inloggen")
    visitor.page.wait_for_url(visitor.site.portal("acme") + "/")


def find(visitor: Visitor, hand: Hands) -> None:
    """By a mistyped word, and then by the brand."""
    hand.type("Zoek producten", "buraustoel")
    visitor.page.keyboard.press("Enter")
    visitor.arrives_at("Zoeken naar “buraustoel”")
    expect(visitor.page.locator("#found")).to_have_text("2 producten gevonden")
    hand.tick("Zetwerk")
    if not visitor.scripts:
        hand.press("Toon producten")
    expect(visitor.page.locator("#found")).to_have_text("1 product gevonden")
    hand.press(CHAIR)
    visitor.arrives_at(CHAIR)


def compare(visitor: Visitor, hand: Hands, other: str) -> None:
    """With another chair of the same shelf, and back."""
    hand.press("Vergelijken")
    visitor.arrives_at("Producten vergelijken")
    hand.press("Zoek er nog een in Bureaustoelen")
    visitor.arrives_at("Bureaustoelen")
    hand.press(other)
    visitor.arrives_at(other)
    hand.press("Vergelijken")
    expect(visitor.page.locator(".comparison thead th")).to_have_count(2)
    hand.press(CHAIR)
    visitor.arrives_at(CHAIR)


def order_two(visitor: Visitor, hand: Hands) -> Order:
    """Into the cart, through the checkout, past the bank."""
    hand.type("Aantal", "2")
    hand.press("In winkelwagen")
    visitor.arrives_at("Winkelwagen")
    hand.press("Naar afrekenen")
    visitor.arrives_at("Afrekenen")
    for label, text in (("Straat", "Dorpsstraat"), ("Huisnummer en toevoeging", "12 B"), ("Postcode", "3511 ed")):
        hand.type(label, text)
    hand.type("Plaats", "Utrecht")
    hand.press("Bestelling met betalingsverplichting")
    visitor.arrives_at("Demobank")
    hand.press("Betalen")
    visitor.arrives_at("Bedankt, je bestelling is bevestigd")
    return Order.objects.get()


def give_one_back(visitor: Visitor, hand: Hands, order: Order) -> None:
    """Of what has been delivered in the meantime."""
    pack_order(order, now=NOW)
    deliver_order(order, now=NOW)
    hand.press("Al mijn bestellingen")
    visitor.arrives_at("Mijn bestellingen")
    hand.press(order.number)
    visitor.arrives_at(f"Bestelling {order.number}")
    hand.press("Retourneren (bestelling herroepen)")
    visitor.arrives_at(f"Bestelling {order.number} herroepen")
    hand.type(f"Aantal van {CHAIR}", "1")
    hand.press("Verder met deze producten")
    visitor.arrives_at("Bevestig je herroeping")
    hand.press("Herroeping bevestigen")
    expect(visitor.page.locator("main .alert").first).to_contain_text("We hebben je herroeping ontvangen.")
