"""How the demo range is written down: a family is one model, its variants differ in colour or size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.models import VatRate


@dataclass(frozen=True)
class Variant:
    """One product of a family: what is put behind the name, and what it costs on top of the family's price (euro)."""

    dutch: str
    english: str
    extra: str
    colors: dict[str, Any]


@dataclass(frozen=True)
class Family:
    """One model of an invented brand. `price` in euro incl. VAT; a specification is label and value, Dutch first."""

    brand: str
    dutch: str
    english: str
    price: str
    drawing: Callable[..., None]
    text_nl: str
    text_en: str
    specifications: Sequence[tuple[str, str, str, str]]
    variants: Sequence[Variant]
    frame: tuple[float, float, float] = (0, 0, 1000)
    vat_rate: Decimal = field(default=VatRate.STANDARD)


OAK, WALNUT, WHITE, BLACK, GREY, SAND, SILVER = (
    "#c89b6a", "#7b5238", "#eceae5", "#2b2f36", "#6b7380", "#d8cdb8", "#c3c8d0",
)  # fmt: skip
BLUE, GREEN, TERRACOTTA, PLUM, PETROL = "#4a6f96", "#4d8271", "#bd6848", "#7a5472", "#2f6b73"
