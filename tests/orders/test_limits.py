"""How much one employee may order: of a product, of a category, over all orders, and in two tabs at once."""

import html
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Category, Product, QuantityLimit
from orders.cart import cart_lines, change_quantity
from orders.checkout import CartChanged
from orders.limits import OverLimit
from orders.models import CartLine, GiveBack, Order, OrderState
from orders.quote import Change
from tests.orders.conftest import order_cart, order_of, put
from tests.world import NOW, World, build_world, make_category, make_product

CHAIRS = "Iedere medewerker mag hoogstens 1 bestellen uit “Bureaustoelen”."
BEFORE = "Je hebt er al 1 besteld."


def limit(world: World, most: int = 1, **of: Category | Product) -> None:
    QuantityLimit.objects.create(portal=world.acme, most=most, **of)
    world.acme.refresh_from_db()


def lay(world: World, product: Product, quantity: int = 1) -> None:
    """Put a product in Bob's cart past every check, as it lay there before the limit was set."""
    CartLine.objects.create(
        portal=world.acme, membership=world.bob, product=product, quantity=quantity, seen_price=product.price
    )


def refused(world: World, product: Product, quantity: int = 1) -> bool:
    try:
        put(world.bob, product, quantity)
    except OverLimit:
        return True
    return False


def test_limit_of_a_product_is_for_that_product(world: World):
    limit(world, 2, product=world.chair)
    other = make_product(world.chairs, "Kruk", "1.00")

    assert refused(world, world.chair, 3)
    assert not refused(world, world.chair, 2)
    assert refused(world, world.chair)
    assert not refused(world, other, 99)


def test_limit_of_a_category_is_for_all_that_lies_on_and_below_it(world: World):
    low = make_product(make_category("Zadelkrukken", parent=world.chairs), "Zadelkruk", "1.00")
    limit(world, 2, category=world.chairs)

    assert not refused(world, low)
    assert not refused(world, world.chair)
    assert refused(world, low)
    assert not refused(world, world.desk, 5)


def test_limit_counts_what_was_ordered_before(world: World):
    limit(world, category=world.chairs)
    order_of(world.bob, world.chair)

    assert refused(world, make_product(world.chairs, "Kruk", "1.00"))


def test_limit_counts_what_waits_for_payment_but_not_what_lapsed_or_was_cancelled(world: World):
    limit(world, product=world.desk)
    order = order_of(world.bob, world.desk)
    assert (order.state, refused(world, world.desk)) == (OrderState.AWAITING_PAYMENT, True)

    for state in (OrderState.LAPSED, OrderState.CANCELLED):
        Order.objects.update(state=state)
        world.bob.cart_lines.all().delete()
        assert not refused(world, world.desk)


@pytest.mark.parametrize("is_settled", [True, False])
def test_limit_counts_no_more_what_came_back(world: World, is_settled: bool):
    limit(world, 2, category=world.chairs)
    order = order_of(world.bob, world.chair, 2)
    back = GiveBack.objects.create(
        portal=world.acme,
        order=order,
        kind="return",
        form_token=uuid.uuid4(),
        credit="1.00",
        own_money="0.00",
        asked_at=NOW,
        settled_at=NOW if is_settled else None,
    )
    back.lines.create(
        portal=world.acme, line=order.lines.get(), first=0, quantity=1, credit="1.00", own_money="0.00", vat="0.17"
    )

    assert refused(world, world.chair) == (not is_settled)
    assert refused(world, world.chair)


def test_limit_is_of_one_employee_and_one_portal(world: World):
    limit(world, category=world.chairs)
    order_of(world.bob, world.chair)

    put(world.alice, world.chair)
    put(world.charlie, world.chair, 3)

    assert (world.alice.cart_lines.get().quantity, world.charlie.cart_lines.get().quantity) == (1, 3)


def test_quantity_grows_up_to_the_limit_and_always_shrinks(world: World):
    lay(world, world.chair, 5)
    limit(world, 3, category=world.chairs)
    line = cart_lines(world.bob)[0]
    line.membership = world.bob

    change_quantity(line, quantity=4)
    assert world.bob.cart_lines.get().quantity == 4
    line.quantity = 2
    CartLine.objects.update(quantity=2)
    change_quantity(line, quantity=3)
    line.quantity = 3
    with pytest.raises(OverLimit):
        change_quantity(line, quantity=4)
    assert world.bob.cart_lines.get().quantity == 3


def test_checkout_refuses_what_goes_past_a_limit_that_was_set_meanwhile(world: World):
    lay(world, world.chair, 2)
    limit(world, category=world.chairs)

    with pytest.raises(CartChanged):
        order_cart(world.bob)

    assert Order.objects.count() == 0


@pytest.mark.usefixtures("today")
def test_line_says_which_limit_and_what_was_ordered(bob: Client, world: World):
    limit(world, category=world.chairs)
    order_of(world.bob, world.chair)
    lay(world, world.chair)
    lay(world, world.desk)

    page = bob.get("/cart/").content.decode()

    assert page.count(f"{CHAIRS} {BEFORE}") == 1
    assert "Naar afrekenen" not in page
    world.bob.cart_lines.filter(product=world.chair).delete()
    assert "Naar afrekenen" in bob.get("/cart/").content.decode()


@pytest.mark.usefixtures("today")
def test_too_much_is_refused_with_the_reason(bob: Client, world: World):
    limit(world, product=world.chair)

    added = bob.post("/cart/lines/", {"product": world.chair.pk, "quantity": 2}, follow=True).content.decode()
    assert "Iedere medewerker mag hoogstens 1 bestellen van dit product." in added
    assert world.bob.cart_lines.count() == 0

    bob.post("/cart/lines/", {"product": world.chair.pk, "quantity": 1})
    line = world.bob.cart_lines.get()
    changed = bob.post(f"/cart/lines/{line.pk}/", {"quantity": 2}).content.decode()
    assert f'id="quantity-{line.pk}-error"' in changed
    assert "Iedere medewerker mag hoogstens 1 bestellen van dit product." in changed
    assert world.bob.cart_lines.get().quantity == 1


@pytest.mark.usefixtures("today")
def test_reason_is_said_in_english_too(bob: Client, world: World):
    limit(world, category=world.chairs)
    order_of(world.bob, world.chair)
    lay(world, world.chair)
    bob.post("/language/", {"language": "en", "next": "/cart/"})

    page = bob.get("/cart/").content.decode()

    assert "Each employee may order at most 1 from “Desk chairs”. You ordered 1 before." in page


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("limited", [1, 3])
def test_limits_keep_within_the_statements_of_the_pages(bob: Client, world: World, limited: int):
    for number in range(limited):
        product = make_product(world.chairs, f"Kruk {number}", "1.00")
        limit(world, 5, product=product)
        lay(world, product)
    limit(world, 20, category=world.chairs)
    bob.get("/cart/")

    taken = {}
    for name, visit in (
        ("cart", lambda: bob.get("/cart/")),
        ("add", lambda: bob.post("/cart/lines/", {"product": world.chair.pk, "quantity": 1})),
    ):
        with CaptureQueriesContext(connection) as captured:
            visit()
        taken[name] = len(captured)

    assert (taken["cart"], taken["add"] <= 8) == (6, True)


def test_limit_is_of_a_category_or_of_a_product(world: World):
    for of in ({}, {"category": world.chairs, "product": world.chair}):
        with pytest.raises(IntegrityError, match="quantity_limit_of_one_thing"), transaction.atomic():
            limit(world, **of)


@pytest.mark.django_db(transaction=True)
def test_order_in_a_second_tab_waits_for_the_first_and_counts_it():
    world = build_world()
    lay(world, world.chair)
    limit(world, category=world.chairs)
    stool = make_product(world.chairs, "Kruk", "1.00")

    def second_tab() -> object:
        try:
            lay(world, stool)
            return order_cart(world.bob)
        except CartChanged as refusal:
            return [quoted.changes for quoted in refusal.quote.lines if not quoted.can_be_ordered]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = order_cart(world.bob)
            second = pool.submit(second_tab)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        answer = second.result(timeout=10)

    assert answer == [(Change.LIMITED,)]
    assert Order.objects.get() == first


@pytest.mark.usefixtures("today")
def test_cart_is_there_again_after_logging_out(bob: Client, world: World):
    put(world.bob, world.chair, 2)
    bob.post("/account/logout/")
    assert bob.get("/cart/").status_code == 302

    bob.force_login(world.bob.user)

    assert "Bureaustoel Nova" in bob.get("/cart/").content.decode()
    assert world.bob.cart_lines.get().quantity == 2


def buying(client: Client, product: Product) -> tuple[list[str], str]:
    """What the product page says of limits, and how many it lets one choose; nothing where it cannot be added."""
    page = client.get(f"/products/{product.pk}/{product.slug}/").content.decode()
    notes = [html.unescape(note) for note in re.findall(r'<p class="muted small">(Iedere[^<]*)<', page)]
    found = re.search(r'name="quantity" value="1" min="1" max="(\d+)"', page)
    return notes, found[1] if found else ""


def test_product_page_says_the_limit_and_what_is_left_of_it(world: World, bob: Client):
    limit(world, 3, category=world.chairs)
    other = make_product(world.chairs, "Kruk", "1.00")
    told = "Iedere medewerker mag hoogstens 3 bestellen uit “Bureaustoelen”."
    free = buying(bob, world.chair)

    put(world.bob, other)
    in_cart = buying(bob, world.chair)
    order_cart(world.bob)
    put(world.bob, world.chair)
    last = buying(bob, world.chair)
    put(world.bob, other)

    assert free == ([told], "3")
    assert in_cart == ([f"{told} Je kunt er nog 2 bestellen."], "2")
    assert last == ([f"{told} Je kunt er nog 1 bestellen."], "1")
    assert buying(bob, world.chair) == ([f"{told} Die heb je besteld of liggen in je winkelwagen."], "")
    assert buying(bob, world.desk) == ([], "99")


def test_product_page_goes_by_the_tightest_of_two_limits_and_of_nobody_else(world: World, bob: Client):
    limit(world, 200, category=world.chairs)
    wide = buying(bob, world.chair)
    limit(world, 2, product=world.chair)
    put(world.alice, world.chair)

    assert wide[1] == "99"
    assert buying(bob, world.chair) == (
        ["Iedere medewerker mag hoogstens 2 bestellen van dit product.",
         "Iedere medewerker mag hoogstens 200 bestellen uit “Bureaustoelen”."], "2"
    )  # fmt: skip


def test_product_page_takes_one_statement_more_where_it_is_limited(world: World, bob: Client):
    taken = []
    for most in (None, 2):
        if most:
            limit(world, most, category=world.chairs)
        bob.get(f"/products/{world.chair.pk}/{world.chair.slug}/")
        with CaptureQueriesContext(connection) as captured:
            bob.get(f"/products/{world.chair.pk}/{world.chair.slug}/")
        taken.append(len(captured))

    assert taken[1] == taken[0] + 1
