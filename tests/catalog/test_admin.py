"""The back office of the catalogue, as an administrator uses it."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Category, Product, ProductPicture
from tests.catalog.test_pictures import png
from tests.world import World, make_category

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(world: World, settings) -> Client:
    settings.DEMO = True
    client = Client(headers={"host": "localhost"})
    client.force_login(world.coordinator)
    return client


def product_form(product: Product, **changes: object) -> dict[str, object]:
    form = {
        "sku": product.sku,
        "ean": "",
        "category": product.category_id,
        "brand": product.brand,
        "name_nl": product.name_nl,
        "slug": product.slug,
        "specifications": "[]",
        "price": product.price,
        "vat_rate": "21.00",
        "stock": 5,
        "is_active": "on",
        "pictures-TOTAL_FORMS": 1,
        "pictures-INITIAL_FORMS": 0,
        "pictures-0-position": 0,
    }
    return form | changes


def test_the_tree_is_listed_indented_with_counts(world: World, staff: Client):
    make_category("Krukken", parent=world.chairs)

    page = staff.get(reverse("admin:catalog_category_changelist")).content.decode()

    assert ">\N{EM DASH} Krukken<" in page
    assert page.index(">Bureaustoelen<") < page.index("Krukken<") < page.index(">Koffie<")
    assert '<td class="field-products_for_sale">1</td>' in page


def test_the_tree_keeps_its_order_when_its_keys_grow_longer(world: World, staff: Client):
    for pk, name in ((999_998, "Negen"), (1_000_001, "Tien")):
        Category.objects.create(pk=pk, name_nl=name, slug=name.lower())
    make_category("Kind", parent=Category.objects.get(pk=999_998))

    page = staff.get(reverse("admin:catalog_category_changelist")).content.decode()

    assert page.index(">Negen<") < page.index("Kind<") < page.index(">Tien<")


def test_a_category_that_would_lie_below_itself_is_refused_at_its_field(world: World, staff: Client):
    child = make_category("Krukken", parent=world.chairs)
    form = {"name_nl": "Bureaustoelen", "slug": world.chairs.slug, "position": 0, "parent": child.pk}

    response = staff.post(reverse("admin:catalog_category_change", args=[world.chairs.pk]), form)

    assert response.context["adminform"].form.errors["parent"] == ["Een categorie kan niet onder zichzelf liggen."]
    assert Category.objects.get(pk=world.chairs.pk).parent is None


def test_products_are_found_by_number_and_filtered(world: World, staff: Client):
    url = reverse("admin:catalog_product_changelist")

    found = staff.get(url, {"q": world.desk.sku}).content.decode()
    filtered = staff.get(url, {"category__id__exact": world.coffee.pk}).content.decode()

    assert "Zit-sta bureau Lift" in found
    assert "Bureaustoel Nova" not in found
    assert "Mok Aarde" in filtered
    assert "Zit-sta bureau Lift" not in filtered


def test_an_uploaded_picture_is_kept_as_our_own_and_becomes_that_of_the_card(world: World, staff: Client):
    url = reverse("admin:catalog_product_change", args=[world.chair.pk])

    response = staff.post(url, product_form(world.chair, **{"pictures-0-file": png(900, 600)}))

    picture = ProductPicture.objects.get(product=world.chair)
    assert response.status_code == 302
    assert (picture.width, picture.height) == (900, 600)
    assert picture.file.name.startswith("products/")
    assert picture.file.name.endswith(".webp")
    assert Product.objects.get(pk=world.chair.pk).picture == picture.file.name


def test_an_upload_that_is_no_picture_or_too_large_is_refused_at_its_field(world: World, staff: Client):
    url = reverse("admin:catalog_product_change", args=[world.chair.pk])
    text = png(1, 1)
    text.file.write(b"no picture at all" * 10)
    text.file.truncate(0)
    text.file.write(b"no picture")

    for upload in (text, png(12_000, 1)):
        upload.seek(0)
        response = staff.post(url, product_form(world.chair, **{"pictures-0-file": upload}))
        errors = response.context["inline_admin_formsets"][0].formset.errors
        assert list(errors[0]) == ["file"]
    assert not ProductPicture.objects.exists()


def test_a_wrong_ean_and_vat_rate_are_refused_at_their_fields(world: World, staff: Client):
    url = reverse("admin:catalog_product_change", args=[world.chair.pk])

    response = staff.post(url, product_form(world.chair, ean="2000000000146", vat_rate="6.00"))

    assert set(response.context["adminform"].form.errors) == {"ean", "vat_rate"}
