"""Paths of the category tree."""

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Category

pytestmark = pytest.mark.django_db


def branch(name: str, parent: Category | None = None) -> Category:
    return Category.objects.create(name_nl=name, slug=name.lower(), parent=parent)


def path_of(category: Category) -> str:
    return Category.objects.values_list("path", flat=True).get(pk=category.pk)


def test_a_new_category_has_the_path_of_its_parent_and_its_own_number():
    root = branch("Meubels")
    child = branch("Stoelen", root)

    assert path_of(root) == f"{root.pk}/"
    assert path_of(child) == f"{root.pk}/{child.pk}/"
    assert child.path == path_of(child)


def test_a_category_that_moves_takes_all_below_it_along():
    old, new = branch("Oud"), branch("Nieuw")
    middle = branch("Midden", old)
    leaf = branch("Blad", middle)
    stays = branch("Blijft", old)

    middle.parent = new
    middle.save()

    assert path_of(middle) == f"{new.pk}/{middle.pk}/"
    assert path_of(leaf) == f"{new.pk}/{middle.pk}/{leaf.pk}/"
    assert path_of(stays) == f"{old.pk}/{stays.pk}/"


def test_a_category_that_becomes_a_root_takes_all_below_it_along():
    root = branch("Wortel")
    middle = branch("Midden", root)
    leaf = branch("Blad", middle)

    middle.parent = None
    middle.save()

    assert path_of(leaf) == f"{middle.pk}/{leaf.pk}/"


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_category_cannot_lie_below_itself(depth):
    chain = [branch("A")]
    chain += [branch("B", chain[0])]
    chain += [branch("C", chain[1])]
    before = [path_of(category) for category in chain]

    chain[0].parent = chain[depth]
    with pytest.raises(ValidationError) as refused:
        chain[0].save()

    assert refused.value.error_dict["parent"][0].code == "loop"
    assert [path_of(category) for category in chain] == before
