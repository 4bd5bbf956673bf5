"""The door of the example: in without an account, out without a trace, and no account pages."""

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts.models import Mail, User
from catalog.models import Product
from onboarding import example
from portals.models import Portal, PortalState
from tests.onboarding.examples import shop as shop
from tests.orders.conftest import order_of
from tests.world import NOW, World

EXAMPLE = "voorbeeld.localhost"
DOOR = "/look-around/"
HELP = ("help_show", "employer_show", "terms_show", "accessibility_show", "question_list", "own_data_json")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(shop: Portal) -> Client:
    """Somebody who comes to the host of the example."""
    return Client(HTTP_HOST=EXAMPLE)


def follow(client: Client, path: str) -> tuple[str, object]:
    """Where a visit of `path` ends, and the answer there."""
    response = client.get(path, follow=True)
    return (response.redirect_chain[-1][0] if response.redirect_chain else path), response


@pytest.mark.parametrize(
    ("asked", "door"),
    [
        ("/", "/look-around/?next=%2F"),
        ("/cart/", "/look-around/?next=%2Fcart%2F"),
        ("/account/login/", "/look-around/"),
        ("/account/login/code/", "/look-around/"),
        ("/account/password/reset/", "/look-around/"),
        ("/account/password/change/", "/look-around/"),
    ],
)
def test_whoever_comes_in_anywhere_meets_the_door(browser: Client, asked: str, door: str):
    arrived, response = follow(browser, asked)

    assert (arrived, response.status_code) == (door, 200)
    assert "Rondkijken als medewerker" in response.text
    assert 'type="password"' not in response.text


def test_button_makes_a_visitor_with_credit_who_is_signed_in_until_the_night(browser: Client, shop: Portal):
    page = browser.post(DOOR, {"next": "/credit/"}, follow=True)

    member = shop.memberships.get()
    assert (page.redirect_chain, page.status_code) == ([("/credit/", 302)], 200)
    assert "€\N{NO-BREAK SPACE}350,00" in page.text
    assert browser.session.get_expiry_date() == example.next_reset(NOW)
    assert str(member.user.pk) == browser.session["_auth_user_id"]
    assert Mail.objects.count() == 0


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/account/password/change/", ""])
def test_button_leads_nowhere_else(browser: Client, elsewhere: str):
    assert browser.post(DOOR, {"next": elsewhere})["Location"] == "/"


def test_button_needs_the_token_of_its_form(shop: Portal):
    careful = Client(enforce_csrf_checks=True, HTTP_HOST=EXAMPLE)

    assert careful.post(DOOR).status_code == 403
    assert shop.memberships.count() == 0


def test_who_is_inside_goes_on_and_stays_one_visitor(browser: Client, shop: Portal):
    for _time in range(3):
        browser.post(DOOR)

    assert browser.get(DOOR)["Location"] == "/"
    assert shop.memberships.count() == 1


def test_one_address_makes_few_visitors_a_minute(shop: Portal):
    answers = [Client(HTTP_HOST=EXAMPLE).post(DOOR, follow=True).status_code for _visitor in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert shop.memberships.count() == 10


def test_looking_at_the_door_is_not_limited(browser: Client):
    assert {browser.get(DOOR).status_code for _look in range(15)} == {200}


def test_real_portal_has_no_such_door(world: World, shop: Portal, client: Client):
    answers = [
        client.get(DOOR, headers={"host": "acme.localhost"}),
        client.post(DOOR, headers={"host": "acme.localhost"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert User.objects.filter(email__endswith=".invalid").count() == 0


def test_account_pages_lead_a_visitor_back_to_the_shop(browser: Client):
    browser.post(DOOR)

    assert follow(browser, "/account/password/change/")[0] == "/"
    assert browser.post("/account/password/change/", {"password1": "een-nieuw-wachtwoord"})["Location"] == DOOR
    menu = browser.get("/").text
    assert "/account/password/change/" not in menu
    assert "/account/logout/" in menu


def test_account_pages_of_a_real_portal_are_as_they_were(world: World, shop: Portal, client: Client):
    client.force_login(world.bob.user)

    pages = [client.get(path, headers={"host": "acme.localhost"}) for path in ("/account/password/change/", "/")]

    assert [page.status_code for page in pages] == [200, 200]
    assert "/account/password/change/" in pages[1].text


def test_leaving_ends_at_the_door(browser: Client):
    browser.post(DOOR)

    page = browser.post("/account/logout/", follow=True)

    assert page.redirect_chain[-1][0] == DOOR
    assert "_auth_user_id" not in browser.session


def test_visitor_of_yesterday_meets_the_door_again(browser: Client):
    browser.post(DOOR)
    example.reset_example(now=NOW)

    arrived, page = follow(browser, "/cart/")

    assert (arrived, page.status_code) == ("/look-around/?next=%2Fcart%2F", 200)
    assert Session.objects.count() == 0


def test_paused_example_says_that_it_is_closed_for_a_moment(browser: Client, shop: Portal):
    Portal.objects.filter(pk=shop.pk).update(state=PortalState.PAUSED)

    pages = [browser.get("/"), browser.get(DOOR), browser.post(DOOR)]

    assert ["Deze winkel is even dicht" in page.text for page in pages] == [True] * 3
    assert shop.memberships.count() == 0


def test_every_page_of_the_example_says_so_and_none_of_a_real_portal_does(
    world: World, browser: Client, client: Client
):
    door = browser.get(DOOR).text
    browser.post(DOOR)
    client.force_login(world.bob.user)
    paths = ["/", "/cart/", "/orders/", f"/products/{world.chair.pk}/{world.chair.slug}/", "/bestaat-niet/"]

    of_example = [browser.get(path).text for path in paths]
    of_acme = [client.get(path, headers={"host": "acme.localhost"}).text for path in paths]

    said = "Deze winkel is een voorbeeld."
    assert [said in page for page in (door, *of_example)] == [True] * 6
    assert [said in page for page in of_acme] == [False] * 5
    assert all('href="http://localhost/sign-up/"' in page for page in of_example)


def test_main_host_leads_to_the_example_where_there_is_one(world: World, client: Client):
    main = {"host": "localhost"}
    caches["fragments"].clear()
    without = client.get("/example/", headers=main)["Location"], client.get("/", headers=main).text
    example.ensure_example(now=NOW)
    caches["fragments"].clear()

    page = client.get("/", headers=main).text

    assert without[0] == "/how-it-works/"
    assert "/example/" not in without[1]
    assert page.count('href="/example/"') == 2  # in the menu and on the page
    assert client.get("/example/", headers=main)["Location"] == "http://voorbeeld.localhost/look-around/"


@pytest.mark.parametrize(("chosen", "title"), [("en", "Look around"), ("nl", "Kijk rond"), ("xx", "Kijk rond")])
def test_choice_of_a_language_goes_along_to_the_example(browser: Client, client: Client, chosen: str, title: str):
    client.cookies["django_language"] = chosen

    address = client.get("/example/", headers={"host": "localhost"})["Location"]
    door = browser.get(address.partition("voorbeeld.localhost")[2], follow=True)

    assert (door.redirect_chain, door.status_code) == ([(DOOR, 302)], 200)
    assert f"{title} in" in door.text
    assert ("django_language" in browser.cookies) == (chosen != "xx")


def test_visitor_reads_every_page_of_an_employee(browser: Client, shop: Portal):
    browser.post(DOOR)
    order_of(shop.memberships.get(), Product.objects.get(name_nl="Bureaustoel Nova"))
    pages = ["/", "/cart/", "/orders/", "/credit/", "/wishes/", "/addresses/", "/compare/"]
    pages += [reverse(f"orders:{name}", settings.PORTAL_URLCONF) for name in HELP]

    read = {page: browser.get(page) for page in pages}

    assert {page: answer.status_code for page, answer in read.items()} == dict.fromkeys(pages, 200)
    assert "249,00" in read[reverse("orders:employer_show", settings.PORTAL_URLCONF)].text


def test_explanation_names_every_step_and_leads_on(world: World, shop: Portal, client: Client):
    caches["fragments"].clear()

    page = client.get("/how-it-works/", headers={"host": "localhost"})

    assert page.text.count('class="journey__step"') == 8
    assert page.text.count("<details") == 3
    assert ('href="/example/"' in page.text, 'href="/sign-up/"' in page.text) == (True, True)
    assert '<a href="/how-it-works/" aria-current="page">' in page.text


def test_only_the_example_says_that_nobody_reads_a_question(world: World, browser: Client, client: Client):
    browser.post(DOOR)
    client.force_login(world.bob.user)

    pages = [browser.get("/help/questions/"), client.get("/help/questions/", headers={"host": "acme.localhost"})]

    assert ["niemand leest wat je hier schrijft" in page.text for page in pages] == [True, False]
