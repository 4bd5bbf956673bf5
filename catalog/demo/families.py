"""How the demo range is written down: a file of `range/` for each category, with families of one model whose variants
differ in colour or size."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from catalog.models import VatRate

RANGE = Path(__file__).parent / "range"
# The names that the files may use for a colour, or for the two colours of the landscape on a screen.
PALETTE: dict[object, object] = {
    "oak": "#c89b6a",
    "walnut": "#7b5238",
    "white": "#eceae5",
    "black": "#2b2f36",
    "grey": "#6b7380",
    "sand": "#d8cdb8",
    "silver": "#c3c8d0",
    "blue": "#4a6f96",
    "green": "#4d8271",
    "terracotta": "#bd6848",
    "plum": "#7a5472",
    "petrol": "#2f6b73",
    "lake": ("#6aa5d8", "#274b78"),
    "dusk": ("#f0a36a", "#8a3b4a"),
    "forest": ("#9cc9a4", "#2f5d50"),
    "dune": ("#e6c79c", "#7a5a3a"),
}


@dataclass(frozen=True)
class Variant:
    """One product of a family: what is put behind the name, and what it costs on top of the family's price (euro)."""

    dutch: str
    english: str
    colors: dict[str, Any]
    extra: str = "0"


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
    specifications: Sequence[Sequence[str]]
    variants: Sequence[Variant]
    frame: tuple[float, ...]
    vat_rate: VatRate
    energy_class: str = ""
    delivery_days: int = 1


def read_families(name: str) -> list[Family]:
    """The families of `range/<name>.toml`."""
    with (RANGE / f"{name}.toml").open("rb") as file:
        return [_family(**row) for row in tomllib.load(file)["family"]]


def _family(
    *,
    drawing: str,
    variants: list[dict[str, Any]],
    frame: Sequence[float] = (0, 0, 1000),
    vat_rate: str = "STANDARD",
    **rest: Any,
) -> Family:
    return Family(
        drawing=import_string(f"{__package__}.{drawing}"),
        variants=[_variant(**row) for row in variants],
        frame=tuple(frame),
        vat_rate=VatRate[vat_rate],
        **rest,
    )


def _variant(*, colors: dict[str, Any], **rest: Any) -> Variant:
    return Variant(colors={part: PALETTE.get(color, color) for part, color in colors.items()}, **rest)
