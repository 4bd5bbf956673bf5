"""Two coordinators have the screen of one portal open."""

import datetime as dt
import html
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client

import onboarding.admin
from billing import ledger
from catalog.models import AssortmentCategory, AssortmentException, Product
from onboarding import roster
from portals import lifecycle
from portals.models import Company, Portal
from tests.onboarding.conftest import Office, change, filled
from tests.world import NOW, build_world, make_category, make_colleague, make_product, make_staff
from thuiswerk.lib.periods import AMSTERDAM


@pytest.fixture
def colleague(world, settings):
    """Another coordinator, at another desk."""
    settings.DEMO = True
    desk = Client()
    desk.force_login(make_colleague("cees@thuiswerk.example", "Cees de Coördinator", role="coordinator"))
    return Office(desk)


def words(response):
    return html.unescape(response.content.decode())


def test_second_to_save_is_told_who_was_first_and_keeps_the_entries(world, office, colleague):
    mine = filled(world.acme, name="Mijn naam", welcome_nl="Mijn tekst")
    with time_machine.travel(dt.datetime(2026, 11, 16, 14, 3, tzinfo=AMSTERDAM)):
        colleague.post(change(world.acme), filled(world.acme, live_until="2027-03-31", categories=[world.coffee.pk]))
    stored = Portal.objects.values().get(pk=world.acme.pk)

    page = office.post(change(world.acme), mine)

    assert Portal.objects.values().get(pk=world.acme.pk) == stored
    assert [row.category for row in world.acme.assortment.all()] == [world.coffee]
    assert "Cees de Coördinator heeft deze winkel op 16 november, 14:03 gewijzigd, nadat je hem opende." in words(page)
    form = page.context["adminform"].form
    assert (form["name"].value(), form["welcome_nl"].value(), form["live_until"].value()) == (
        "Mijn naam",
        "Mijn tekst",
        "2027-01-31",
    )
    assert {name: list(told) for name, told in form.errors.items() if name != "__all__"} == {
        "name": ["Nu opgeslagen: Acme Thuiswerkwinkel."],
        "welcome_nl": ["Nu opgeslagen: niets."],
        "live_until": ["Nu opgeslagen: 31 maart 2027."],
        "categories": ["Nu opgeslagen: Koffie."],
    }


def test_entries_are_saved_when_they_are_sent_again(world, office, colleague):
    mine = filled(world.acme, name="Mijn naam")
    colleague.post(change(world.acme), filled(world.acme, name="Andere naam"))
    form = office.post(change(world.acme), mine).context["adminform"].form

    response = office.post(change(world.acme), mine | {"seen": form["seen"].value()})

    assert response.status_code == 302
    assert Portal.objects.get(pk=world.acme.pk).name == "Mijn naam"


def test_token_stands_in_the_form_and_is_no_change_of_its_own(world, office):
    page = office.get(change(world.acme))
    seen = page.context["adminform"].form["seen"].value()

    assert f'<input type="hidden" name="seen" value="{seen}"' in words(page)
    assert office.post(change(world.acme), filled(world.acme, seen=seen, name="Anders")).status_code == 302
    assert "seen" not in words(office.get(f"/admin/portals/portal/{world.acme.pk}/history/"))


CHANGES_OF_THE_SCREEN = {
    "company": lambda world: Company.objects.filter(pk=world.acme.company_id).update(city="Zwolle"),
    "picture": lambda world: Portal.objects.filter(pk=world.acme.pk).update(logo="branding/nieuw.webp"),
    "category": lambda world: AssortmentCategory.objects.create(portal=world.acme, category=world.coffee),
    "exception": lambda world: AssortmentException.objects.create(portal=world.acme, product=world.mug, allowed=True),
}


@pytest.mark.parametrize("what", CHANGES_OF_THE_SCREEN)
def test_whatever_the_screen_would_undo_is_noticed(world, office, what):
    mine = filled(world.acme, name="Mijn naam")
    CHANGES_OF_THE_SCREEN[what](world)

    page = office.post(change(world.acme), mine)

    assert "Deze winkel is gewijzigd nadat je hem opende." in words(page)
    assert Portal.objects.get(pk=world.acme.pk).name == world.acme.name


@pytest.mark.parametrize("seen", ["", "0-", "9" * 5000, "\0", "²-"])
def test_save_without_the_token_is_refused(world, office, seen):
    response = office.post(change(world.acme), filled(world.acme, seen=seen, name="Mijn naam"))

    assert response.status_code == 200
    assert Portal.objects.get(pk=world.acme.pk).name == world.acme.name


def add_employee(world):
    roster.add_employee(
        world.acme, email="dana@acme.example", amount=Decimal("75.00"), now=NOW, actor=world.coordinator
    )


CHANGES_ELSEWHERE = {
    "employee": add_employee,
    "order": lambda world: ledger.spend(world.bob, amount=Decimal("10.00"), order_number="TW26-1", now=NOW),
    "pause": lambda world: lifecycle.pause(world.acme, actor=world.coordinator),
    "new product": lambda world: make_product(world.chairs, "Kruk", "40.00"),
    "product gone": lambda world: Product.objects.filter(pk=world.mug.pk).update(is_active=False),
    "new category": lambda world: make_category("Lampen"),
    "other portal": lambda world: Portal.objects.filter(pk=world.globex.pk).update(name="Globex thuis"),
}


@pytest.mark.parametrize("what", CHANGES_ELSEWHERE)
def test_what_the_screen_leaves_alone_is_no_reason_to_refuse(world, office, what):
    mine = filled(world.acme, name="Mijn naam")
    CHANGES_ELSEWHERE[what](world)

    assert office.post(change(world.acme), mine).status_code == 302
    assert Portal.objects.get(pk=world.acme.pk).name == "Mijn naam"


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_is_refused(monkeypatch, settings):
    """The first one has compared its token and has yet to write when the second one is sent."""
    settings.DEMO = True
    world = build_world()
    may_write, save_portal = threading.Event(), onboarding.admin.save_portal

    def save_late(*args, **kwargs):
        may_write.wait(1)
        save_portal(*args, **kwargs)

    monkeypatch.setattr(onboarding.admin, "save_portal", save_late)
    desks = []
    for name in ("Anna", "Bas"):
        client = Client()
        client.force_login(make_staff(f"{name.lower()}@thuiswerk.example"))
        desks.append((Office(client), filled(world.acme, name=name)))

    def save(desk):
        try:
            return desk[0].post(change(world.acme), desk[1])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        refused, saved = sorted(pool.map(save, desks), key=lambda answer: answer.status_code)

    winner = Portal.objects.get(pk=world.acme.pk).name
    assert (refused.status_code, saved.status_code) == (200, 302)
    assert refused.context["adminform"].form.errors["name"] == [f"Nu opgeslagen: {winner}."]
