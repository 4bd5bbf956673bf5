"""Tokens in the back office: made and shown once, revoked, and what they changed."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.api.models import ApiToken
from tests.orders.api.conftest import Api, make_api_token
from tests.orders.conftest import order_of
from tests.world import World, make_colleague

ADD = "admin:orders_apitoken_add"
LIST = "admin:orders_apitoken_changelist"


@pytest.fixture
def office(world: World, settings) -> Client:
    settings.DEMO = True
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.coordinator)
    return client


def test_token_is_shown_once_and_works(office: Client, world: World):
    page = office.post(reverse(ADD), {"name": "Warehouse", "catalogue": "on"})

    secret = re.search(r"tw_[0-9a-f]{8}_[0-9a-f]{64}", page.text)[0]
    token = ApiToken.objects.get()
    assert (token.made_by, token.catalogue, token.orders) == (world.coordinator, True, False)
    assert Api(secret).update({"sku": world.chair.sku, "stock": 1})[0]["result"] == "changed"
    assert "no-store" in page["Cache-Control"]
    others = [office.get(reverse(LIST)), office.get(reverse("admin:orders_apitoken_change", args=[token.pk]))]
    assert [(page.status_code, secret in page.text) for page in others] == [(200, False)] * 2
    assert secret not in str(page.cookies)
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": "Warehouse", "catalogue": "on"}, "Er is al een token met deze naam."),
        ({"name": "Other"}, "Kies waar het token voor is."),
        ({"name": "", "orders": "on"}, "Dit veld is verplicht."),
    ],
)
def test_token_needs_a_name_of_its_own_and_something_to_do(office: Client, world: World, form, told):
    make_api_token(world)

    page = office.post(reverse(ADD), form)

    assert told in page.text
    assert ApiToken.objects.count() == 1


def test_name_is_free_again_when_its_token_is_revoked(office: Client, world: World):
    make_api_token(world)
    ApiToken.objects.update(revoked_at=timezone.now())

    office.post(reverse(ADD), {"name": "Warehouse", "catalogue": "on"})

    assert ApiToken.objects.filter(name="Warehouse").count() == 2


def test_token_is_revoked_from_the_list_and_keeps_its_moment(office: Client, world: World):
    token, secret = make_api_token(world)
    form = {"action": "revoke", "_selected_action": [token.pk]}

    told = office.post(reverse(LIST), form, follow=True)
    revoked_at = ApiToken.objects.get().revoked_at
    office.post(reverse(LIST), form)

    assert "1 token is ingetrokken." in told.text
    assert revoked_at is not None
    assert ApiToken.objects.get().revoked_at == revoked_at
    assert Api(secret).post("/api/v1/product-updates/", {"lines": []}).status_code == 401


def test_nothing_of_a_token_is_changed_or_deleted(office: Client, world: World):
    token, _secret = make_api_token(world, "Warehouse", orders=True)
    page = reverse("admin:orders_apitoken_change", args=[token.pk])

    office.post(page, {"name": "Other", "catalogue": "on"})

    unchanged = ApiToken.objects.get()
    assert (unchanged.name, unchanged.catalogue, unchanged.digest) == ("Warehouse", False, token.digest)
    assert office.get(reverse("admin:orders_apitoken_delete", args=[token.pk])).status_code == 403


def test_what_was_changed_is_found_by_its_sku_or_number(office: Client, world: World, today):
    order = order_of(world.bob, world.chair)
    api = Api(make_api_token(world)[1])
    api.update({"sku": world.chair.sku, "stock": 12, "price": "1251.00"}, {"sku": world.desk.sku, "stock": 7})
    api.post(f"/api/v1/orders/{order.number}/steps/", {"step": "packed"})
    api.post(f"/api/v1/orders/{order.number}/steps/", {"step": "delivered"})

    pages = {
        subject: office.get(reverse("admin:orders_apichange_changelist"), {"q": subject}).text
        for subject in (world.chair.sku, world.desk.sku, order.number)
    }

    told = {subject: re.findall(r'class="field-told">([^<]*)<', page) for subject, page in pages.items()}
    assert told == {
        world.chair.sku: ["voorraad 99 → 12, prijs €\xa0249,00 → €\xa01.251,00"],
        world.desk.sku: ["voorraad 100 → 7"],
        order.number: ["Verstuurd, Bezorgd", "Ingepakt"],
    }
    assert ["Warehouse" in page for page in pages.values()] == [True] * 3


@pytest.mark.parametrize("role", ["coordinator", "finance", "customer_service"])
def test_only_administrators_make_tokens(world: World, settings, role: str):
    settings.DEMO = True
    client = Client(HTTP_HOST="localhost")
    client.force_login(make_colleague(f"{role}@office.example", role, role=role))

    answers = [client.get(reverse(name)).status_code for name in (ADD, LIST, "admin:orders_apichange_changelist")]

    assert answers == [403, 403, 403]
