"""Pictures of feeds: fetched, kept as our own, tried again and given up."""

import datetime as dt
from io import BytesIO

import pytest

from catalog import feed_pictures, pictures
from catalog.feed_import import import_feed
from catalog.feed_models import FeedPicture
from catalog.feed_pictures import RETRY_AFTER, fetch_due
from catalog.fetch import CannotFetch
from catalog.models import Product
from catalog.tasks import fetch_feed_pictures
from tests.catalog.feeds import row, xml
from tests.catalog.test_pictures import png
from tests.world import NOW

pytestmark = pytest.mark.django_db
MORE = "https://images.example/2.jpg"


@pytest.fixture
def network(monkeypatch) -> dict[str, object]:
    """What each address answers: bytes, or a refusal to raise."""
    answers: dict[str, object] = {}

    def fetch(address: str, into: BytesIO, **limits: float) -> None:
        answer = answers[address]
        if isinstance(answer, Exception):
            raise answer
        into.write(answer)

    monkeypatch.setattr(feed_pictures, "fetch", fetch)
    return answers


@pytest.fixture
def asked() -> FeedPicture:
    import_feed(xml(row()), is_full=False, now=NOW)
    return FeedPicture.objects.get()


def test_pictures_are_kept_in_order_and_the_first_one_is_on_the_card(network):
    import_feed(xml(row(additional_image_link=MORE)), is_full=False, now=NOW)
    first = FeedPicture.objects.get(position=1)
    network |= {first.address: CannotFetch("busy"), MORE: png(300, 200).read()}
    fetch_due(now=NOW)
    network[first.address] = png(400, 100).read()

    tried = fetch_due(now=NOW + RETRY_AFTER[0])

    product = Product.objects.get()
    assert tried == 1
    assert [(picture.width, picture.height) for picture in product.pictures.all()] == [(400, 100), (300, 200)]
    assert product.picture == product.pictures.first().file.name
    assert pictures.is_whole(product.picture)
    assert fetch_due(now=NOW + dt.timedelta(days=9)) == 0


def test_what_does_not_answer_is_tried_later_each_time_and_given_up(network, asked):
    network[asked.address] = CannotFetch("busy")
    now, waits = NOW, []
    while True:
        assert fetch_due(now=now) == 1
        asked.refresh_from_db()
        if asked.due_at is None:
            break
        waits.append(asked.due_at - now)
        assert fetch_due(now=asked.due_at - dt.timedelta(seconds=1)) == 0
        now = asked.due_at

    assert tuple(waits) == RETRY_AFTER
    assert (asked.error, asked.picture) == ("busy", None)


@pytest.mark.parametrize("answer", [b"<svg onload=alert(1)>", b"", CannotFetch("gone", for_good=True)])
def test_what_is_no_picture_is_not_asked_again(network, asked, answer):
    network[asked.address] = answer

    fetch_due(now=NOW)

    asked.refresh_from_db()
    assert (asked.attempts, asked.due_at, asked.picture) == (1, None, None)
    assert asked.error


def test_the_task_finds_what_is_due_and_a_product_sold_meanwhile_keeps_its_stock(network, asked):
    network[asked.address] = png(300, 200).read()

    fetch_feed_pictures()

    assert Product.objects.get().picture
