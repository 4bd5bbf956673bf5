"""How the database takes specifications apart."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from catalog.models import Product, SpecificationLine
from portals.models import Portal
from tests.world import World, make_product


def line_of(world: World, *texts: str) -> SpecificationLine:
    product = make_product(world.chairs, "Kruk", "10.00", specifications=[list(texts)])
    return SpecificationLine.objects.get(pk__in=Product.objects.get(pk=product.pk).specification_ids)


@pytest.mark.parametrize(
    ("value", "low", "high", "name"),
    [
        ("12 kg", "12", "12", "Maat (kg)"),
        ("12kg", "12", "12", "Maat (kg)"),
        ("0,5 m²", "0.5", "0.5", "Maat (m²)"),
        ("2.5 GHz", "2.5", "2.5", "Maat (GHz)"),
        ("1.200 W", "1200", "1200", "Maat (W)"),
        ("1.200,5 mm", "1200.5", "1200.5", "Maat (mm)"),
        ("62 tot 127 cm", "62", "127", "Maat (cm)"),
        ("80-120 cm", "80", "120", "Maat (cm)"),
        ("0 – 50 °C", "0", "50", "Maat (°C)"),
        ('27"', "27", "27", 'Maat (")'),
        ("5 jaar", "5", "5", "Maat (jaar)"),
        ("34 inch, 21:9", "34", "34", "Maat (inch)"),
        ('34" (86 cm)', "34", "34", 'Maat (")'),
        ("12 kg (zonder voet)", "12", "12", "Maat (kg)"),
        ("62 tot 127 cm; 3 standen", "62", "127", "Maat (cm)"),
        ("1.200 W, stil", "1200", "1200", "Maat (W)"),
    ],
)
def test_number_with_a_unit_is_a_number(world: World, value: str, low: str, high: str, name: str):
    line = line_of(world, "Maat", "", value, "")

    assert (line.low, line.high, line.name_nl, line.value_nl) == (Decimal(low), Decimal(high), name, value)


@pytest.mark.parametrize(
    "value",
    [
        "140 x 80 cm", "2 x HDMI", "2 x HDMI, 3 x usb", "12", "eiken", "eiken, 3 cm", "4, stil", "9999999999 kg",
        "ca. 12 kg", "12 (kg)", "1920 x 1080, 30 beelden", "21:9, 34 inch",
    ],
)  # fmt: skip
def test_anything_else_is_a_text(world: World, value: str):
    line = line_of(world, "Maat", "Size", value, "12 kg")

    assert (line.low, line.high, line.name_nl, line.name_en, line.key) == (None, None, "Maat", "Size", "maat")


def test_each_language_has_its_name_and_unit_and_else_those_of_the_other(world: World):
    both = line_of(world, "Garantie", "Warranty", "5 jaar", "5 years")
    dutch = line_of(world, "Hoogte van het blad", "", "62 tot 127 cm", "")
    english = line_of(world, "", "Load", "", "90 kg")

    assert (both.key, both.name_nl, both.name_en, both.value_en) == (
        "garantie-jaar", "Garantie (jaar)", "Warranty (years)", "5 years",
    )  # fmt: skip
    assert (dutch.key, dutch.name_en, dutch.value_en) == (
        "hoogte-van-het-blad-cm", "Hoogte van het blad (cm)", "62 tot 127 cm",
    )  # fmt: skip
    assert (english.key, english.name_nl, english.value_nl) == ("load-kg", "Load (kg)", "90 kg")


def test_product_keeps_up_with_its_specifications_and_shares_lines(world: World):
    black, white = (["Kleur", "Colour", *texts] for texts in (("zwart", "black"), ("wit", "white")))
    first, second = (make_product(world.chairs, name, "10.00", specifications=[black, black]) for name in "ab")
    revision = Portal.objects.get(pk=world.acme.pk).revision

    Product.objects.filter(pk=first.pk).update(specifications=[white, black])
    first.refresh_from_db()
    second.refresh_from_db()

    assert len(first.specification_ids) == 2
    assert set(second.specification_ids) < set(first.specification_ids)
    assert set(SpecificationLine.objects.values_list("value_nl", flat=True)) == {"zwart", "wit"}
    assert Portal.objects.get(pk=world.acme.pk).revision == revision + 1


def test_saving_what_was_made_or_read_before_loses_no_line(world: World):
    product = make_product(world.chairs, "Kruk", "10.00", specifications=[["Kleur", "", "zwart", ""]])

    for _ in range(2):
        product.save()
        product = Product.objects.get(pk=product.pk)
        assert len(product.specification_ids) == 1


@pytest.mark.parametrize(
    "line", ['["a"]', '"a"', "5", "{}", '["", "", "1", "1"]', '["-", "", "1", ""]', '["a", "b", "", ""]', "[[1], 2]"]
)
def test_what_has_another_shape_is_left_out(world: World, line: str):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_product SET specifications = %s WHERE id = %s", [f"[{line}]", world.chair.pk])

    assert not SpecificationLine.objects.exists()


def test_what_is_too_long_to_choose_by_is_left_out(world: World):
    longest = line_of(world, "n" * 60, "", "v" * 80, "")
    make_product(world.chairs, "Kruk", "10.00", specifications=[["n" * 61, "", "v", ""], ["n", "", "", "v" * 81]])

    assert list(SpecificationLine.objects.all()) == [longest]


@pytest.mark.parametrize(
    "texts", [("34 inch, 21:9", ""), ("62 tot 1.270 mm (hoog)", "62 to 1270 mm high"), ("eiken", "")]
)
def test_migration_reads_lines_as_the_trigger_does(world: World, texts: tuple[str, str]):
    line = line_of(world, "Maat", "Size", *texts)
    made = SpecificationLine.objects.values().get()
    line.key, line.name_nl, line.name_en, line.low, line.high = "maat", "Maat", "Size", None, None
    line.save()

    with connection.cursor() as cursor:
        cursor.execute(import_module("catalog.migrations.0023_read_the_lines_that_are_there_again").READ)

    assert SpecificationLine.objects.values().get() == made
