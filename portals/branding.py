"""The portal's look: the stylesheet that carries its colour, in shades that can be read.

Whatever colour a company picks, the text on it is black or white, and where the colour is text itself, its hue is made
darker or lighter only as far as WCAG 2.2 asks (success criterion 1.4.3: a contrast of 4.5 to 1).
"""

import hashlib
from collections import Counter
from functools import lru_cache
from typing import cast

from django.db.models.fields.files import FieldFile
from PIL import Image

from thuiswerk.lib.colour import contrast, text_on

READABLE = 4.5
# The least favourable page colours of the light and of the dark theme that brand text stands on.
LIGHT_PAGE = "#f0f0f0"
DARK_PAGE = "#2b2d31"
# The most room that a logo has in the header, in CSS pixels.
LOGO_WIDTH, LOGO_HEIGHT = 176, 40


def readable(color: str, page: str) -> str:
    """`color`, moved towards black or white only as far as text in it needs to be read on `page`."""
    end = text_on(page)
    shades = (_mix(color, end, step) for step in range(101))
    return next((shade for shade in shades if contrast(shade, page) >= READABLE), end)


@lru_cache(maxsize=1000)
def stylesheet(color: str) -> str:
    """The stylesheet of a portal with this brand colour: only tokens, for the light and the dark theme."""
    light, dark = readable(color, LIGHT_PAGE), readable(color, DARK_PAGE)
    return (
        "@layer brand {\n"
        "  :root {\n"
        f"    --brand: {color};\n"
        f"    --on-brand: {text_on(color)};\n"
        f"    --brand-text: light-dark({light}, {dark});\n"
        "  }\n"
        "}\n"
    )


@lru_cache(maxsize=1000)
def stylesheet_hash(color: str) -> str:
    """What stands in the address of the stylesheet, so that browsers may keep it for ever."""
    return hashlib.sha256(stylesheet(color).encode()).hexdigest()[:12]


def logo_size(width: int | None, height: int | None) -> tuple[int, int]:
    """Width and height in CSS pixels at which a logo of so many pixels fits the header; it is never enlarged.
    Nobody knows of how many: all the room there is."""
    if not width or not height:
        return LOGO_WIDTH, LOGO_HEIGHT
    scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height, 1)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def shades(color: str) -> dict[str, str]:
    """What the back office shows of a brand colour: itself, the text on it, and itself as text by day and by night."""
    return {
        "color": color,
        "on_color": text_on(color),
        "by_day": readable(color, LIGHT_PAGE),
        "by_night": readable(color, DARK_PAGE),
    }


def propose_color(logo: FieldFile) -> str | None:
    """The colour that is most of `logo`, greys and near-white aside; None for one without colour or unreadable."""
    try:
        with logo.open() as file, Image.open(file) as picture:
            small = picture.convert("RGBA").resize((48, 48))
    except (OSError, ValueError):
        return None
    counts: Counter[tuple[int, int, int]] = Counter()
    pixels = cast("tuple[tuple[int, int, int, int], ...]", small.get_flattened_data())
    for red, green, blue, alpha in pixels:
        if alpha > 200 and max(red, green, blue) - min(red, green, blue) > 40:
            counts[red // 16 * 16, green // 16 * 16, blue // 16 * 16] += 1
    return "#{:02x}{:02x}{:02x}".format(*counts.most_common(1)[0][0]) if counts else None


def _mix(color: str, end: str, percent: int) -> str:
    """`color` with `percent` of it replaced by `end`."""
    pairs = ((int(color[i : i + 2], 16), int(end[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{a + round((b - a) * percent / 100):02x}" for a, b in pairs)
