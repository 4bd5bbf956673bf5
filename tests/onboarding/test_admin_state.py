"""A portal is made ready, paused, and, by whoever has read what that means, closed for good."""

import re
import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from billing import ledger
from orders.models import Order, OrderState
from portals.models import Company, Portal, PortalState
from tests.world import NOW, make_grant
from thuiswerk.celery import app


def address(portal, name):
    return f"/admin/portals/portal/{portal.pk}/{name}/"


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace("\N{NO-BREAK SPACE}", " ")


def test_state_moves_only_where_there_is_a_way(world, office):
    states = []
    for path, data in (("pause", ""), ("state", "ready"), ("close", ""), ("state", "ready")):
        office.post(address(world.acme, path), {"move": data})
        world.acme.refresh_from_db()
        states.append(world.acme.state)

    assert states == ["paused", "ready", "closed", "closed"]


def test_closing_asks_first_and_tells_what_it_does(world, office):
    make_grant(world.alice, "12.50")
    Order.objects.create(
        portal=world.acme,
        membership=world.bob,
        number="TW26-1",
        form_token=uuid.uuid4(),
        state=OrderState.AWAITING_PAYMENT,
        total=Decimal("50.00"),
        credit=Decimal("40.00"),
        own_money=Decimal("10.00"),
        placed_at=NOW,
        pay_before=NOW,
    )
    ledger.reserve(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)

    page = office.get(address(world.acme, "close"))

    assert "2 deelnemers kunnen niet meer bestellen" in words(page)
    assert "2 deelnemers hebben samen nog € 222,50 tegoed" in words(page)
    assert "1 bestelling wacht nog op betaling" in words(page)
    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.READY


def test_closing_is_no_button_that_another_form_can_push(world, office):
    page = office.get(f"/admin/portals/portal/{world.acme.pk}/change/").content.decode()

    assert 'name="move" value="close"' not in page
    assert f'href="{address(world.acme, "close")}"' in page
    assert office.post(address(world.acme, "state"), {"move": "close"}).status_code == 404
    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.READY


def test_closing_without_the_token_of_the_form_is_refused(world, settings):
    settings.DEMO = True
    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    client.force_login(world.coordinator)

    assert client.post(address(world.acme, "close")).status_code == 403
    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.READY


def test_second_click_on_close_changes_nothing_and_tells_no_fault(world, office):
    office.post(address(world.acme, "close"))
    before = Portal.objects.values().get(pk=world.acme.pk), world.acme.events.count()

    page = office.post(address(world.acme, "close"), follow=True)

    assert (Portal.objects.values().get(pk=world.acme.pk), world.acme.events.count()) == before
    assert "De winkel is nu: gesloten." in words(page)
    assert "kan niet" not in words(page)


@pytest.mark.parametrize("state", [PortalState.BUILD, PortalState.CLOSED])
def test_shop_that_cannot_be_closed_is_not_asked_about(world, office, state):
    Portal.objects.filter(pk=world.acme.pk).update(state=state)

    response = office.get(address(world.acme, "close"))

    assert (response.status_code, response["Location"]) == (302, f"/admin/portals/portal/{world.acme.pk}/change/")


def test_shop_that_opens_without_what_an_invoice_needs_is_told_now(world, office, settings):
    settings.OPERATOR = settings.OPERATOR | {
        "name": "Thuiswerk BV",
        "address": "Dam 1\n1012 JS Amsterdam",
        "iban": "NL91ABNA0417164300",
    }
    Company.objects.filter(pk=world.acme.company.pk).update(invoice_email="", city="")
    Portal.objects.filter(pk=world.acme.pk).update(state=PortalState.BUILD)

    page = office.post(address(world.acme, "state"), {"move": "ready"}, follow=True).content.decode()

    assert "plaats, e-mail voor facturen" in page
    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.READY


@pytest.fixture
def worker() -> Iterator[None]:
    """What is put on the queue is done at once."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def test_credit_of_a_shop_that_is_closed_expires_at_once(world, office, worker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        office.post(address(world.acme, "close"))

    assert world.acme.grants.all().total_remaining() == 0
    assert list(world.bob.entries.order_by("pk").values_list("kind", flat=True)) == ["grant", "expire"]
    assert world.globex.grants.all().total_remaining() > 0
