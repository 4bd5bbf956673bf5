"""The limits for each employee, on the coordinator's screen of a portal."""

import pytest

from catalog.shelves import shelves_of
from portals.models import Portal
from tests.onboarding.conftest import change, filled


def one_limit(**fields) -> dict[str, str]:
    row = {"id": "", "category": "", "product": "", "most": "1"} | fields
    return {"quantity_limits-TOTAL_FORMS": "1"} | {f"quantity_limits-0-{name}": value for name, value in row.items()}


def test_limit_holds_from_the_moment_it_is_saved(world, office):
    before = shelves_of(world.acme).by_pk[world.chairs.pk].most

    office.post(change(world.acme), filled(world.acme, **one_limit(category=str(world.chairs.pk))))

    acme = Portal.objects.get(pk=world.acme.pk)
    assert (before, shelves_of(acme).by_pk[world.chairs.pk].most) == (None, 1)
    assert shelves_of(world.globex).by_pk[world.chairs.pk].most is None


@pytest.mark.parametrize("both", [True, False])
def test_limit_of_both_or_of_nothing_is_refused_in_words(world, office, both):
    of = {"category": str(world.chairs.pk), "product": str(world.chair.pk)} if both else {}

    page = office.post(change(world.acme), filled(world.acme, **one_limit(**of, most="2")))

    assert world.acme.quantity_limits.count() == 0
    assert "Kies een categorie of een product, niet allebei." in page.content.decode()
