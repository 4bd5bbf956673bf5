"""The catalogue's pages as a member of a portal gets them."""

import re

import pgtrigger
import pytest
import time_machine
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import AssortmentCategory, AssortmentException, Category, Product
from portals.models import Membership, OwnMoney
from tests.world import NOW, World, make_category, make_product

pytestmark = pytest.mark.django_db
CARD = re.compile(r'product-card__name"><a href="([^"]+)">([^<]+)</a>')


@pytest.fixture(autouse=True)
def _live_period():
    """Every test runs while the portals are live."""
    with time_machine.travel(NOW, tick=True):
        yield


def client_of(membership: Membership, language: str = "nl") -> Client:
    client = Client(headers={"host": f"{membership.portal.slug}.localhost"})
    client.cookies["django_language"] = language
    client.force_login(membership.user)
    return client


@pytest.fixture
def bob(world: World) -> Client:
    return client_of(world.bob)


@pytest.fixture
def charlie(world: World) -> Client:
    return client_of(world.charlie)


def category_url(category: Category, page: object = "") -> str:
    return f"/categories/{category.slug}/" + (f"?page={page}" if page != "" else "")


def product_url(product: Product) -> str:
    return f"/products/{product.pk}/{product.slug}/"


def text(response) -> str:
    """The page as it reads, with plain spaces in amounts."""
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def names(response) -> list[str]:
    assert response.status_code == 200
    return [name for _url, name in CARD.findall(text(response))]


def fill(category: Category, number: int) -> None:
    Product.objects.bulk_create(
        Product(sku=f"F-{category.pk}-{n}", slug="f", category=category, name_nl=f"Vulling {n:05d}", price=5, stock=9)
        for n in range(number)
    )


def test_category_page_shows_its_products_by_name_with_price_stock_and_mark(world: World, bob: Client):
    make_product(world.chairs, "Aanzetkruk", "1250.50", stock=0)
    make_product(world.chairs, "Zadelkruk", "80.00", stock=2)

    response = bob.get(category_url(world.chairs))

    assert names(response) == ["Aanzetkruk", "Bureaustoel Nova", "Zadelkruk"]
    assert re.findall(r'<p class="stock[^>]*>([^<]+)<', text(response)) == [
        "Uitverkocht", "Op voorraad", "Nog maar 2",
    ]  # fmt: skip
    assert re.findall(r'class="price">([^<]+)<', text(response)) == ["€ 1.250,50", "€ 249,00", "€ 80,00"]
    assert text(response).count("Met tegoed") == 3


def test_category_page_holds_what_lies_below_it_and_leads_there(world: World, bob: Client):
    stools = make_category("Krukken", "Stools", parent=world.chairs)
    make_product(stools, "Zadelkruk", "80.00")
    empty = make_category("Leeg", "Empty", parent=world.chairs)

    page = text(bob.get(category_url(world.chairs)))

    assert CARD.findall(page)[-1][1] == "Zadelkruk"
    assert re.findall(r'class="chip" href="([^"]+)">(.*?)</a>', page) == [(category_url(stools), "Krukken")]
    assert f'<a href="{category_url(world.chairs)}">Bureaustoelen</a>' in text(bob.get(category_url(stools)))
    assert "Hier is nog niets" in text(bob.get(category_url(empty)))


@pytest.mark.parametrize(
    ("page", "first", "number"),
    [
        ("", 0, 24),
        ("1", 0, 24),
        ("2", 24, 24),
        ("3", 48, 2),
        ("0", 48, 2),
        ("-1", 48, 2),
        ("999", 48, 2),
        ("abc", 0, 24),
    ],
)
def test_pages_hold_24_cards_and_an_odd_number_leads_to_the_first_or_last(
    world: World, bob: Client, page, first, number
):
    shelf = make_category("Vol", parent=world.chairs)
    fill(shelf, 50)

    found = names(bob.get(category_url(shelf, page)))

    assert found == [f"Vulling {n:05d}" for n in range(first, first + number)]


def test_a_category_outside_the_assortment_is_not_found_and_not_named(world: World, bob: Client):
    response = bob.get(category_url(world.coffee))

    assert response.status_code == 404
    assert "Mok" not in text(response)
    assert world.coffee.slug not in text(bob.get(category_url(world.chairs)))
    assert bob.get("/categories/bestaat-niet/").status_code == 404


def test_a_product_outside_the_assortment_or_not_for_sale_is_not_found(world: World, bob: Client):
    Product.objects.filter(pk=world.desk.pk).update(is_active=False)

    for product in (world.mug, world.desk):
        response = bob.get(product_url(product))
        assert response.status_code == 404
        assert product.name_nl not in text(response)
    assert bob.get("/products/99999999999999999999/x/").status_code == 404


def test_an_exception_of_one_portal_is_nothing_to_another(world: World, bob: Client, charlie: Client):
    AssortmentException.objects.create(portal=world.acme, product=world.mug, allowed=True)
    AssortmentException.objects.create(portal=world.acme, product=world.chair, allowed=False)

    assert names(bob.get(category_url(world.coffee))) == ["Mok Aarde"]
    assert bob.get(product_url(world.mug)).status_code == 200
    assert bob.get(product_url(world.chair)).status_code == 404
    assert charlie.get(category_url(world.coffee)).status_code == 404
    assert charlie.get(product_url(world.mug)).status_code == 404
    assert names(charlie.get(category_url(world.chairs))) == ["Bureaustoel Nova"]


def test_where_own_money_buys_everything_the_rest_is_shown_and_marked(world: World, charlie: Client):
    world.globex.own_money = OwnMoney.EVERYTHING
    world.globex.save()

    listed = charlie.get(category_url(world.coffee))
    page = text(charlie.get(product_url(world.mug)))

    assert names(listed) == ["Mok Aarde"]
    assert "Niet te betalen met tegoed" in text(listed)
    assert "Niet te betalen met tegoed." in page
    assert 'action="/cart/lines/"' in page


def test_product_page_tells_what_credit_pays_and_what_remains(world: World, bob: Client):
    page = text(bob.get(product_url(world.desk)))

    assert re.findall(r'<dd class="price">([^<]+)<', page) == ["€ 250,00", "€ 149,00"]
    assert f'name="product" value="{world.desk.pk}"' in page
    assert "csrfmiddlewaretoken" in page


def test_product_page_has_no_form_for_what_cannot_be_bought(world: World, bob: Client):
    Product.objects.filter(pk=world.chair.pk).update(stock=0)
    world.acme.own_money = OwnMoney.NOTHING
    world.acme.save()

    sold_out = text(bob.get(product_url(world.chair)))
    too_dear = text(bob.get(product_url(world.desk)))

    assert "Uitverkocht" in sold_out
    assert "Je tegoed is niet genoeg" in too_dear
    assert "/cart/lines/" not in sold_out + too_dear


def test_product_page_sends_an_old_address_on_to_the_present_one(world: World, bob: Client):
    response = bob.get(f"/products/{world.chair.pk}/oude-naam/")

    assert (response.status_code, response["Location"]) == (301, product_url(world.chair))


def test_pages_speak_the_language_of_the_reader_though_cards_are_kept(world: World):
    Product.objects.filter(pk=world.chair.pk).update(name_en="Desk chair Nova")

    dutch = client_of(world.bob).get(category_url(world.chairs))
    english = client_of(world.bob, "en").get(category_url(world.chairs))

    assert names(dutch) == ["Bureaustoel Nova"]
    assert names(english) == ["Desk chair Nova"]
    assert "In stock" in text(english)


def test_changes_of_price_stock_and_assortment_show_at_once(world: World, bob: Client):
    url = category_url(world.chairs)
    assert "€ 249,00" in text(bob.get(url))

    Product.objects.filter(pk=world.chair.pk).update(price=99)
    assert "€ 99,00" in text(bob.get(url))
    Product.objects.filter(pk=world.chair.pk).update(stock=0)
    assert "Uitverkocht" in text(bob.get(url))
    Product.objects.filter(pk=world.chair.pk).update(name_nl="Stoel Ster")
    assert names(bob.get(url)) == ["Stoel Ster"]
    make_product(world.chairs, "Aanzetkruk", "10.00")
    assert names(bob.get(url)) == ["Aanzetkruk", "Stoel Ster"]
    AssortmentCategory.objects.filter(portal=world.acme, category=world.chairs).delete()
    assert bob.get(url).status_code == 404


def test_search_page_shows_what_it_finds_and_what_to_try_without(world: World, bob: Client):
    found = bob.get("/search/", {"q": "stoelen"})
    nothing = bob.get("/search/", {"q": "<b>xyzzy"})

    assert names(found) == ["Bureaustoel Nova"]
    assert "1 product gevonden" in text(found)
    assert names(nothing) == []
    assert "Niets gevonden" in text(nothing)
    assert "&lt;b&gt;xyzzy" in text(nothing)
    assert category_url(world.chairs) in text(nothing)


@pytest.mark.parametrize("words", ["a\0b", "x" * 10_000, "", "   ", "a", "-1-"])
def test_search_page_tells_what_is_wrong_with_odd_input(world: World, bob: Client, words):
    response = bob.get("/search/", {"q": words})

    assert response.status_code == 200
    assert 'id="id_q_error"' in text(response)


def test_search_pages_keep_the_words(world: World, bob: Client):
    shelf = make_category("Vol", parent=world.chairs)
    fill(shelf, 30)

    second = bob.get("/search/", {"q": "vulling", "page": "2"})

    assert len(names(second)) == 6
    assert 'href="?q=vulling&amp;page=1"' in text(second)


def test_pages_of_a_list_carry_its_choice_and_nothing_else(world: World, bob: Client):
    fill(world.chairs, 30)

    page = text(bob.get(category_url(world.chairs), {"sort": "price", "utm_source": "mail", "price_to": "abc"}))

    assert 'href="?sort=price&amp;page=2"' in page
    assert "utm_source" not in page.partition('id="finder"')[2].partition("</form>")[0]


def test_a_kept_list_takes_the_focus_only_when_a_link_was_followed(world: World, bob: Client):
    url = category_url(world.chairs)

    def focused(**headers: str) -> bool:
        return "autofocus" in text(bob.get(url, headers=headers)).partition('id="finder"')[2]

    for _ in range(2):
        assert not focused()
        assert focused(HX_Request="true", HX_Target="finder")
        assert not focused(HX_Request="true", HX_Target="finder", HX_Trigger="finder")


def test_visitors_are_sent_to_the_login_page(world: World):
    client = Client(headers={"host": "acme.localhost"})

    for url in (category_url(world.chairs), product_url(world.chair), "/search/?q=nova"):
        assert client.get(url)["Location"].startswith("/account/login/")


def statements(client: Client, url: str) -> list[str]:
    """The statements of a request for `url`."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.fixture
def _silent_templates(monkeypatch):
    """A template that asks the database fails the test."""
    plain = Template.render

    def refuse(_execute, sql, *_args):
        raise AssertionError(f"A template asked the database: {sql}")

    def render(self, context):
        with connection.execute_wrapper(refuse):
            return plain(self, context)

    monkeypatch.setattr(Template, "render", render)


@pytest.mark.usefixtures("_silent_templates")
@pytest.mark.parametrize("products", [1, 24, 1_000, 50_000])
def test_statements_stay_the_same_however_many_products_there_are(world: World, bob: Client, products):
    shelf = make_category("Vol", parent=world.chairs)
    fill_fast(shelf, products)
    first = Product.objects.filter(category=shelf).order_by("name_nl")[0]
    expected = {category_url(shelf): 5, category_url(world.chairs): 5, product_url(first): 6, "/search/?q=vulling": 5}

    cold = [len(statements(bob, url)) for url in expected]
    warm = {url: statements(bob, url) for url in expected}

    assert {url: len(asked) for url, asked in warm.items()} == expected
    assert all(number <= most for number, most in zip(cold, (6, 6, 7, 7), strict=True))
    assert [sql for asked in warm.values() for sql in asked if not sql.startswith("SELECT")] == []


def fill_fast(category: Category, number: int) -> None:
    """Products in one statement that brings its own search vectors."""
    with pgtrigger.ignore("catalog.Product:product_search_made"), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_product (sku, ean, category_id, brand, name_nl, name_en, slug, text_nl, text_en,
                specifications, price, vat_rate, stock, is_active, picture, search, created_at, updated_at)
            SELECT 'G-' || n, '', %s, 'Merk', 'Vulling ' || lpad(n::text, 5, '0'), '', 'g', '', '', '[]', 10 + n %% 90,
                21, n %% 50, true, '', array_to_tsvector(ARRAY['vull']), now(), now()
            FROM generate_series(1, %s) AS n
            """,
            [category.pk, number],
        )


def test_page_of_an_electrical_product_says_that_the_old_one_is_taken_back(world: World, bob: Client):
    electrical = make_category("Elektrisch")
    Category.objects.filter(pk=electrical.pk).update(is_electrical=True)
    lamp = make_product(make_category("Lampen", parent=electrical), "Bureaulamp", "49.00")
    world.acme.assortment.create(category=electrical)

    pages = [bob.get(f"/products/{each.pk}/{each.slug}/").content.decode() for each in (lamp, world.chair)]

    assert ["Oud voor nieuw." in page for page in pages] == [True, False]
