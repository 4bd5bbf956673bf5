"""Draws what the demo's companies look like: a logo of a mark with the name, and a header picture of soft hills."""

import math
import random
from io import BytesIO
from typing import Protocol

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from catalog.demo.canvas import curve, darker, lighter, mix
from portals.images import clean_image

SCALE = 2
LOGO_HEIGHT = 120
HEADER = (1600, 480)
HILLS = 5


class Branded(Protocol):
    """Whose picture it is."""

    @property
    def company(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def color(self) -> str: ...


def logo(part: Branded) -> "ContentFile[bytes]":
    """The company's mark and name on nothing, so that it stands on light paper."""
    height = LOGO_HEIGHT * SCALE
    font = ImageFont.truetype(settings.BASE_DIR / "static/fonts/Inter-SemiBold.ttf", round(height * 0.62))
    width = round(height * 1.25 + font.getlength(part.company) + height * 0.1)
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    MARKS.get(part.slug, _gable)(draw, part.color, height)
    draw.text((height * 1.2, height / 2), part.company, font=font, fill=darker(part.color, 0.45), anchor="lm")
    return _cleaned(picture.resize((width // SCALE, LOGO_HEIGHT), Image.Resampling.LANCZOS))


def header(part: Branded) -> "ContentFile[bytes]":
    """Hills in the company's colour under a morning sky."""
    width, height = HEADER
    chance = random.Random(part.slug)  # noqa: S311
    picture = _sky(part.color, width, height)
    sun_x, sun_y = width * chance.uniform(0.62, 0.8), height * 0.34
    glow = Image.new("RGBA", HEADER, (255, 255, 255, 0))
    ImageDraw.Draw(glow).circle((sun_x, sun_y), height * 0.16, fill=(255, 250, 235, 235))
    picture.paste(glow, mask=glow.filter(ImageFilter.GaussianBlur(2)))
    draw = ImageDraw.Draw(picture)
    for layer in range(HILLS):
        depth = layer / (HILLS - 1)
        base = height * (0.5 + 0.4 * depth)
        swing = height * (0.16 - 0.08 * depth)
        crest = [
            (
                x,
                base
                + swing * math.sin(x / width * math.tau * (1 + 0.4 * layer) + chance.uniform(-0.4, 0.4) + layer * 2),
            )
            for x in range(-200, width + 401, 200)
        ]
        shade = mix(lighter(part.color, 0.62), darker(part.color, 0.22), depth)
        draw.polygon([*curve(crest, closed=False), (width + 400, height), (-200, height)], fill=shade)
    return _cleaned(picture.convert("RGB"))


def _sky(color: str, width: int, height: int) -> Image.Image:
    column = Image.new("RGB", (1, height))
    top, horizon = lighter(color, 0.72), "#fdf3e3"
    for y in range(height):
        share = min(1.0, y / (height * 0.75))
        column.putpixel((0, y), _rgb(mix(top, horizon, share)))
    return column.resize((width, height)).convert("RGBA")


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _peak(draw: ImageDraw.ImageDraw, color: str, size: int) -> None:
    draw.polygon([(0.06 * size, 0.88 * size), (0.45 * size, 0.1 * size), (0.84 * size, 0.88 * size)], fill=color)
    draw.polygon(
        [(0.5 * size, 0.88 * size), (0.72 * size, 0.44 * size), (0.96 * size, 0.88 * size)], fill=lighter(color, 0.45)
    )


def _globe(draw: ImageDraw.ImageDraw, color: str, size: int) -> None:
    middle = (0.5 * size, 0.5 * size)
    draw.circle(middle, 0.42 * size, fill=color)
    draw.ellipse((0.3 * size, 0.08 * size, 0.7 * size, 0.92 * size), outline="#ffffff", width=size // 24)
    draw.line((0.08 * size, 0.5 * size, 0.92 * size, 0.5 * size), fill="#ffffff", width=size // 24)


def _squares(draw: ImageDraw.ImageDraw, color: str, size: int) -> None:
    for column, row, tint in ((0, 0, 0.0), (1, 0, 0.4), (0, 1, 0.55), (1, 1, 0.15)):
        x, y = size * (0.1 + 0.42 * column), size * (0.1 + 0.42 * row)
        draw.rounded_rectangle((x, y, x + 0.37 * size, y + 0.37 * size), size * 0.08, fill=lighter(color, tint))


def _umbrella(draw: ImageDraw.ImageDraw, color: str, size: int) -> None:
    draw.pieslice((0.06 * size, 0.12 * size, 0.94 * size, 1.0 * size), 180, 360, fill=color)
    draw.line((0.5 * size, 0.5 * size, 0.5 * size, 0.82 * size), fill=darker(color, 0.4), width=size // 18)
    draw.arc((0.36 * size, 0.74 * size, 0.53 * size, 0.92 * size), 0, 180, fill=darker(color, 0.4), width=size // 18)


def _gable(draw: ImageDraw.ImageDraw, color: str, size: int) -> None:
    draw.polygon([(0.1 * size, 0.46 * size), (0.5 * size, 0.1 * size), (0.9 * size, 0.46 * size)], fill=color)
    for column, tint in enumerate((0.0, 0.35, 0.55)):
        x = size * (0.14 + 0.26 * column)
        draw.rectangle((x, 0.52 * size, x + 0.2 * size, 0.9 * size), fill=lighter(color, tint))


MARKS = {"acme": _peak, "globex": _globe, "initech": _squares, "umbrella": _umbrella}


def _cleaned(picture: Image.Image) -> "ContentFile[bytes]":
    """The picture as an upload of it would be kept."""
    content = BytesIO()
    picture.save(content, "PNG")
    return clean_image(ContentFile(content.getvalue(), name="drawn.png"))
