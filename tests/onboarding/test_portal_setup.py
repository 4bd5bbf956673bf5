"""A portal is saved while its shop is in use, and while a colleague does something else with it."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection

from billing import ledger, posting
from billing.models import Entry, Grant
from onboarding.portal_setup import save_portal
from portals import lifecycle
from portals.models import Portal, PortalState
from tests.world import NOW, build_world


def save(world, portal):
    save_portal(portal, company=portal.company, categories=[world.chairs], now=NOW, actor=world.coordinator)


def test_shop_that_was_paused_meanwhile_stays_paused(world):
    opened_before = Portal.objects.get(pk=world.acme.pk)
    lifecycle.pause(world.acme, actor=world.coordinator)

    save(world, opened_before)

    assert Portal.objects.get(pk=world.acme.pk).state == PortalState.PAUSED


def test_new_name_of_the_company_reaches_the_pages_of_all_its_portals(world, django_capture_on_commit_callbacks):
    sister = Portal.objects.create(company=world.acme.company, slug="acme2", name="Acme twee")
    world.acme.company.name = "Acme Groep"

    with django_capture_on_commit_callbacks(execute=True):
        save(world, world.acme)

    revision = sister.revision
    sister.refresh_from_db()
    assert sister.revision > revision


@pytest.mark.django_db(transaction=True)
def test_moved_period_and_order_at_the_same_moment_wait_for_each_other_one_way(monkeypatch):
    """The order has taken its part of the grant and has yet to write the entry that names the portal."""
    world = build_world()
    has_taken, may_write = threading.Event(), threading.Event()
    write = Entry.objects.bulk_create

    def write_late(entries):
        has_taken.set()
        may_write.wait(10)
        return write(entries)

    monkeypatch.setattr(posting.Entry.objects, "bulk_create", write_late)

    def order():
        try:
            ledger.spend(world.bob, amount=Decimal("40.00"), order_number="TW26-1", now=NOW)
        finally:
            connection.close()

    def move_period():
        try:
            portal = Portal.objects.select_related("company").get(pk=world.acme.pk)
            portal.live_until = dt.date(2027, 3, 31)
            has_taken.wait(10)
            threading.Timer(0.5, may_write.set).start()
            save(world, portal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(order), pool.submit(move_period)]:
            done.result(timeout=30)

    grant = Grant.objects.get(membership=world.bob)
    assert (grant.remaining, grant.valid_until) == (Decimal("210.00"), dt.date(2027, 3, 31))
