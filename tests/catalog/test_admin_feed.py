"""Product feeds in the back office."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.feed_models import FeedRun, FeedState
from catalog.models import Product
from catalog.tasks import work_on_feeds
from tests.catalog.feeds import row, xml
from tests.world import make_colleague

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
