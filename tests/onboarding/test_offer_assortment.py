"""The example assortment shows real products of the chosen categories, with their pictures."""

from io import BytesIO

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from catalog import pictures
from onboarding import offer_assortment
from onboarding.models import Lead
from onboarding.offer_assortment import SHOWN, assortment_pdf, chosen
from tests.onboarding.test_pipeline import make_lead
from tests.world import NOW, make_category, make_product

pytestmark = pytest.mark.django_db


def picture() -> str:
    Image.new("RGBA", (900, 600), (20, 90, 140, 128)).save(made := BytesIO(), "PNG")
    return pictures.keep(ContentFile(made.getvalue()))[0]


def lead_for(*categories) -> Lead:
    lead = make_lead(company_name="Zij & <b>Zoon</b>")
    lead.categories.set(categories)
    return lead


def shelf_of(category) -> offer_assortment.Shelf:
    return offer_assortment._shelf(category, {})


def test_category_stands_for_all_below_it_and_is_shown_once():
    root = make_category("Werkplek")
    chairs = make_category("Stoelen", parent=root)
    coffee = make_category("Koffie")

    assert chosen([chairs, coffee, root]) == [coffee, root]
    assert chosen([chairs]) == [chairs]


def test_shelf_shows_the_first_products_for_sale_with_what_is_in_stock_and_has_a_picture_first():
    chairs = make_category("Stoelen")
    below = make_category("Krukken", parent=chairs)
    shown = picture()
    for number in range(SHOWN - 1):
        make_product(chairs, f"Stoel {number}", "100.00", picture=shown)
    make_product(below, "Kruk", "50.00", picture=shown)
    make_product(chairs, "A zonder foto", "10.00")
    make_product(chairs, "A uitverkocht", "10.00", picture=shown, stock=0)
    make_product(chairs, "A uit de handel", "10.00", picture=shown, is_active=False)
    make_product(make_category("Koffie"), "A mok", "10.00", picture=shown)

    shelf = shelf_of(chairs)

    assert sorted(card.name for card in shelf.cards) == ["Kruk", *(f"Stoel {number}" for number in range(SHOWN - 1))]
    assert shelf.count == SHOWN + 2


def test_examples_come_from_every_category_below():
    root, shown = make_category("Meubels"), picture()
    for kind in ("Bureau", "Lamp", "Stoel"):
        below = make_category(kind, parent=root)
        for number in range(SHOWN):
            make_product(below, f"{kind} {number}", "100.00", picture=shown)

    names = [card.name for card in shelf_of(root).cards]

    assert names == ["Bureau 0", "Lamp 0", "Stoel 0", "Bureau 1", "Lamp 1", "Stoel 1", "Bureau 2", "Lamp 2"]


def test_pictures_are_in_the_document_with_their_texts():
    chairs = make_category("Stoelen", "Chairs")
    make_product(chairs, "Stoel Nova", "249.00", picture=picture())
    make_product(chairs, "Stoel Vega", "199.00")

    pdf = assortment_pdf(lead_for(chairs), now=NOW, language="en")

    with pikepdf.open(BytesIO(pdf)) as file:
        images = [o for o in file.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        texts = [str(o["/Alt"]) for o in file.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
        title = str(file.docinfo["/Title"])
    assert (len(images), texts) == (1, ["Stoel Nova"])
    assert title == "Example assortment for Zij & <b>Zoon</b>"


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"RIFF\x10\0\0\0WEBPVP8 "])
def test_picture_that_is_lost_or_broken_is_left_out(content: bytes | None):
    chairs = make_category("Stoelen")
    name = "products/gone.webp"
    if content is not None:
        default_storage.save(pictures.sized(name, 640), ContentFile(content))
    make_product(chairs, "Stoel Nova", "249.00", picture=name)

    assert [card.picture for card in shelf_of(chairs).cards] == [""]
    assert assortment_pdf(lead_for(chairs), now=NOW, language="nl").startswith(b"%PDF")


def test_empty_category_is_left_out_and_same_rows_give_the_same_bytes():
    chairs, empty = make_category("Stoelen"), make_category("Leeg")
    make_product(chairs, "Stoel Nova", "249.00", picture=picture())
    lead = lead_for(chairs, empty)

    first, second = (assortment_pdf(lead, now=NOW, language="nl") for _turn in range(2))

    with pikepdf.open(BytesIO(first)) as file:
        assert len(file.pages) == 2
    assert first == second


def test_products_of_a_category_cost_the_same_queries(django_assert_num_queries):
    chairs = make_category("Stoelen")
    for turn in range(3):
        make_product(chairs, f"Stoel {turn}", "100.00")
        if turn != 1:
            with django_assert_num_queries(3):
                shelf_of(chairs)
