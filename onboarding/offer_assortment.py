"""The example assortment: the chosen categories with real products, as a PDF to look through."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import BooleanField, ExpressionWrapper, Q, Window
from django.db.models.functions import RowNumber
from django.utils import translation
from PIL import Image, UnidentifiedImageError

from billing.documents import render_pdf
from catalog import pictures
from catalog.models import Category, Product
from onboarding.call_notes import lead_figures
from onboarding.models import Lead
from thuiswerk.lib.periods import amsterdam_date

TEMPLATE = "onboarding/assortment.html"
SHOWN = 8
WIDTH = 640
# What has no picture or no stock comes last.
LACKING = ExpressionWrapper(Q(picture="") | Q(stock=0), output_field=BooleanField())

# The first product of every category below, then the second of each, so that the examples are not all of one kind.
TURN = Window(RowNumber(), partition_by="category", order_by=[LACKING.asc(), "name_nl", "pk"])


@dataclass(frozen=True)
class Card:
    """A product as it is shown; `picture` is its address in the document, empty where there is none."""

    name: str
    brand: str
    price: Decimal
    alt: str
    picture: str


@dataclass(frozen=True)
class Shelf:
    """A chosen category: how many products it has for sale, and the first of them."""

    name: str
    count: int
    cards: list[Card]


def assortment_pdf(lead: Lead, *, now: dt.datetime, language: str) -> bytes:
    """The example assortment of what this company chose, in `language`."""
    figures, kept = lead_figures(lead), dict[str, bytes]()
    with translation.override(language):
        shelves = [_shelf(category, kept) for category in chosen(figures.categories)]
    context = {
        "company": lead.company_name,
        "contact": lead.contact_name,
        "figures": figures,
        "shelves": [shelf for shelf in shelves if shelf.cards],
        "made_on": amsterdam_date(now),
        "seller": settings.OPERATOR,
    }
    return render_pdf(TEMPLATE, context, language=language, pictures=kept)


def chosen(categories: list[Category]) -> list[Category]:
    """The chosen categories by the order of the tree, without those that lie below another chosen one."""
    paths = [category.path for category in categories]
    tops = (c for c in categories if not any(c.path != path and c.path.startswith(path) for path in paths))
    return sorted(tops, key=lambda category: (category.position, category.name_nl, category.pk))


def has_products(categories: list[Category]) -> bool:
    """Whether anything in these categories is for sale."""
    inside = Q(pk__in=[])
    for category in categories:
        inside |= Q(category__path__startswith=category.path)
    return Product.objects.filter(inside, is_active=True).exists()


def _shelf(category: Category, kept: dict[str, bytes]) -> Shelf:
    for_sale = Product.objects.filter(category__path__startswith=category.path, is_active=True)
    ranked = for_sale.annotate(lacking=LACKING, turn=TURN).order_by("lacking", "turn", "name_nl", "pk")
    shown = ranked.prefetch_related("pictures")[:SHOWN]
    return Shelf(category.name, for_sale.count(), list(_cards(shown, kept)))


def _cards(products: Iterable[Product], kept: dict[str, bytes]) -> Iterator[Card]:
    for product in products:
        picture = _jpeg(product.picture)
        if picture:
            kept[str(product.pk)] = picture
        first = next(iter(product.pictures.all()), None)
        alt = (first.alt if first else "") or product.name
        yield Card(product.name, product.brand, product.price, alt, f"picture:{product.pk}" if picture else "")


def _jpeg(name: str) -> bytes:
    """The picture `name` as a document may hold it; nothing where there is none or its file is lost."""
    if not name:
        return b""
    made = BytesIO()
    try:
        with default_storage.open(pictures.sized(name, WIDTH)) as file, Image.open(file) as picture:
            small = picture.convert("RGB")
            small.thumbnail((WIDTH, WIDTH))
            small.save(made, format="JPEG", quality=82, optimize=True)
    except (OSError, UnidentifiedImageError):
        return b""
    return made.getvalue()
