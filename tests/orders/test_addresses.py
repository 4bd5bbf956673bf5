"""The address book: kept when an employee ticks it, chosen at the next order, changed and thrown away."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from onboarding.roster import disable
from orders.forms import AddressForm
from orders.models import Order, SavedAddress
from orders.postal_address import MOST_SAVED, AddressSavedTwice, change_address, save_address
from tests.orders.conftest import ACME, HOME, HOME_FORM, put
from tests.orders.test_views import hidden
from tests.world import NOW, World
from thuiswerk.lib.periods import start_of_day

pytestmark = pytest.mark.usefixtures("today")
OFFICE = replace(HOME, street="Stationsplein", house_number="1")


def order(client: Client, world: World, **form: str):
    """What answers Bob's checkout of a chair."""
    put(world.bob, world.chair)
    page = client.get("/checkout/").content.decode()
    return client.post("/checkout/", form | {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown")})


def book(world: World) -> list[str]:
    return [saved.street for saved in world.bob.addresses.all()]


def test_ticked_address_is_kept_as_it_was_ordered_to(bob: Client, world: World):
    order(bob, world, **HOME_FORM, keep="on")

    saved = world.bob.addresses.get()
    assert (saved.address, saved.portal, saved.used_at) == (HOME, world.acme, NOW)


def test_address_is_not_kept_without_asking(bob: Client, world: World):
    order(bob, world, **HOME_FORM)

    assert Order.objects.get().address == HOME
    assert book(world) == []


def test_order_that_is_not_placed_keeps_nothing(bob: Client, world: World):
    put(world.bob, world.chair)
    page = bob.get("/checkout/").content.decode()
    form = {"form_token": hidden(page, "form_token"), "shown": "0" * 64, "keep": "on"}

    bob.post("/checkout/", HOME_FORM | form)

    assert (Order.objects.count(), book(world)) == (0, [])


def test_one_address_stands_in_the_book_once_and_on_top(world: World):
    for day, address in enumerate((HOME, OFFICE, HOME)):
        save_address(world.bob, address, now=NOW + dt.timedelta(days=day))

    assert book(world) == ["Lindelaan", "Stationsplein"]


def test_book_holds_ten_and_forgets_what_was_used_longest_ago(world: World):
    for number in range(MOST_SAVED + 1):
        save_address(world.bob, replace(HOME, street=f"Laan {number}"), now=NOW + dt.timedelta(days=number))
    save_address(world.alice, HOME, now=NOW)

    assert book(world) == [f"Laan {number}" for number in range(MOST_SAVED, 0, -1)]
    assert world.alice.addresses.count() == 1


def test_chosen_address_is_ordered_to_and_moves_to_the_top(bob: Client, world: World):
    save_address(world.bob, OFFICE, now=NOW - dt.timedelta(days=2))
    save_address(world.bob, HOME, now=NOW - dt.timedelta(days=1))
    office = world.bob.addresses.get(street="Stationsplein")

    order(bob, world, saved=str(office.pk), name="", street="", house_number="", postal_code="??", city="")

    assert Order.objects.get().address == OFFICE
    assert book(world) == ["Stationsplein", "Lindelaan"]


def test_last_used_address_is_chosen_beforehand_and_another_can_be_typed(bob: Client, world: World):
    save_address(world.bob, OFFICE, now=NOW)
    put(world.bob, world.chair)
    saved = world.bob.addresses.get()

    page = bob.get("/checkout/").content.decode()
    assert f'name="saved" value="{saved.pk}" id="id_saved_0" checked' in page

    order(bob, world, **HOME_FORM, saved="new")
    assert Order.objects.get().address == HOME
    assert book(world) == ["Stationsplein"]


def test_last_order_fills_the_form_of_who_keeps_no_book(bob: Client, world: World):
    order(bob, world, **HOME_FORM)
    put(world.bob, world.chair)

    page = bob.get("/checkout/").content.decode()

    assert 'value="Lindelaan"' in page
    assert 'name="saved"' not in page


def test_another_address_still_has_to_be_typed(bob: Client, world: World):
    save_address(world.bob, OFFICE, now=NOW)

    answer = order(bob, world, saved="new", country="NL")

    assert Order.objects.count() == 0
    assert sorted(answer.context["form"].errors) == ["city", "house_number", "name", "postal_code", "street"]


def test_address_of_somebody_else_cannot_be_chosen(bob: Client, world: World):
    save_address(world.charlie, OFFICE, now=NOW)
    save_address(world.bob, HOME, now=NOW)
    other = world.charlie.addresses.get()

    answer = order(bob, world, saved=str(other.pk))

    assert Order.objects.count() == 0
    assert "Dit adres staat niet meer in je adresboek. Kies een ander." in answer.content.decode()


@pytest.mark.parametrize(
    ("country", "number", "code", "written"),
    [
        ("NL", "12", "3512ab", "3512 AB"),
        ("NL", "12-2 hoog", "3512 AB", "3512 AB"),
        ("BE", "12 bus 3", "9000", "9000"),
        ("BE", "12/0301", "1000", "1000"),
    ],
)
def test_dutch_and_belgian_addresses_are_taken(country: str, number: str, code: str, written: str):
    form = AddressForm(HOME_FORM | {"country": country, "house_number": number, "postal_code": code})

    assert form.is_valid(), form.errors
    assert (form.address.house_number, form.address.postal_code) == (number, written)


@pytest.mark.parametrize(
    ("country", "number", "code", "wrong"),
    [
        ("NL", "bus 3", "3512 AB", "house_number"),
        ("NL", "12", "9000", "postal_code"),
        ("NL", "12", "3512 SS", "postal_code"),
        ("BE", "12", "3512 AB", "postal_code"),
        ("BE", "12", "0999", "postal_code"),
        ("DE", "12", "10115", "country"),
    ],
)
def test_impossible_addresses_are_refused(country: str, number: str, code: str, wrong: str):
    form = AddressForm(HOME_FORM | {"country": country, "house_number": number, "postal_code": code})

    assert list(form.errors) == [wrong]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("bus 3", "Begin met een getal, zoals 12 of 12 B."),
        ("12, hoog", "Schrijf de toevoeging met alleen letters en cijfers, zoals 12 B of 12-3."),
        ("12 achterhuis eerste etage", "Dit is te lang. Gebruik hoogstens 20 tekens."),
    ],
)
def test_house_number_says_what_is_wrong_with_it(number: str, told: str):
    form = AddressForm(HOME_FORM | {"house_number": number})

    assert form.errors == {"house_number": [told]}


def test_book_is_shown_changed_and_thrown_away(bob: Client, world: World):
    save_address(world.bob, HOME, now=NOW)
    pk = world.bob.addresses.get().pk

    assert "Lindelaan 12 B" in bob.get("/addresses/").content.decode()
    bob.post(f"/addresses/{pk}/", HOME_FORM | {"street": "Beukenlaan"})
    assert book(world) == ["Beukenlaan"]
    bob.post(f"/addresses/{pk}/removal/")
    assert book(world) == []
    assert "Nog geen adressen" in bob.get("/addresses/").content.decode()


def test_address_cannot_be_changed_into_another_of_the_book(bob: Client, world: World):
    for address in (HOME, OFFICE):
        save_address(world.bob, address, now=NOW)
    office = world.bob.addresses.get(street="Stationsplein")

    with pytest.raises(AddressSavedTwice):
        change_address(office, HOME)
    page = bob.post(f"/addresses/{office.pk}/", HOME_FORM).content.decode()

    assert "Dit adres bewaar je al." in page
    assert sorted(book(world)) == ["Lindelaan", "Stationsplein"]


def test_address_is_added_without_ordering_and_chosen_first(bob: Client, world: World):
    save_address(world.bob, OFFICE, now=NOW - dt.timedelta(days=1))

    assert 'href="/addresses/new/"' in bob.get("/addresses/").content.decode()
    assert 'value="Bob de Vries"' in bob.get("/addresses/new/").content.decode()
    answer = bob.post("/addresses/new/", HOME_FORM)

    assert answer["Location"] == "/addresses/"
    assert book(world) == ["Lindelaan", "Stationsplein"]
    saved = world.bob.addresses.first()
    assert (saved.address, saved.portal) == (HOME, world.acme)


@pytest.mark.parametrize(
    ("form", "told"),
    [({}, "Dit adres bewaar je al."), ({"postal_code": "12"}, "Schrijf hem als 1234 AB.")],
)
def test_address_that_is_kept_already_or_impossible_is_not_added(bob: Client, world: World, form: dict, told: str):
    save_address(world.bob, HOME, now=NOW)

    assert told in bob.post("/addresses/new/", HOME_FORM | form).content.decode()
    assert book(world) == ["Lindelaan"]


def test_full_book_says_which_address_makes_room(bob: Client, world: World):
    for number in range(MOST_SAVED):
        save_address(world.bob, replace(HOME, street=f"Laan {number}"), now=NOW - dt.timedelta(days=number + 1))

    page = bob.get("/addresses/new/").content.decode()
    bob.post("/addresses/new/", HOME_FORM)

    assert "Je adresboek is vol." in page
    assert f"Laan {MOST_SAVED - 1} 12 B" in page
    assert book(world) == ["Lindelaan", *(f"Laan {number}" for number in range(MOST_SAVED - 1))]


def test_another_address_can_be_chosen_first(bob: Client, world: World):
    save_address(world.bob, OFFICE, now=NOW - dt.timedelta(days=2))
    save_address(world.bob, HOME, now=NOW - dt.timedelta(days=1))
    office = world.bob.addresses.get(street="Stationsplein")

    bob.post(f"/addresses/{office.pk}/preference/")

    assert book(world) == ["Stationsplein", "Lindelaan"]


def test_colleague_sees_and_changes_nothing_of_it(world: World):
    save_address(world.bob, HOME, now=NOW)
    pk = world.bob.addresses.get().pk
    alice = Client(HTTP_HOST=ACME)
    alice.force_login(world.alice.user)

    assert "Lindelaan" not in alice.get("/addresses/").content.decode()
    answers = [alice.get(f"/addresses/{pk}/"), alice.post(f"/addresses/{pk}/", HOME_FORM)]
    answers += [alice.post(f"/addresses/{pk}/{step}/") for step in ("removal", "preference")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert book(world) == ["Lindelaan"]


def test_addresses_of_a_leaver_are_thrown_away(world: World):
    for member in (world.bob, world.alice):
        save_address(member, HOME, now=NOW)

    disable(world.bob, now=NOW, actor=world.coordinator)

    assert [saved.membership for saved in SavedAddress.objects.all()] == [world.alice]


@pytest.mark.parametrize("kept", [True, False])
def test_closed_shop_offers_no_address_to_order_to_and_no_wish_list(bob: Client, world: World, kept: bool):
    if kept:
        save_address(world.bob, HOME, now=NOW)
    midnight, moment = start_of_day(world.acme.live_until + dt.timedelta(days=1)), dt.timedelta(seconds=5)

    def page_at(now: dt.datetime) -> str:
        with time_machine.travel(now, tick=False):
            bob.force_login(world.bob.user)
            return bob.get("/addresses/").content.decode()

    open_page, closed_page = page_at(midnight - moment), page_at(midnight + moment)

    wishes = f'href="{reverse("catalog:wish_list", settings.PORTAL_URLCONF)}"'
    assert ("/addresses/new/" in open_page, "/addresses/new/" in closed_page) == (True, False)
    assert (wishes in open_page, wishes in closed_page) == (True, False)
    assert "bestel" not in closed_page.partition("<main")[2].partition("</main>")[0]
