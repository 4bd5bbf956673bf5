"""The class for payroll that an order line keeps: the one of the moment, whatever the employer decides later."""

from decimal import Decimal

import pytest

from orders.models import OrderLine
from portals.models import OwnMoney
from tests.orders.conftest import order_cart, order_of, put
from tests.world import World, make_category, make_product


def kept(line: OrderLine) -> tuple[str, Decimal | None]:
    line.refresh_from_db()
    return line.payroll_class, line.payroll_base


def test_line_keeps_the_class_of_its_category(world: World, today):
    world.globex.payroll_rules.create(category=world.chairs, payroll_class="free_space")
    rule = world.acme.payroll_rules.create(category=world.chairs, payroll_class="arbo", base_amount=Decimal("200.00"))

    line = order_of(world.bob, world.chair).lines.get()
    rule.payroll_class, rule.base_amount = "taxed", None
    rule.save()
    theirs = order_of(world.charlie, world.chair).lines.get()

    assert kept(line) == ("arbo", Decimal("200.00"))
    assert kept(theirs) == ("free_space", None)


def test_nearest_class_above_holds(world: World, today):
    stools = make_category("Krukken", parent=world.chairs)
    high, low = make_category("Barkrukken", parent=stools), make_category("Zitkrukken", parent=world.chairs)
    ordered = [make_product(category, category.name_nl, "20.00") for category in (high, low)]
    world.acme.payroll_rules.create(category=world.chairs, payroll_class="arbo")
    world.acme.payroll_rules.create(category=stools, payroll_class="free_space")
    for product in (*ordered, world.desk):
        put(world.bob, product)

    lines = {line.name: line.payroll_class for line in order_cart(world.bob).lines.all()}

    assert lines == {"Barkrukken": "free_space", "Zitkrukken": "arbo", world.desk.name: ""}


@pytest.mark.parametrize(
    ("base", "price", "quantity", "credit", "is_contributed_to"),
    [
        (None, "249.00", 1, "100.00", False),
        ("200.00", "249.00", 1, "250.00", False),
        ("200.00", "249.00", 1, "200.00", False),
        ("200.00", "249.00", 1, "199.99", True),
        ("300.00", "249.00", 1, "249.00", False),
        ("300.00", "249.00", 1, "248.99", True),
        ("100.00", "249.00", 2, "200.00", False),
        ("100.00", "249.00", 2, "199.99", True),
        ("100.00", "249.00", 1, "0.00", True),
    ],
)
def test_only_who_pays_part_of_the_base_amount_contributed(base, price, quantity, credit, is_contributed_to):
    line = OrderLine(
        unit_price=Decimal(price),
        quantity=quantity,
        credit=Decimal(credit),
        payroll_base=base and Decimal(base),
    )

    assert line.is_contributed_to is is_contributed_to


def test_what_is_bought_with_own_money_alone_keeps_the_class_too(world: World, today):
    world.acme.own_money = OwnMoney.EVERYTHING
    world.acme.save()
    world.acme.payroll_rules.create(category=world.coffee, payroll_class="free_space")

    line = order_of(world.bob, world.mug).lines.get()

    assert (line.credit, kept(line)) == (Decimal("0.00"), ("free_space", None))
