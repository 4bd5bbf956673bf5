"""A small studio: shapes with depth on a soft background, drawn with Pillow at twice the size and then made smaller.

Coordinates run from 0 to 1000 on both sides, whatever the size of the picture. Colours are `#rrggbb`. A shape is
painted inside its own box only, so a picture of forty shapes takes a tenth of a second.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw, ImageFilter

Point = tuple[float, float]
DRAWN = 1440
SOFT = 200


def mix(color: str, other: str, share: float) -> str:
    """`color` with `share` (0 to 1) of `other` in it."""
    pairs = zip(ImageColor.getrgb(color), ImageColor.getrgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lighter(color: str, share: float) -> str:
    return mix(color, "#ffffff", share)


def darker(color: str, share: float) -> str:
    return mix(color, "#0b1220", share)


def curve(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """A smooth line through all points (Catmull-Rom)."""
    count = len(points)
    found: list[Point] = []
    for i in range(count if closed else count - 1):
        around = [points[(i + k) % count if closed else min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2)]
        found += [(_between(around, 0, step / steps), _between(around, 1, step / steps)) for step in range(steps)]
    return found if closed else [*found, points[-1]]


def _between(around: Sequence[Point], axis: int, t: float) -> float:
    a, b, c, d = (point[axis] for point in around)
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def turned(points: Sequence[Point], degrees: float, centre: Point) -> list[Point]:
    """The points turned clockwise around `centre`."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    x, y = centre
    return [(x + (px - x) * cosine - (py - y) * sine, y + (px - x) * sine + (py - y) * cosine) for px, py in points]


def rounded(x: float, y: float, width: float, height: float, radius: float) -> list[Point]:
    """The outline of a rectangle with round corners, for shapes that are turned."""
    corners = [(x + width - radius, y + radius, -90), (x + width - radius, y + height - radius, 0)]
    corners += [(x + radius, y + height - radius, 90), (x + radius, y + radius, 180)]
    return [
        (
            cx + radius * math.cos(math.radians(start + step * 18)),
            cy + radius * math.sin(math.radians(start + step * 18)),
        )
        for cx, cy, start in corners
        for step in range(6)
    ]


class Canvas:
    """A picture in the making."""

    def __init__(self, tint: str) -> None:
        self.image = _backdrop(tint).copy()

    def polygon(self, points: Sequence[Point], fill: str, to: str | None = None, *, across: bool = False) -> None:
        """A filled shape, its colour running `to` another downwards, or `across` from left to right."""
        self._paint(points, fill, to, across, lambda draw, moved: draw.polygon(moved, fill=255))

    def blob(self, points: Sequence[Point], fill: str, to: str | None = None, *, across: bool = False) -> None:
        """A shape with a smooth outline through the points."""
        self.polygon(curve(points), fill, to, across=across)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, to: str | None = None, *,
        radius: float = 0, across: bool = False,
    ) -> None:  # fmt: skip
        """A rectangle with round corners."""
        corners = [(x, y), (x + width, y + height)]
        scaled = radius * DRAWN / 1000
        self._paint(
            corners, fill, to, across, lambda draw, moved: draw.rounded_rectangle(moved, radius=scaled, fill=255)
        )

    def oval(
        self, centre: Point, across_x: float, across_y: float, fill: str, to: str | None = None, *, across: bool = False
    ) -> None:
        """An ellipse by its two radii."""
        x, y = centre
        corners = [(x - across_x, y - across_y), (x + across_x, y + across_y)]
        self._paint(corners, fill, to, across, lambda draw, moved: draw.ellipse(moved, fill=255))

    def line(self, points: Sequence[Point], width: float, fill: str, to: str | None = None) -> None:
        """A line with round ends and joints."""
        half = width * DRAWN / 2000

        def stroke(draw: ImageDraw.ImageDraw, moved: list[Point]) -> None:
            draw.line(moved, fill=255, width=round(half * 2), joint="curve")
            for x, y in moved:
                draw.ellipse([x - half, y - half, x + half, y + half], fill=255)

        self._paint(points, fill, to, False, stroke, margin=width)

    def shadow(self, centre: Point, across_x: float, across_y: float, strength: float = 0.35) -> None:
        """The soft shadow of something that stands or hangs at `centre`."""
        x, y = centre
        self._soften(
            lambda draw, unit: draw.ellipse(
                [(x - across_x) * unit, (y - across_y) * unit, (x + across_x) * unit, (y + across_y) * unit],
                fill=round(255 * strength),
            ),
            "#1b2433",
            blur=max(2.0, across_y * 0.11),
        )

    def shade(self, points: Sequence[Point], strength: float = 0.25, blur: float = 4) -> None:
        """The soft shadow of a shape on what is behind it."""
        self._soften(
            lambda draw, unit: draw.polygon([(x * unit, y * unit) for x, y in points], fill=round(255 * strength)),
            "#101826",
            blur=blur,
        )

    def glow(self, centre: Point, radius: float, color: str, strength: float) -> None:
        """Light around `centre`."""
        size = round(radius * 2 * DRAWN / 1000)
        corner = (round((centre[0] - radius) * DRAWN / 1000), round((centre[1] - radius) * DRAWN / 1000))
        self.image.paste(Image.new("RGB", (size, size), color), corner, _fading(strength).resize((size, size)))

    def framed(self, side: int, left: float = 0, top: float = 0, width: float = 1000) -> Image.Image:
        """The finished picture, `side` pixels wide and high, of the square that begins at `left` and `top`."""
        scale = DRAWN / 1000
        left, top = min(left, 1000 - width), min(top, 1000 - width)
        square = (left * scale, top * scale, (left + width) * scale, (top + width) * scale)
        return self.image.resize((side, side), Image.Resampling.LANCZOS, box=square, reducing_gap=2.0)

    def _paint(
        self,
        points: Sequence[Point],
        fill: str,
        to: str | None,
        across: bool,
        stroke: Callable[[ImageDraw.ImageDraw, list[Point]], None],
        margin: float = 0,
    ) -> None:
        scale = DRAWN / 1000
        xs, ys = [x * scale for x, _ in points], [y * scale for _, y in points]
        extra = margin * scale + 2
        left, top = math.floor(min(xs) - extra), math.floor(min(ys) - extra)
        size = (math.ceil(max(xs) + extra) - left, math.ceil(max(ys) + extra) - top)
        mask = Image.new("L", size, 0)
        stroke(ImageDraw.Draw(mask), [(x - left, y - top) for x, y in zip(xs, ys, strict=True)])
        self.image.paste(_ramp(size, fill, to, across), (left, top), mask)

    def _soften(self, stroke: Callable[[ImageDraw.ImageDraw, float], None], color: str, *, blur: float) -> None:
        mask = Image.new("L", (SOFT, SOFT), 0)
        stroke(ImageDraw.Draw(mask), SOFT / 1000)
        mask = mask.filter(ImageFilter.GaussianBlur(blur))
        if box := mask.getbbox():
            left, top, right, bottom = (round(side * DRAWN / SOFT) for side in box)
            spread = mask.crop(box).resize((right - left, bottom - top), Image.Resampling.BICUBIC)
            self.image.paste(color, (left, top, right, bottom), spread)


@lru_cache(maxsize=8)
def _backdrop(tint: str) -> Image.Image:
    """A wall that runs into the floor, with light in the middle; at a quarter of the size, for it is soft."""
    side = DRAWN // 4
    ramp = Image.linear_gradient("L").resize((side, side))
    wall, floor = (Image.new("RGB", ramp.size, lighter(tint, share)) for share in (0.86, 0.72))
    image = Image.composite(floor, wall, ramp)
    size = round(side * 1.24)
    place = (round(side * -0.12), round(side * -0.19))
    image.paste(Image.new("RGB", (size, size), "#ffffff"), place, _fading(0.75).resize((size, size)))
    return image.resize((DRAWN, DRAWN), Image.Resampling.BICUBIC)


def _fading(strength: float) -> Image.Image:
    """A round spot that fades to nothing at its edge."""
    return Image.radial_gradient("L").point(lambda value: max(0, 1 - value / 180) ** 2 * 255 * strength)


def _ramp(size: tuple[int, int], fill: str, to: str | None, across: bool) -> Image.Image:
    start = Image.new("RGB", size, fill)
    if to is None:
        return start
    ramp = Image.linear_gradient("L")
    if across:
        ramp = ramp.transpose(Image.Transpose.ROTATE_90)
    return Image.composite(Image.new("RGB", size, to), start, ramp.resize(size))
