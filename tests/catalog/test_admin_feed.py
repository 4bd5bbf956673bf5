"""Product feeds in the back office."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.feed_import import import_feed
from catalog.feed_models import FeedRun, FeedState
from catalog.models import Product
from catalog.tasks import work_on_feeds
from tests.catalog.feeds import row, xml
from tests.world import NOW, make_colleague

pytestmark = pytest.mark.django_db
ADD = "/admin/catalog/feedrun/add/"


def signed_in(role: str) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(make_colleague(f"{role}@thuiswerk.example", role.title(), role=role))
    import_module("onboarding.migrations.0007_let_administrators_import_feeds").give_rights(apps, None)
    return client


@pytest.fixture
def administrator(settings) -> Client:
    settings.DEMO = True  # so that no second factor is asked for
    return signed_in("administrator")


def upload(*rows: dict[str, str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("feed.xml", xml(*rows).read())


def test_an_administrator_sees_what_a_feed_would_do_and_has_it_imported(administrator: Client):
    sent = administrator.post(ADD, {"file": upload(row(), row("<b>B-2", price="?"))}, follow=True)
    page = sent.redirect_chain[0][0]
    work_on_feeds()

    looked = administrator.get(page).content.decode()
    before = Product.objects.count()
    administrator.post(page)
    work_on_feeds()

    run = FeedRun.objects.get()
    assert "Nog eens kijken" in sent.content.decode()
    assert "&lt;b&gt;B-2" in looked
    assert "Geef de price op als “49.99 EUR”, niet als “?”." in looked
    assert before == 0
    assert [product.sku for product in Product.objects.all()] == ["A-1"]
    assert (run.state, run.actor.email, run.source) == (
        FeedState.IMPORTED,
        "administrator@thuiswerk.example",
        "feed.xml",
    )


def test_page_shows_old_and_new_prices_and_warns_of_those_that_move_far(administrator: Client):
    import_feed(xml(row(), row("B-2"), row("C-3")), is_full=False, now=NOW)
    over = {"sale_price": "9.50 EUR", "sale_price_effective_date": "2020-01-01/2020-01-31"}
    rows = [row(price="4.99 EUR"), row("B-2", title="<b>Kruk", price="45.00 EUR"), row("C-3", **over)]
    page = administrator.post(ADD, {"file": upload(*rows)}, follow=True).redirect_chain[0][0]
    work_on_feeds()

    html = administrator.get(page).content.decode().replace("\N{NO-BREAK SPACE}", " ")

    cells = re.findall(r"<td>(.*?)</td>", html.partition('id="changes"')[2])
    assert cells == [
        *("1", "A-1", "Bureaustoel Beer", '€ 49,99 → € 4,99 <strong class="wrong">meer dan de helft</strong>', "–"),
        *("2", "B-2", "&lt;b&gt;Kruk", "€ 49,99 → € 45,00", "title"),
        *("3", "C-3", "De actieprijs van € 9,50 is voorbij sinds 1 februari 2020 00:00."),
    ]
    assert "De prijs van 1 product stijgt of daalt met meer dan de helft." in html


def test_page_counts_the_changes_and_sale_prices_that_it_does_not_list(administrator: Client):
    shown = [[1, "A-1", "Stoel", "9.00", "9.00", ["title"]]]
    run = FeedRun.objects.create(
        source="feed.xml", state=FeedState.CHECKED, created_at=NOW, changed=3, changes=shown, unsold=2,
        notices=[[1, "A-1", "Voorbij."]],
    )  # fmt: skip

    html = administrator.get(f"/admin/catalog/feedrun/{run.pk}/change/").content.decode()

    assert "En nog 2 gewijzigde producten." in html
    assert "En nog 1 actieprijs." in html
    assert "meer dan de helft" not in html


def test_a_feed_that_is_refused_says_why_and_offers_no_import(administrator: Client):
    file = SimpleUploadedFile("cut.xml", xml(row(), end="").read())
    page = administrator.post(ADD, {"file": file}, follow=True).redirect_chain[0][0]
    work_on_feeds()

    html = administrator.get(page).content.decode()

    assert "Het bestand is afgebroken" in html
    assert "Feed importeren" not in html


def test_confirming_twice_imports_once_and_says_so(administrator: Client):
    page = administrator.post(ADD, {"file": upload(row())}, follow=True).redirect_chain[0][0]
    work_on_feeds()
    administrator.post(page)

    again = administrator.post(page, follow=True)

    assert [str(message) for message in again.context["messages"]] == ["Deze feed kan niet meer worden geïmporteerd."]


@pytest.mark.parametrize("both", [True, False])
def test_a_feed_is_a_file_or_an_address(administrator: Client, both):
    data = {"file": upload(row()), "address": "https://feeds.example/x.xml"} if both else {}

    response = administrator.post(ADD, data | {"is_full": "on"})

    assert response.context["form"].non_field_errors() == ["Kies een bestand of geef een adres, een van de twee."]
    assert not FeedRun.objects.exists()


@pytest.mark.parametrize("role", ["coordinator", "finance", "customer_service"])
def test_other_colleagues_may_not(settings, administrator: Client, role):
    page = administrator.post(ADD, {"file": upload(row())}, follow=True).redirect_chain[0][0]
    work_on_feeds()
    other = signed_in(role)

    answers = [other.get(ADD), other.post(ADD, {"file": upload(row("B-2"))}), other.get(page), other.post(page)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
    assert FeedRun.objects.get().state == FeedState.CHECKED
