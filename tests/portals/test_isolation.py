"""No portal shows anything of another, whoever asks: every address of a portal's host, walked from the URL resolver.

An address with an argument that is not listed in OTHERS fails the first test: list it with an object of globex.
"""

import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from catalog.models import Product
from catalog.wishes import add_wish
from orders.cart import add_to_cart
from orders.checkout import Address, place_order
from orders.models import DemoPayment, DemoState, Order
from orders.payments.demo import finish
from orders.postal_address import save_address
from orders.questions import ask
from orders.settlement import start_payment
from portals.preview import preview_url
from tests.world import NOW, World, make_category, make_product

ACME, GLOBEX = {"host": "acme.localhost"}, {"host": "globex.localhost"}
# What only globex has; none of it may stand in any answer of acme.
SECRETS = ("globex", "charlie", "geheimstoel", "geheimzaal", "lindelaan 99")

# For each address with an argument: what of globex is asked for.
OTHERS = {
    "portals:brand_css": lambda g: [g["world"].globex.brand_hash],
    "portals:brand_file": lambda g: [g["logo"]],
    "catalog:category_show": lambda g: [g["category"].slug],
    "catalog:product_show": lambda g: [g["product"].pk, g["product"].slug],
    "catalog:picture": lambda g: [g["world"].globex.logo.name],
    "orders:cart_update": lambda g: [g["line"].pk],
    "catalog:wish_remove": lambda g: [g["product"].pk],
    "orders:address_change": lambda g: [g["address"].pk],
    "orders:address_prefer": lambda g: [g["address"].pk],
    "orders:address_remove": lambda g: [g["address"].pk],
    "orders:order_show": lambda g: [g["order"].number],
    "orders:receipt_download": lambda g: [g["order"].number],
    "orders:withdrawal_start": lambda g: [g["order"].number],
    "orders:withdrawal_confirm": lambda g: [g["order"].number],
    "orders:order_cancel": lambda g: [g["order"].number],
    "orders:payment_start": lambda g: [g["order"].number],
    "orders:payment_return": lambda g: [g["order"].number],
    "orders:question_show": lambda g: [g["question"].pk],
    "orders:demo_payment": lambda g: [g["payment"].provider_id],
}
SEARCH = {"catalog:search": {"q": "klein"}}
# Answers everybody alike: it names a provider, not an object. It has a test of its own.
SAME_FOR_ALL = {"orders:payment_webhook"}


def addresses(resolver, namespace="") -> Iterator[tuple[str, URLPattern]]:
    """Every address below `resolver`, by its full name."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, inner)
        else:
            yield f"{namespace}{entry.name}", entry


def portal_addresses() -> dict[str, bool]:
    """The names of a portal host's addresses, and whether each takes an argument from its path."""
    resolver = get_resolver(settings.PORTAL_URLCONF)
    return {name: bool(entry.pattern.regex.groups) for name, entry in addresses(resolver)}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def globex(world: World) -> dict:
    """Of everything that has an address, one that is globex's alone."""
    world.globex.brand_color = "#aa3311"
    world.globex.logo.save("globex-logo.webp", ContentFile(b"RIFF globex"))
    category = make_category("Geheimzaal")
    product = make_product(category, "Geheimstoel", "300.00")
    world.globex.assortment.create(category=category)
    world.globex.save()
    stool = make_product(category, "Geheimstoel klein", "10.00")
    confirmed, unpaid = order_of(world, stool), order_of(world, product)
    start_payment(unpaid, now=NOW)
    save_address(world.charlie, unpaid.address, now=NOW)
    add_wish(world.charlie, product_id=product.pk, now=NOW)
    add_to_cart(world.charlie, product_id=product.pk, quantity=1, now=NOW)
    asked = {"subject": "Geheimstoel", "text": "Geheimstoel", "form_token": uuid.uuid4()}
    question = ask(world.charlie, order=confirmed, **asked, now=NOW)
    return {
        "world": world,
        "logo": world.globex.logo.name.rpartition("/")[2],
        "category": category,
        "product": product,
        "order": confirmed,
        "payment": unpaid.payments.get(),
        "line": world.charlie.cart_lines.get(),
        "question": question,
        "address": world.charlie.addresses.get(),
    }


def order_of(world: World, product: Product) -> Order:
    """What Charlie ordered of globex."""
    add_to_cart(world.charlie, product_id=product.pk, quantity=1, now=NOW)
    home = Address("Charlie Peeters", "Lindelaan", "99", "3512 AB", "Utrecht")
    return place_order(world.charlie, address=home, form_token=uuid.uuid4(), now=NOW, language="nl")


def visitors(world: World) -> dict[str, Client]:
    """Everybody who may come to acme's host."""
    clients = {name: Client() for name in ("anonymous", "alice", "bob", "charlie", "staff", "preview")}
    for name in ("alice", "bob", "charlie"):
        clients[name].force_login(getattr(world, name).user)
    clients["staff"].force_login(world.coordinator)
    link = preview_url(world.acme, world.coordinator)
    clients["preview"].get(link.partition("localhost")[2], headers=ACME)
    return clients


def url_of(name: str, args: list) -> str:
    return reverse(name, settings.PORTAL_URLCONF, args=args)


def body(response) -> str:
    return b"".join(response).decode(errors="replace").lower()


def test_every_address_with_an_argument_is_listed():
    taking = {name for name, takes_argument in portal_addresses().items() if takes_argument}

    assert taking == set(OTHERS) | SAME_FOR_ALL


@pytest.mark.parametrize("name", OTHERS)
def test_object_of_another_portal_is_not_found(globex, name):
    url = url_of(name, OTHERS[name](globex))

    for who, client in visitors(globex["world"]).items():
        asked = {method: getattr(client, method)(url, headers=ACME) for method in ("get", "post")}
        codes = {method: response.status_code for method, response in asked.items()}
        stranger = who in {"anonymous", "charlie", "staff"}
        fine = {404, 405} | ({302} if stranger else set()) | ({403} if who == "preview" else set())
        assert set(codes.values()) <= fine, (who, codes)
        assert set(codes.values()) != {405}, (who, codes)
        for response in asked.values():
            if response.status_code == 302:
                assert response["Location"].startswith("/account/login/?next=")
            else:
                assert not [secret for secret in SECRETS if secret in body(response).replace(url, "")]


@pytest.mark.parametrize("name", OTHERS)
def test_same_object_is_there_for_its_own_people(globex, name):
    client = Client()
    client.force_login(globex["world"].charlie.user)
    url = url_of(name, OTHERS[name](globex))

    asked = [getattr(client, method)(url, headers=GLOBEX) for method in ("get", "post")]
    codes = {response.status_code for response in asked if body(response) is not None}

    # A logo is no product picture in globex either.
    assert bool(codes & {200, 302}) == (name != "catalog:picture")


def test_no_page_of_one_portal_holds_a_word_of_another(globex):
    plain = [name for name, takes_argument in portal_addresses().items() if not takes_argument]

    assert len(plain) > 10
    for who, client in visitors(globex["world"]).items():
        for name in plain:
            response = client.get(url_of(name, []), SEARCH.get(name), headers=ACME)
            page = body(response)
            own_name = ("charlie",) if who == "charlie" else ()
            assert not [s for s in SECRETS if s not in own_name and s in page], (who, name)


def test_nothing_of_another_portal_is_put_into_a_cart(globex):
    world = globex["world"]
    client = Client()
    client.force_login(world.bob.user)

    client.post("/cart/lines/", {"product": globex["product"].pk, "quantity": 1}, headers=ACME)

    assert world.bob.cart_lines.count() == 0


def test_webhook_at_one_portal_moves_no_payment_of_another(globex):
    payment = globex["payment"]
    finish(DemoPayment.objects.get(provider_id=payment.provider_id), DemoState.PAID)
    client = Client()

    answers = [
        client.post("/payments/demo/webhook/", {"id": ident}, headers=ACME).content
        for ident in (payment.provider_id, "unknown")
    ]

    payment.refresh_from_db()
    assert answers[0] == answers[1]
    assert (payment.state, payment.amount) == ("open", Decimal("60.00"))
