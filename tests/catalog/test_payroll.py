"""Which categories still need a class for payroll."""

from catalog.payroll import unclassified
from tests.world import World, make_category, make_product


def test_class_holds_for_all_below(world: World):
    stools = make_category("Krukken", parent=world.chairs)
    make_product(stools, "Kruk", "49.00")

    before = set(unclassified(world.acme))
    world.acme.payroll_rules.create(category=world.chairs, payroll_class="arbo")

    assert before == {world.chairs, world.desks, stools}
    assert set(unclassified(world.acme)) == {world.desks}
    assert set(unclassified(world.globex)) == before


def test_what_credit_does_not_pay_and_what_is_empty_needs_no_class(world: World):
    make_category("Leeg", parent=world.chairs)
    world.acme.assortment.filter(category=world.desks).delete()
    world.chair.is_active = False
    world.chair.save()

    assert list(unclassified(world.acme)) == []
