"""The examples of docs/api.md are sent as they stand there, and answered as they say."""

import argparse
import json
import re
import shlex

import pytest
from django.conf import settings
from django.test import Client

from catalog.models import Product
from orders.models import Order
from tests.orders.api.conftest import make_api_token
from tests.orders.conftest import order_of
from tests.world import World

EXAMPLES = re.findall(
    r"```sh\n(curl .*?)```\n\n```json\n(.*?)```", (settings.BASE_DIR / "docs/api.md").read_text(), re.DOTALL
)
curl = argparse.ArgumentParser()
curl.add_argument("url")
curl.add_argument("-X", default="GET")
curl.add_argument("-H", action="append")
curl.add_argument("-d", default="")


@pytest.fixture
def secret(world: World, today, settings) -> str:
    """The world of the page, and the token."""
    settings.BASE_DOMAIN, settings.URL_SCHEME = "shop.example", "https"
    Product.objects.filter(pk=world.chair.pk).update(sku="CHAIR-1")
    Product.objects.filter(pk=world.desk.pk).update(sku="DESK-1", stock=2)
    order = order_of(world.bob, world.chair)
    Order.objects.filter(pk=order.pk).update(number="TW26-100042")
    return make_api_token(world)[1]


@pytest.mark.parametrize(("command", "told"), EXAMPLES, ids=["stock", "order", "step", "refusal"])
def test_example_is_answered_as_the_page_says(secret: str, command: str, told: str):
    asked = curl.parse_args(shlex.split(command.replace("\\\n", " ").replace("$TOKEN", secret))[1:])
    headers = dict(header.split(": ", 1) for header in asked.H)
    client = Client(HTTP_HOST="shop.example")

    answer = client.generic(
        asked.X,
        asked.url.removeprefix("https://shop.example"),
        asked.d,
        content_type=headers.pop("Content-Type", ""),
        headers=headers,
        secure=True,
    )

    assert answer.json() == json.loads(told)
