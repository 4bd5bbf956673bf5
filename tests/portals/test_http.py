"""When a shop is open, and what stays reachable when it is not."""

import datetime as dt

import pytest
import time_machine

from portals.models import PortalState
from tests.world import NOW
from thuiswerk.lib.periods import AMSTERDAM

SHOP = ["/cart/", "/search/?q=stoel", "/checkout/"]
ALWAYS = ["/orders/", "/credit/"]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def ask(client, path, **headers):
    return client.get(path, headers={"host": "acme.localhost", "accept-language": "nl", **headers})


def set_portal(portal, **fields):
    for name, value in fields.items():
        setattr(portal, name, value)
    portal.save()


CLOSED = [
    ({"state": PortalState.BUILD}, "We richten deze winkel nog in"),
    ({"state": PortalState.PAUSED}, "Deze winkel is even dicht"),
    ({"state": PortalState.CLOSED}, "Deze winkel is gesloten"),
    ({"live_from": dt.date(2026, 11, 17)}, "Deze winkel gaat open op 17 november 2026"),
    ({"live_until": dt.date(2026, 11, 15)}, "Je kon hier bestellen tot en met 15 november 2026."),
]


@pytest.mark.parametrize(("fields", "sentence"), CLOSED)
def test_closed_shop_says_why_to_visitors_and_members(world, client, fields, sentence):
    set_portal(world.acme, **fields)

    for visit in ("visitor", "member"):
        if visit == "member":
            client.force_login(world.bob.user)
        front = ask(client, "/")
        assert (front.status_code, sentence in front.content.decode()) == (200, True)
        for path in SHOP:
            page = ask(client, path)
            assert (page.status_code, sentence in page.content.decode()) == (403, True), path


@pytest.mark.parametrize(("fields", "sentence"), CLOSED)
def test_orders_and_credit_stay_reachable_for_members_only(world, client, fields, sentence):
    set_portal(world.acme, **fields)

    visitor = [ask(client, path).status_code for path in ALWAYS]
    client.force_login(world.bob.user)
    member = [ask(client, path).status_code for path in ALWAYS]

    assert (visitor, member) == ([302, 302], [200, 200])


def test_nothing_is_ordered_in_a_closed_shop(world, client):
    client.force_login(world.bob.user)
    set_portal(world.acme, state=PortalState.PAUSED)

    response = client.post(
        "/cart/lines/", {"product": world.chair.pk, "quantity": 1}, headers={"host": "acme.localhost"}
    )

    assert response.status_code == 403
    assert world.bob.cart_lines.count() == 0


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (dt.datetime(2026, 9, 30, 23, 59, 59, tzinfo=AMSTERDAM), 403),
        (dt.datetime(2026, 10, 1, 0, 0, 0, tzinfo=AMSTERDAM), 200),
        (dt.datetime(2027, 1, 31, 23, 59, 59, tzinfo=AMSTERDAM), 200),
        (dt.datetime(2027, 2, 1, 0, 0, 0, tzinfo=AMSTERDAM), 403),
    ],
)
def test_shop_is_open_on_both_days_of_its_period_in_amsterdam(world, client, moment, status):
    with time_machine.travel(moment, tick=False):
        client.force_login(world.bob.user)
        assert ask(client, "/cart/").status_code == status


def test_htmx_is_sent_to_a_whole_page(world, client):
    anonymous = ask(client, "/cart/", **{"hx-request": "true"})
    client.force_login(world.bob.user)
    set_portal(world.acme, state=PortalState.PAUSED)
    closed = ask(client, "/cart/", **{"hx-request": "true"})

    assert anonymous["HX-Redirect"] == "/account/login/"
    assert closed["HX-Redirect"] == "/"


def test_leaver_is_out_at_the_next_request(world, client):
    client.force_login(world.bob.user)
    before = ask(client, "/orders/").status_code

    world.bob.disabled_at = NOW
    world.bob.save()

    assert (before, ask(client, "/orders/").status_code) == (200, 302)


@pytest.mark.parametrize("path", ["/", "/cart/", "/orders/", "/credit/", "/search/?q=stoel", "/nowhere/"])
def test_page_of_a_member_is_kept_nowhere(world, client, path):
    client.force_login(world.bob.user)

    assert ask(client, path).headers["Cache-Control"] == "private, no-store"


def test_style_of_the_shop_may_be_kept_by_a_member_too(world, client):
    client.force_login(world.bob.user)

    assert "immutable" in ask(client, f"/brand/{world.acme.brand_hash}.css").headers["Cache-Control"]


@pytest.mark.parametrize(("fields", "_sentence"), CLOSED)
def test_closed_shop_offers_no_way_into_itself(world, client, fields, _sentence):
    client.force_login(world.bob.user)
    ways = ('role="search"', '<nav class="categories"', 'href="/cart/"', 'href="/">Naar de winkel')
    open_shop = ask(client, "/orders/").content.decode()
    set_portal(world.acme, **fields)

    closed_shop = ask(client, "/orders/").content.decode()

    assert [(way in open_shop, way in closed_shop) for way in ways] == [(True, False)] * 4
