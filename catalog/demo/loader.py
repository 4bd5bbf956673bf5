"""Puts the demo catalogue into an installation: the category tree, about 160 products, their pictures and a few words
that mean the same.

Loading again changes nothing but what was changed by hand in between: products are known by their SKU, pictures by what
they are drawn from.
"""

import itertools
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from stdnum import ean

from catalog import pictures
from catalog.demo.canvas import Canvas
from catalog.demo.families import Family, Variant, read_families
from catalog.models import Category, Product, ProductPicture, Synonyms

ELECTRICAL = frozenset({"Lampen", "Scherm en laptop", "Toetsenbord en muis", "Bellen en vergaderen", "Docks en kabels"})
SYNONYMS = ("beeldscherm, monitor, scherm", "koptelefoon, hoofdtelefoon, headset", "webcam, camera")
TINTS = ("#8fa9c4", "#c2a98a", "#a3b899", "#b3a6c4", "#c99f94")
SOLD_OUT_EVERY, SCARCE_EVERY = 19, 11

# Dutch name, English name, then the prefix of the SKU with the file of the families, or the categories below.
TREE: tuple[tuple[Any, ...], ...] = (
    ("Meubels en licht", "Furniture and light", (
        ("Bureaus", "Desks", "BUR", "desks"),
        ("Bureaustoelen", "Desk chairs", "STO", "chairs"),
        ("Lampen", "Lamps", "LMP", "lamps"),
    )),
    ("Scherm en laptop", "Screen and laptop", (
        ("Monitoren", "Monitors", "MON", "monitors"),
        ("Standaards en armen", "Stands and arms", "STA", "stands"),
    )),
    ("Toetsenbord en muis", "Keyboard and mouse", (
        ("Toetsenborden", "Keyboards", "TOE", "keyboards"),
        ("Muizen", "Mice", "MUI", "mice"),
    )),
    ("Bellen en vergaderen", "Calls and meetings", (
        ("Headsets en luidsprekers", "Headsets and speakers", "HEA", "headsets"),
        ("Webcams", "Webcams", "CAM", "webcams"),
    )),
    ("Voetensteunen en houding", "Footrests and posture", "ERG", "posture"),
    ("Docks en kabels", "Docks and cables", "KAB", "docks"),
    ("Koffie, thee en planten", "Coffee, tea and plants", (
        ("Koffie en thee", "Coffee and tea", "KOF", "drinks"),
        ("Planten", "Plants", "PLA", "plants"),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One product to be: its place in the range, its family and what sets it apart."""

    category: str
    sku: str
    number: int
    family: Family
    variant: Variant

    @property
    def picture(self) -> str:
        """The name of its picture, made of what is drawn."""
        drawn = (self.family.drawing.__name__, self.family.frame, sorted(self.variant.colors.items()), self.tint)
        return f"{pictures.FOLDER}{blake2b(repr(drawn).encode(), digest_size=10).hexdigest()}.webp"

    @property
    def tint(self) -> str:
        return TINTS[self.number % len(TINTS)]

    @property
    def stock(self) -> int:
        """Mostly plenty; now and then a few, or none."""
        if self.number % SOLD_OUT_EVERY == SOLD_OUT_EVERY - 1:
            return 0
        return 3 if self.number % SCARCE_EVERY == SCARCE_EVERY - 1 else 40 + self.number * 7 % 160


def load_demo_catalogue() -> None:
    """Make the demo catalogue, or what is missing of it. Takes about half a minute at first, then less than one."""
    items = list(_items(TREE))
    _draw({item.picture: item for item in items})
    with transaction.atomic():
        categories = dict(_categories(TREE, None))
        products = [_product(item, categories[item.category]) for item in items]
        Product.objects.bulk_create(products, ignore_conflicts=True)
        _hang_pictures(items)
        if not Synonyms.objects.exists():
            Synonyms.objects.bulk_create(Synonyms(words=words) for words in SYNONYMS)


def _items(branches: Iterable[Any], number: Iterator[int] | None = None) -> Iterator[Item]:
    numbers = number or itertools.count(1)
    for dutch, _english, *rest in branches:
        if len(rest) == 1:
            yield from _items(rest[0], numbers)
            continue
        prefix, file = rest
        variants = [(family, variant) for family in read_families(file) for variant in family.variants]
        for place, (family, variant) in enumerate(variants, start=1):
            yield Item(slugify(dutch), f"{prefix}-{1000 + place}", next(numbers), family, variant)


def _categories(branches: Iterable[Any], parent: Category | None) -> Iterator[tuple[str, Category]]:
    for position, (dutch, english, *rest) in enumerate(branches):
        facts = {"name_nl": dutch, "name_en": english, "position": position, "parent": parent}
        facts["is_electrical"] = dutch in ELECTRICAL
        category, _made = Category.objects.get_or_create(slug=slugify(dutch), defaults=facts)
        yield category.slug, category
        if len(rest) == 1:
            yield from _categories(rest[0], category)


def _product(item: Item, category: Category) -> Product:
    family, variant = item.family, item.variant
    digits = f"20{item.number:010d}"
    name = f"{family.dutch}, {variant.dutch}"
    return Product(
        sku=item.sku,
        ean=digits + ean.calc_check_digit(digits),
        category=category,
        brand=family.brand,
        name_nl=name,
        name_en=f"{family.english}, {variant.english}",
        slug=slugify(name),
        text_nl=family.text_nl,
        text_en=family.text_en,
        specifications=[*family.specifications, ["Uitvoering", "Version", variant.dutch, variant.english]],
        price=Decimal(family.price) + Decimal(variant.extra),
        vat_rate=family.vat_rate,
        energy_class=family.energy_class,
        delivery_days=family.delivery_days,
        stock=item.stock,
        picture=item.picture,
    )


def _hang_pictures(items: Iterable[Item]) -> None:
    bare = Product.objects.filter(sku__in=[item.sku for item in items], pictures=None)
    ProductPicture.objects.bulk_create(
        ProductPicture(product=product, file=product.picture, width=pictures.WIDEST, height=pictures.WIDEST)
        for product in bare
    )


def _draw(wanted: dict[str, Item]) -> None:
    """Draw and store the pictures that are not there yet, several at a time: Pillow lets other threads work."""
    missing = [item for name, item in wanted.items() if not pictures.is_whole(name)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(_draw_one, missing))


def _draw_one(item: Item) -> None:
    canvas = Canvas(item.tint)
    item.family.drawing(canvas, **item.variant.colors)
    pictures.store(item.picture, canvas.framed(pictures.WIDEST, *item.family.frame))
