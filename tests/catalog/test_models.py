"""What a product refuses."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from catalog.models import Product, VatRate, validate_ean, validate_specifications
from tests.world import World


@pytest.mark.parametrize("number", ["2000000000145", "96385074", "036000291452"])
def test_ean_with_a_right_check_digit_is_taken(number):
    assert validate_ean(number) is None


@pytest.mark.parametrize("number", ["2000000000146", "2000000000", "20000000OO145", "2000 000000145", "20000000001450"])
def test_ean_with_a_wrong_check_digit_or_form_is_refused(number):
    with pytest.raises(ValidationError) as refused:
        validate_ean(number)

    assert refused.value.code == "ean"


@pytest.mark.parametrize("lines", [{}, [["a", "b", "c"]], [["a", "b", "c", 4]], ["abcd"]])
def test_specifications_of_another_shape_are_refused(lines):
    with pytest.raises(ValidationError):
        validate_specifications(lines)


def test_facts_are_in_the_language_of_the_reader(world: World):
    world.chair.specifications = [["Hoogte", "Height", "50 cm", "20 inch"], ["Kleur", "", "rood", ""]]

    with translation.override("nl"):
        assert world.chair.facts == [("Hoogte", "50 cm"), ("Kleur", "rood")]
    with translation.override("en"):
        assert world.chair.facts == [("Height", "20 inch"), ("Kleur", "rood")]


def test_every_dutch_vat_rate_passes_validation_and_no_other(world: World):
    for rate in VatRate.values:
        world.chair.vat_rate = rate
        world.chair.full_clean()

    world.chair.vat_rate = 6
    with pytest.raises(ValidationError, match="6"):
        world.chair.full_clean()
    with pytest.raises(IntegrityError, match="product_vat_rate_is_dutch"), transaction.atomic():
        Product.objects.filter(pk=world.chair.pk).update(vat_rate=6)


@pytest.mark.parametrize("price", [0, -1])
def test_a_price_is_positive_whatever_writes_it(world: World, price):
    with pytest.raises(IntegrityError, match="product_price_is_positive"), transaction.atomic():
        Product.objects.filter(pk=world.chair.pk).update(price=price)
