"""The pages of the cart and the checkout, as a browser meets them."""

import re
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from catalog.models import Product
from orders.models import CartLine, Order
from orders.quote import Change
from tests.orders.conftest import ACME, HOME_FORM, order_of, put
from tests.world import World, make_product

pytestmark = pytest.mark.usefixtures("today")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)
    assert found, name
    return found[1]


def checkout_form(bob: Client) -> dict[str, str]:
    page = bob.get("/checkout/").content.decode()
    return HOME_FORM | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")}


def test_cart_empty_says_so(bob: Client):
    page = bob.get("/cart/")

    assert page.status_code == 200
    assert "Je winkelwagen is leeg" in page.content.decode()


def test_add_puts_the_product_in_the_cart_and_shows_it(bob: Client, world: World):
    page = bob.post("/cart/lines/", {"product": world.chair.pk, "quantity": 2}, follow=True)

    assert page.redirect_chain == [("/cart/", 302)]
    assert "Bureaustoel Nova" in page.content.decode()
    assert "€\xa0498,00" in page.content.decode()
    assert world.bob.cart_lines.get().quantity == 2


@pytest.mark.parametrize(
    ("quantity", "told"),
    [
        ("-1", "Kies er minstens 1."),
        ("0", "Kies er minstens 1."),
        ("100", "Kies er hoogstens 99."),
        ("1,5", "Vul een heel getal in."),
        ("veel", "Vul een heel getal in."),
        ("", "Vul in hoeveel je er wilt."),
    ],
)
def test_add_tells_an_odd_quantity_at_the_field(bob: Client, world: World, quantity: str, told: str):
    page = bob.post("/cart/lines/", {"product": world.chair.pk, "quantity": quantity})

    assert page.context["form"].errors["quantity"] == [told]
    assert told in page.content.decode()
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("product", ["outside", "unknown", "no number", "far too large"])
def test_add_of_a_product_that_the_portal_does_not_show_is_not_found(bob: Client, world: World, product: str):
    asked = {"outside": world.mug.pk, "unknown": 999_999, "no number": "x", "far too large": 10**30}[product]

    page = bob.post("/cart/lines/", {"product": asked, "quantity": 1})

    assert page.status_code == 404
    assert not CartLine.objects.exists()


def test_add_of_a_sold_out_product_says_so(bob: Client, world: World):
    gone = make_product(world.chairs, "Kruk", "49.00", stock=0)

    page = bob.post("/cart/lines/", {"product": gone.pk, "quantity": 1}, follow=True)

    assert "Dit product is uitverkocht" in page.content.decode()
    assert not CartLine.objects.exists()


def test_update_changes_and_removes(bob: Client, world: World):
    put(world.bob, world.chair)
    line = world.bob.cart_lines.get()

    bob.post(f"/cart/lines/{line.pk}/", {"quantity": 3})
    assert world.bob.cart_lines.get().quantity == 3

    bob.post(f"/cart/lines/{line.pk}/", {"quantity": 0})
    assert not world.bob.cart_lines.exists()


def test_update_tells_an_odd_quantity_at_its_line(bob: Client, world: World):
    put(world.bob, world.chair)
    put(world.bob, world.desk)
    line = world.bob.cart_lines.get(product=world.desk)

    page = bob.post(f"/cart/lines/{line.pk}/", {"quantity": -3}).content.decode()

    assert page.count("Kies er minstens 1, of verwijder het product.") == 1
    assert f'id="quantity-{line.pk}-error"' in page
    assert set(world.bob.cart_lines.values_list("quantity", flat=True)) == {1}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"is_active": False}, "Niet meer te koop."),
        ({"stock": 0}, "Uitverkocht."),
        ({"stock": 1}, "Er is er nog maar 1."),
        ({"price": Decimal("259.00")}, "De prijs was €\xa0249,00 en is nu €\xa0259,00."),
    ],
)
def test_cart_tells_what_changed(bob: Client, world: World, fields: dict[str, object], told: str):
    put(world.bob, world.chair, 2)
    Product.objects.filter(pk=world.chair.pk).update(**fields)

    assert told in bob.get("/cart/").content.decode()


def test_cart_tells_at_once_what_the_portal_no_longer_shows(bob: Client, world: World):
    put(world.bob, world.chair)
    assert str(Change.OUTSIDE.label) not in bob.get("/cart/").content.decode()

    world.acme.assortment.filter(category=world.chairs).delete()

    assert str(Change.OUTSIDE.label) in bob.get("/cart/").content.decode()


def test_cart_survives_logging_out(bob: Client, world: World):
    put(world.bob, world.chair)

    bob.logout()
    bob.force_login(world.bob.user)

    assert "Bureaustoel Nova" in bob.get("/cart/").content.decode()


def test_checkout_within_credit_orders_and_thanks(bob: Client, world: World):
    put(world.bob, world.chair)

    page = bob.post("/checkout/", checkout_form(bob), follow=True)

    order = Order.objects.get()
    assert page.redirect_chain == [(f"/orders/{order.number}/?placed", 302)]
    assert "Bedankt, je bestelling is bevestigd" in page.content.decode()
    assert (order.postal_code, order.house_number, order.language) == ("3512 AB", "12 B", "nl")


def test_checkout_above_credit_goes_to_the_provider(bob: Client, world: World):
    put(world.bob, world.desk)

    page = bob.post("/checkout/", checkout_form(bob))

    payment = Order.objects.get().payments.get()
    assert page.headers["Location"] == f"http://acme.localhost/payments/demo/{payment.provider_id}/"


def test_checkout_twice_with_one_form_leads_to_the_same_order(bob: Client, world: World):
    put(world.bob, world.chair)
    form = checkout_form(bob)

    first, second = bob.post("/checkout/", form), bob.post("/checkout/", form)

    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1


def test_checkout_has_the_button_that_the_law_asks_for(bob: Client, world: World):
    put(world.bob, world.chair)

    assert "Bestelling met betalingsverplichting" in bob.get("/checkout/").content.decode()


def test_checkout_says_that_the_credit_is_set_apart_until_the_rest_is_paid(bob: Client, world: World):
    put(world.bob, world.desk)

    told = "Je betaalt €\xa0149,00 op de volgende pagina. Je tegoed houden we tot die tijd voor je apart."
    assert told in bob.get("/checkout/").content.decode()


def test_checkout_tells_a_new_price_and_orders_it_when_sent_again(bob: Client, world: World):
    put(world.bob, world.chair)
    form = checkout_form(bob)
    Product.objects.filter(pk=world.chair.pk).update(price=Decimal("259.00"))

    page = bob.post("/checkout/", form).content.decode()

    assert "Er is nog niets besteld" in page
    assert "De prijs was €\xa0249,00 en is nu €\xa0259,00." in page
    assert not Order.objects.exists()

    again = HOME_FORM | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")}
    bob.post("/checkout/", again)

    assert Order.objects.get().total == Decimal("259.00")


def test_checkout_of_something_sold_out_goes_back_to_the_cart(bob: Client, world: World):
    put(world.bob, world.chair)
    form = checkout_form(bob)
    Product.objects.filter(pk=world.chair.pk).update(stock=0)

    page = bob.post("/checkout/", form, follow=True)

    assert page.redirect_chain == [("/cart/", 302)]
    assert "Uitverkocht." in page.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("postal_code", "12345", "Schrijf hem als 1234 AB."),
        ("postal_code", "1234 SS", "Schrijf hem als 1234 AB."),
        ("postal_code", "0123 AB", "Schrijf hem als 1234 AB."),
        ("postal_code", "1\u0662\u0663\u0664 AB", "Schrijf hem als 1234 AB."),
        ("house_number", "1\u0662", "Schrijf de toevoeging met alleen letters en cijfers, zoals 12 B of 12-3."),
        ("house_number", "B12", "Begin met een getal, zoals 12 of 12 B."),
        ("house_number", "", "Dit veld is verplicht."),
        ("country", "DE", "Selecteer een geldige keuze. DE is geen beschikbare keuze."),
    ],
)
def test_checkout_tells_a_wrong_address_at_the_field(bob: Client, world: World, field: str, value: str, told: str):
    put(world.bob, world.chair)

    page = bob.post("/checkout/", checkout_form(bob) | {field: value})

    assert page.context["form"].errors[field] == [told]
    assert told in page.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "damage", [{"form_token": ""}, {"form_token": "tampered"}, {"shown": ""}, {"shown": "x" * 65}, {"shown": "a\0b"}]
)
def test_checkout_says_that_a_damaged_page_ordered_nothing(bob: Client, world: World, damage: dict[str, str]):
    put(world.bob, world.chair)

    page = bob.post("/checkout/", checkout_form(bob) | damage).content.decode()

    assert page.index("Deze pagina kwam niet heel aan, dus er is niets") < page.index("Waar mogen we bezorgen?")
    assert (Order.objects.count(), world.bob.cart_lines.count()) == (0, 1)

    again = HOME_FORM | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")}
    bob.post("/checkout/", again)

    assert Order.objects.get().total == Decimal("249.00")


def test_checkout_sent_without_any_field_says_so(bob: Client, world: World):
    put(world.bob, world.chair)

    assert "Deze pagina kwam niet heel aan" in bob.post("/checkout/").content.decode()


def test_checkout_keeps_its_token_when_the_address_is_wrong(bob: Client, world: World):
    put(world.bob, world.chair)
    form = checkout_form(bob)

    page = bob.post("/checkout/", form | {"postal_code": "12345"}).content.decode()

    assert hidden(page, "form_token") == form["form_token"]


@pytest.mark.parametrize(("written", "kept"), [("1000", "1000"), (" 9000 ", "9000")])
def test_checkout_takes_a_belgian_address(bob: Client, world: World, written: str, kept: str):
    put(world.bob, world.chair)

    page = bob.post("/checkout/", checkout_form(bob) | {"country": "BE", "postal_code": written}, follow=True)

    assert Order.objects.get().address_lines[2:] == [f"{kept}  Utrecht", "België"]
    assert "Utrecht<br>België</address>" in page.content.decode()


def test_checkout_with_an_empty_cart_goes_to_the_cart(bob: Client):
    assert bob.get("/checkout/").headers["Location"] == "/cart/"


def test_checkout_proposes_the_last_address(bob: Client, world: World):
    order_of(world.bob, world.chair)
    put(world.bob, world.desk)

    initial = bob.get("/checkout/").context["form"].initial

    assert (initial["street"], initial["postal_code"]) == ("Lindelaan", "3512 AB")


def test_form_addresses_without_a_form_lead_on_and_write_nothing(bob: Client, world: World):
    order = order_of(world.bob, world.desk)
    put(world.bob, world.chair)
    line = world.bob.cart_lines.get()
    addresses = ["/cart/lines/", f"/cart/lines/{line.pk}/?quantity=0", f"/orders/{order.number}/payment/"]

    answers = [bob.get(address) for address in addresses]

    assert [answer.headers["Location"] for answer in answers] == ["/cart/", "/cart/", f"/orders/{order.number}/"]
    assert (list(world.bob.cart_lines.all()), order.payments.count()) == ([line], 0)


@pytest.mark.parametrize("path", ["/cart/lines/", "/cart/lines/1/", "/orders/TW26-1/payment/"])
def test_form_sent_after_the_session_ended_leads_on_after_the_login(world: World, bob: Client, path: str):
    asked_to_log_in = Client(HTTP_HOST=ACME).post(path, {"quantity": 1})

    back = parse_qs(urlsplit(asked_to_log_in.headers["Location"]).query)["next"][0]
    assert bob.get(back).status_code in {302, 404}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/cart/lines/", "/cart/", "/checkout/", "/orders/"])
def test_other_methods_are_refused(bob: Client, path: str, method: str):
    assert getattr(bob, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/cart/lines/", "/cart/lines/1/", "/checkout/", "/orders/TW26-1/payment/"])
def test_writes_need_a_csrf_token(world: World, path: str):
    strict = Client(HTTP_HOST=ACME, enforce_csrf_checks=True)
    strict.force_login(world.bob.user)

    assert strict.post(path, {"product": world.chair.pk, "quantity": 1}).status_code == 403
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("path", ["/cart/", "/checkout/", "/orders/", "/orders/TW26-1/", "/orders/TW26-1/receipt.pdf"])
def test_visitor_is_asked_to_log_in(world: World, path: str):
    page = Client(HTTP_HOST=ACME).get(path)

    assert page.status_code == 302
    assert page.headers["Location"].startswith("/account/login/")


def test_more_than_there_is_in_stock_is_told_at_once_with_what_it_would_cost(bob: Client, world: World):
    few = make_product(world.chairs, "Kruk", "50.00", stock=3)
    pages = [bob.post("/cart/lines/", {"product": few.pk, "quantity": quantity}, follow=True) for quantity in (3, 2)]

    told = [[str(message) for message in page.context["messages"]] for page in pages]

    assert told == [
        ["Kruk ligt in je winkelwagen."],
        ["Kruk ligt 5 keer in je winkelwagen, maar we hebben er 3. Pas dat eerst aan."],
    ]
    assert '<p class="price cart__total">€\xa0250,00</p>' in pages[1].text
    assert bob.get("/checkout/").headers["Location"] == "/cart/"


def test_line_that_cannot_be_had_at_all_names_no_amount(bob: Client, world: World):
    put(world.bob, world.chair)
    Product.objects.filter(pk=world.chair.pk).update(stock=0)

    assert '<p class="price cart__total">–</p>' in bob.get("/cart/").text
