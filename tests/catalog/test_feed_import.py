"""Importing product feeds: what is written, what is not, and what a fault leaves behind."""

from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections

from catalog import feed_import
from catalog.feed_faults import UnreadableFeed
from catalog.feed_import import FeedBusy, check_feed, import_feed
from catalog.feed_models import FeedPicture
from catalog.models import Category, Product, ProductPicture
from catalog.specification_models import SpecificationLine
from tests.catalog.feeds import counts, row, tsv, xml
from tests.world import NOW, make_category, make_portal, make_product

pytestmark = pytest.mark.django_db


def imported(*rows: dict[str, str], is_full: bool = False) -> tuple[int, int, int, int, int]:
    return counts(import_feed(xml(*rows), is_full=is_full, now=NOW))


def stored() -> dict[str, tuple[Any, ...]]:
    """The physical place and maker of every product row: any write changes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sku, ctid::text, xmin::text, cmin::text FROM catalog_product")
        return {sku: rest for sku, *rest in cursor.fetchall()}


def test_a_new_product_gets_all_that_the_feed_says():
    result = imported(row(energy_efficiency_class="C", vat_rate="9", certification="EC:EPREL:77"))

    chair = Product.objects.get()
    assert result == (1, 0, 0, 0, 0)
    assert (chair.sku, chair.ean, chair.brand, chair.name_nl) == ("A-1", "2000000000015", "Beer", "Bureaustoel Beer")
    assert (chair.text_nl, chair.slug) == ("Zit goed.", "bureaustoel-beer")
    assert (chair.energy_class, chair.eprel_number) == ("C", "77")
    assert (chair.price, chair.vat_rate, chair.stock) == (Decimal("49.99"), Decimal("9.00"), feed_import.IN_STOCK)
    assert (chair.is_active, chair.category.name_nl, chair.category.parent.name_nl) == (True, "Stoelen", "Meubels")
    assert chair.delivery_days == 1
    chair.full_clean()


def test_feed_that_is_silent_leaves_what_is_there_in_both_languages():
    imported(row(energy_efficiency_class="C", certification="EC:EPREL:77"))
    Product.objects.update(name_en="Chair Bear", text_en="Sits well.")

    imported(row(price="39.99 EUR", description="", gtin="", brand="", energy_efficiency_class=""))

    chair = Product.objects.get()
    assert (chair.price, chair.ean, chair.brand) == (Decimal("39.99"), "2000000000015", "Beer")
    assert (chair.text_nl, chair.text_en, chair.name_en) == ("Zit goed.", "Sits well.", "Chair Bear")
    assert (chair.energy_class, chair.eprel_number) == ("C", "77")

    imported(row(certification="EC:EPREL:78"))
    assert Product.objects.get().eprel_number == "78"


def test_words_of_the_other_language_go_with_the_words_they_were_written_for():
    imported(row())
    Product.objects.update(name_en="Chair Bear", text_en="Sits well.")

    imported(row(title="Bureaustoel Wolf", description="Zit beter."))

    chair = Product.objects.get()
    assert (chair.name_nl, chair.name_en) == ("Bureaustoel Wolf", "")
    assert (chair.text_nl, chair.text_en) == ("Zit beter.", "")


def test_details_become_specifications_and_a_feed_without_any_leaves_them():
    imported(row(product_detail='A:Hoogte:62 tot 127 cm, A:Merk "X":\\ ja'), row("B-2"))
    first = Product.objects.get(sku="A-1").specifications

    changed = imported(row(product_detail="A:Kleur:zwart"), row("B-2"))
    second = Product.objects.get(sku="A-1")
    third = imported(row(), row("B-2"))

    assert first == [["Hoogte", "", "62 tot 127 cm", ""], ['Merk "X"', "", "\\ ja", ""]]
    assert (changed, third) == ((0, 1, 1, 0, 0), (0, 1, 1, 0, 0))
    assert second.specifications == Product.objects.get(sku="A-1").specifications == [["Kleur", "", "zwart", ""]]
    assert Product.objects.get(sku="B-2").specifications == []
    assert SpecificationLine.objects.get(pk__in=second.specification_ids).key == "kleur"


def test_products_of_the_feed_are_found_by_search_words():
    imported(row())

    assert Product.objects.extra(where=["search @@ to_tsquery('dutch', 'stoel')"]).count() == 1


def test_the_same_feed_again_writes_nothing():
    imported(row(), row("B-2"))
    before = stored()

    assert imported(row(), row("B-2"), is_full=True) == (0, 0, 2, 0, 0)
    assert stored() == before


def test_only_the_changed_row_is_written_and_keeps_what_the_feed_does_not_say():
    imported(row(), row("B-2"))
    Product.objects.filter(sku="A-1").update(stock=3, name_en="Chair", vat_rate="9.00")
    before = stored()

    assert imported(row(price="59.99 EUR"), row("B-2")) == (0, 1, 1, 0, 0)
    chair = Product.objects.get(sku="A-1")
    assert (chair.price, chair.stock, chair.name_en, chair.vat_rate) == (Decimal("59.99"), 3, "Chair", Decimal("9.00"))
    assert stored()["B-2"] == before["B-2"]


def test_stock_follows_availability_and_what_sold_out_is_filled_again():
    imported(row())
    imported(row(availability="out_of_stock"))
    none = Product.objects.get().stock
    imported(row())
    Product.objects.update(stock=0)

    assert imported(row()) == (0, 1, 0, 0, 0)
    assert (none, Product.objects.get().stock) == (0, feed_import.IN_STOCK)


def test_a_dry_run_tells_what_would_happen_and_writes_nothing():
    imported(row(), row("B-2"), row("C-3"))
    before = stored()

    report = check_feed(xml(row(title="Anders"), row("B-2"), row("D-4"), row("E-5", price="")), is_full=True, now=NOW)

    assert counts(report) == (1, 1, 1, 1, 1)
    assert [(refused.number, refused.sku) for refused in report.refusals] == [(4, "E-5")]
    assert stored() == before
    assert FeedPicture.objects.count() == 3


def test_missing_in_a_full_feed_is_switched_off_and_comes_back():
    make_product(make_category("Handwerk"), "Met de hand", "10.00")
    imported(row(), row("B-2"))

    off = imported(row(), is_full=True)
    again = imported(row(), is_full=True)
    hidden = Product.objects.get(sku="B-2").is_active
    back = imported(row(), row("B-2"), is_full=True)

    assert (off, again, hidden, back) == ((0, 0, 1, 0, 1), (0, 0, 1, 0, 0), False, (0, 1, 1, 0, 0))
    assert list(Product.objects.values_list("is_active", flat=True)) == [True, True, True]


def test_missing_in_a_feed_that_is_not_full_stays():
    imported(row(), row("B-2"))

    assert imported(row()) == (0, 0, 1, 0, 0)
    assert Product.objects.get(sku="B-2").is_active


def test_a_refused_row_of_a_full_feed_leaves_its_product_for_sale():
    imported(row(), row("B-2"))

    assert imported(row(), row("B-2", price="?"), is_full=True) == (0, 0, 1, 1, 0)
    assert Product.objects.get(sku="B-2").is_active


def test_what_a_colleague_switched_off_stays_off():
    imported(row())
    Product.objects.update(is_active=False)

    imported(row(price="1.00 EUR"), is_full=True)

    assert not Product.objects.get().is_active


@pytest.mark.parametrize("file", [xml(row(title="Anders"), end=""), tsv(row(title="Anders"), end="")])
def test_a_feed_that_is_cut_off_changes_nothing(file):
    imported(row(), row("B-2"))
    before = stored()

    with pytest.raises(UnreadableFeed):
        import_feed(file, is_full=True, now=NOW)

    assert stored() == before


def test_a_feed_without_a_good_row_switches_nothing_off():
    imported(row())

    with pytest.raises(UnreadableFeed):
        import_feed(xml(row(price="?")), is_full=True, now=NOW)

    assert Product.objects.get().is_active


def test_categories_are_found_by_their_path_and_made_once():
    furniture = make_category("Meubels")
    chairs = make_category("stoelen", parent=furniture)

    imported(row(), row("B-2", product_type="MEUBELS > Krukken"), row("C-3", product_type="Tuin > Stoelen"))

    made = dict(Product.objects.values_list("sku", "category__path"))
    stools, garden = Category.objects.get(name_nl="Krukken"), Category.objects.get(name_nl="Tuin")
    assert Category.objects.count() == 5
    assert made["A-1"] == chairs.path
    assert made["B-2"] == stools.path == f"{furniture.pk}/{stools.pk}/"
    assert made["C-3"].startswith(f"{garden.pk}/")


def test_a_feed_with_too_many_new_categories_is_refused_whole(monkeypatch):
    monkeypatch.setattr("catalog.feed_categories.MOST_NEW", 3)

    with pytest.raises(UnreadableFeed):
        imported(row(), row("B-2", product_type="Tuin > Banken"))

    assert not Product.objects.exists()
    assert not Category.objects.exists()


def test_pictures_are_asked_for_once_in_the_order_of_the_feed():
    more = {"additional_image_link": "https://images.example/2.jpg,https://images.example/3.jpg"}
    imported(row(**more))
    imported(row(**more, title="Anders"))

    asked = FeedPicture.objects.order_by("position").values_list("address", "position", "due_at")
    names = ["beer.jpg", "2.jpg", "3.jpg"]
    assert list(asked) == [(f"https://images.example/{name}", n, NOW) for n, name in enumerate(names, start=1)]


def test_a_picture_that_left_the_feed_leaves_the_product():
    imported(row(additional_image_link="https://images.example/2.jpg"))
    for asked in FeedPicture.objects.order_by("position"):
        asked.picture = ProductPicture.objects.create(
            product=asked.product, file=f"products/{asked.position}.webp", width=1, height=1, position=asked.position
        )
        asked.save()
    Product.objects.get().set_first_picture()

    imported(row(image_link="https://images.example/2.jpg"))

    assert [picture.file.name for picture in ProductPicture.objects.all()] == ["products/2.webp"]
    assert Product.objects.get().picture == "products/2.webp"
    assert FeedPicture.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_fault_keeps_whole_batches_and_running_again_completes(monkeypatch):
    monkeypatch.setattr(feed_import, "_NUMBER_BATCHES", feed_import._NUMBER_BATCHES.replace("/ 1000", "/ 2"))
    real, done = feed_import.feed_pictures.ask_for, []

    def fail_in_the_second(*given: Any) -> None:
        done.append(given)
        if len(done) == 2:
            raise RuntimeError
        real(*given)

    monkeypatch.setattr(feed_import.feed_pictures, "ask_for", fail_in_the_second)
    rows = [row(f"A-{n}") for n in range(5)]
    with pytest.raises(RuntimeError):
        imported(*rows)
    kept = set(Product.objects.values_list("sku", flat=True))

    assert kept == {"A-0", "A-1"}
    assert imported(*rows) == (3, 0, 2, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_a_portal_learn_of_a_batch_once():
    portal = make_portal("acme", "Acme")
    imported(row())
    portal.refresh_from_db()
    before = portal.revision

    imported(*(row(f"B-{n}") for n in range(50)))

    portal.refresh_from_db()
    assert portal.revision == before + 1


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_do_not_meet():
    result: list[Any] = []

    def second() -> None:
        try:
            result.append(imported(row("B-2")))
        except FeedBusy as busy:
            result.append(type(busy))
        finally:
            connections.close_all()

    with feed_import._staged(xml(row()), NOW):
        thread = Thread(target=second)
        thread.start()
        thread.join()

    assert result == [FeedBusy]
    assert imported(row("B-2")) == (1, 0, 0, 0, 0)
