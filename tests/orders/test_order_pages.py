"""The pages of an employee's own orders and receipts, which outlive the shop."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client

from orders.giving_up import lapse_order
from orders.models import Order
from portals.models import Portal
from tests.orders.conftest import ACME, HOME_FORM, order_cart, order_of, put
from tests.world import NOW, World, make_product

pytestmark = pytest.mark.usefixtures("today")


def test_closed_portal_keeps_orders_and_receipts_reachable(bob: Client, world: World):
    order = order_of(world.bob, world.chair)
    put(world.bob, world.desk)
    Portal.objects.filter(pk=world.acme.pk).update(state="closed")

    pages = ["/orders/", f"/orders/{order.number}/", f"/orders/{order.number}/receipt.pdf"]
    assert [bob.get(page).status_code for page in pages] == [200, 200, 200]
    assert [bob.get(page).status_code for page in ("/cart/", "/checkout/")] == [403, 403]

    form = HOME_FORM | {"form_token": str(uuid.uuid4()), "shown": "x"}
    assert bob.post("/checkout/", form).status_code == 403
    assert Order.objects.get() == order


def test_pages_of_an_order_offer_no_way_into_a_closed_shop(bob: Client, world: World):
    bought, lapsed = order_of(world.bob, world.chair), order_of(world.bob, world.desk)
    lapse_order(lapsed, now=NOW + dt.timedelta(hours=1))
    pages = [f"/orders/{bought.number}/?placed", f"/orders/{bought.number}/", f"/orders/{lapsed.number}/", "/credit/"]
    way = re.compile(r'href="/cart/"|class="button[^"]*" href="/"')
    open_shop = [len(way.findall(bob.get(page).content.decode())) for page in pages]
    Portal.objects.filter(pk=world.acme.pk).update(state="closed")

    closed_shop = [len(way.findall(bob.get(page).content.decode())) for page in pages]

    assert (open_shop, closed_shop) == ([2, 1, 2, 1], [0, 0, 0, 0])


def test_lapsed_order_speaks_of_the_cart_only_in_an_open_shop(bob: Client, world: World):
    order = order_of(world.bob, world.desk)
    lapse_order(order, now=NOW + dt.timedelta(hours=1))
    open_shop = bob.get(f"/orders/{order.number}/").content.decode()
    Portal.objects.filter(pk=world.acme.pk).update(state="paused")

    closed_shop = bob.get(f"/orders/{order.number}/").content.decode()

    told = "Deze bestelling is niet op tijd betaald en daarom vervallen."
    assert f"<p>{told} Je tegoed is weer vrij. De producten liggen weer in je winkelwagen.</p>" in open_shop
    assert f"<p>{told}</p>" in closed_shop


def test_nothing_is_said_of_credit_where_an_order_takes_none(world: World):
    client = Client(HTTP_HOST=ACME)
    client.force_login(world.alice.user)
    put(world.alice, world.desk)
    checkout = client.get("/checkout/").content.decode()
    order = lapse_order(order_cart(world.alice), now=NOW + dt.timedelta(hours=1))

    page = client.get(f"/orders/{order.number}/").content.decode()

    assert '<p class="muted small">Je betaalt €\xa0399,00 op de volgende pagina.</p>' in checkout
    assert "daarom vervallen. De producten liggen weer in je winkelwagen.</p>" in page


def test_order_list_shows_only_my_own(bob: Client, world: World):
    mine, theirs = order_of(world.bob, world.chair), order_of(world.alice, world.desk)

    page = bob.get("/orders/").content.decode()

    assert (mine.number in page, theirs.number in page) == (True, False)


def test_order_list_empty_says_so(bob: Client):
    assert "Nog geen bestellingen" in bob.get("/orders/").content.decode()


def test_order_list_has_pages_of_twenty(bob: Client, world: World):
    cheap = make_product(world.chairs, "Kruk", "1.00")
    for _ in range(21):
        order_of(world.bob, cheap)

    assert [len(bob.get(f"/orders/?page={page}").context["page"].object_list) for page in (1, 2)] == [20, 1]


def test_receipt_waits_until_the_order_is_confirmed(bob: Client, world: World):
    order = order_of(world.bob, world.desk)

    assert bob.get(f"/orders/{order.number}/receipt.pdf").status_code == 404


def test_receipt_is_a_pdf_with_the_number_as_its_name(bob: Client, world: World):
    order = order_of(world.bob, world.chair)

    receipt = bob.get(f"/orders/{order.number}/receipt.pdf")

    assert receipt.headers["Content-Type"] == "application/pdf"
    assert receipt.headers["Content-Disposition"] == f'attachment; filename="{order.number}.pdf"'
    assert receipt.content.startswith(b"%PDF")
