"""Which products credit pays, and which a portal shows."""

import pytest

from catalog.assortment import allowed_categories, payable_ids, visible_products
from catalog.models import AssortmentCategory, AssortmentException
from catalog.shelves import shelves_of
from portals.models import OwnMoney
from tests.world import World, make_category, make_portal, make_product

pytestmark = pytest.mark.django_db


def test_allowed_categories_are_the_chosen_ones_and_all_below_them(world: World):
    office = make_category("Kantoor")
    paper = make_category("Papier", parent=office)
    a4 = make_category("A4", parent=paper)
    portal = make_portal("initech", "Initech")

    AssortmentCategory.objects.create(portal=portal, category=paper)

    assert set(allowed_categories(portal)) == {paper, a4}


def test_allowed_categories_do_not_take_a_longer_number_for_a_category_below(world: World):
    first = make_category("Eerste")
    others = [make_category(f"Andere {number}") for number in range(12)]
    portal = make_portal("initech", "Initech")
    AssortmentCategory.objects.create(portal=portal, category=first)

    assert set(allowed_categories(portal)) == {first}
    assert len(others) == 12


def test_payable_ids_are_those_of_allowed_categories_without_the_portal_own_exceptions(world: World):
    AssortmentException.objects.create(portal=world.acme, product=world.chair, allowed=False)
    AssortmentException.objects.create(portal=world.acme, product=world.mug, allowed=True)
    everything = [world.chair.pk, world.desk.pk, world.mug.pk, 999_999]

    assert payable_ids(world.acme, everything) == {world.desk.pk, world.mug.pk}
    assert payable_ids(world.globex, everything) == {world.chair.pk, world.desk.pk}


def test_whole_catalogue_is_not_shown_where_nobody_takes_payments(world: World, settings):
    world.acme.own_money = OwnMoney.EVERYTHING
    settings.PAYMENT_PROVIDER = ""

    assert set(visible_products(world.acme)) == {world.chair, world.desk}
    assert not shelves_of(world.acme).shows(world.mug.pk, world.coffee.pk)


@pytest.mark.parametrize("own_money", OwnMoney)
@pytest.mark.parametrize("chosen", ["none", "category", "parent"])
@pytest.mark.parametrize("exception", [None, True, False])
@pytest.mark.parametrize("is_active", [True, False])
def test_pages_and_checkout_agree_on_every_combination(world: World, own_money, chosen, exception, is_active):
    parent = make_category("Boven")
    category = make_category("Onder", parent=parent)
    product = make_product(category, "Ding", "10.00", is_active=is_active)
    portal = make_portal("initech", "Initech", own_money=own_money)
    if chosen != "none":
        AssortmentCategory.objects.create(portal=portal, category=category if chosen == "category" else parent)
    if exception is not None:
        AssortmentException.objects.create(portal=portal, product=product, allowed=exception)
    portal.refresh_from_db()
    payable = exception if exception is not None else chosen != "none"
    visible = is_active and (payable or own_money == OwnMoney.EVERYTHING)

    shelves = shelves_of(portal)

    assert payable_ids(portal, [product.pk]) == ({product.pk} if payable else set())
    assert visible_products(portal).filter(pk=product.pk).exists() is visible
    assert (is_active and shelves.shows(product.pk, category.pk)) is visible
    assert shelves.by_pk[parent.pk].products == int(visible)
    if is_active:
        assert shelves.pays(product.pk, category.pk) is payable
