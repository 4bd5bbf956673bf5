"""The demo catalogue."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageChops
from stdnum import ean

from catalog import pictures
from catalog.comparison import rows_of
from catalog.demo import load_demo_catalogue, loader
from catalog.demo.canvas import Canvas
from catalog.models import Category, Product, ProductPicture, VatRate
from tests.catalog.test_pictures import read

pytestmark = pytest.mark.django_db
ITEMS = list(loader._items(loader.TREE))


def test_the_range_is_wide_and_its_numbers_are_right(monkeypatch):
    monkeypatch.setattr(loader, "_draw", lambda wanted: None)

    load_demo_catalogue()

    products = list(Product.objects.select_related("category"))
    leaves = {product.category for product in products}
    assert len(products) >= 150
    assert len(leaves) >= 12
    assert Category.objects.exclude(parent=None).count() >= 10
    assert all(min_count >= 9 for min_count in (leaf.products.count() for leaf in leaves))
    assert all(7 <= product.price <= 900 for product in products)
    assert {product.vat_rate for product in products} == {VatRate.STANDARD, VatRate.REDUCED}
    assert len({product.ean for product in products}) == len(products)
    assert all(ean.is_valid(product.ean) and product.ean.startswith("2") for product in products)
    assert any(product.stock == 0 for product in products)
    for product in products:
        product.full_clean()
        assert "" not in {product.name_nl, product.name_en, product.text_nl, product.text_en, product.brand}
        assert len(product.specifications) > 1


def test_products_of_a_family_differ_when_they_are_compared(monkeypatch):
    monkeypatch.setattr(loader, "_draw", lambda wanted: None)
    load_demo_catalogue()

    rows = rows_of(list(Product.objects.filter(name_nl__startswith="Zit-sta bureau Lift 140").order_by("sku")))

    assert [row.values[0] for row in rows if row.differs] == ["eiken, wit frame"]


def test_loading_again_changes_nothing_and_keeps_what_was_changed(monkeypatch):
    monkeypatch.setattr(loader, "_draw", lambda wanted: None)
    load_demo_catalogue()
    Product.objects.filter(sku="BUR-1001").update(price=1)
    before = (Product.objects.count(), Category.objects.count(), ProductPicture.objects.count())

    load_demo_catalogue()

    assert (Product.objects.count(), Category.objects.count(), ProductPicture.objects.count()) == before
    assert Product.objects.get(sku="BUR-1001").price == 1


@pytest.mark.parametrize("item", {item.family.drawing: item for item in ITEMS}.values(), ids=lambda item: item.sku)
def test_every_drawing_makes_a_picture_that_is_no_empty_wall(item):
    loader._draw_one(item)

    picture = Image.open(BytesIO(read(item.picture)))
    wall = Canvas(item.tint).framed(pictures.WIDEST, *item.family.frame)
    drawn = ImageChops.difference(picture.convert("RGB"), wall).convert("L").point(lambda value: 255 * (value > 24))
    assert picture.size == (pictures.WIDEST, pictures.WIDEST)
    assert drawn.getbbox() is not None
    assert 0.03 < drawn.histogram()[255] / pictures.WIDEST**2 < 0.75
    assert pictures.is_whole(item.picture)


def test_pictures_are_the_same_each_time_and_differ_between_variants():
    first, second = ITEMS[0], ITEMS[1]

    loader._draw_one(first)
    once = read(first.picture)
    default_storage.delete(first.picture)
    loader._draw_one(first)

    assert read(first.picture) == once
    assert first.picture != second.picture
