"""Product pictures: AVIF and WebP in three widths, under names made of their content that a browser may keep for ever.

A picture goes by the name of its widest WebP, `products/<content>.webp`; its other files stand beside it. Keeping a
picture again makes what is missing of it.
"""

import itertools
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from PIL import Image

FOLDER = "products/"
WIDTHS = (320, 640, 1280)
WIDEST = max(WIDTHS)
# The encoder and its settings by kind of file. AVIF at speed 8 takes a third of a second for all widths.
KINDS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 84, "method": 2},
}


def sized(name: str, width: int, kind: str = "webp") -> str:
    """The name, or the address, of the picture `name` in another width and kind; nothing for no picture."""
    middle = "" if width == WIDEST else f".{width}"
    return f"{name.removesuffix('.webp')}{middle}.{kind}" if name else ""


def small(name: str) -> str:
    """The name of the narrowest WebP of the picture `name`."""
    return sized(name, min(WIDTHS))


def srcset(address: str, kind: str, shown: int = WIDEST) -> str:
    """The widths of the picture at `address` for a `srcset`. `shown`: how wide its widest file is, in px."""
    return ", ".join(f"{sized(address, width, kind)} {min(width, shown)}w" for width in _needed(shown))


def keep(upload: "File[bytes]") -> tuple[str, int, int]:
    """Keep a picture that was checked before; returns its name, width and height in px."""
    upload.seek(0)
    picture = Image.open(upload)
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    name = f"{FOLDER}{sha256(repr(ground.size).encode() + ground.tobytes()).hexdigest()[:20]}.webp"
    store(name, ground)
    return name, *_fitting(ground, WIDEST).size


def exists(name: str) -> bool:
    """Whether `name` is a file of a product picture; false for whatever points outside their folder."""
    parts = name.split("/")
    inside = name.startswith(FOLDER) and name.endswith(tuple(f".{kind}" for kind in KINDS))
    apart = {"", ".", ".."}.isdisjoint(parts) and "\\" not in name and "\0" not in name
    return inside and apart and default_storage.exists(name)


def content_type(name: str) -> str:
    return f"image/{name.rpartition('.')[2]}"


def is_whole(name: str) -> bool:
    """Whether all files of the picture `name` are there."""
    return all(exists(file) for file in _files(name))


def store(name: str, picture: Image.Image) -> None:
    """Keep `picture` under `name` in all widths and kinds. The same name always means the same picture."""
    for width, kind in itertools.product(WIDTHS, KINDS):
        file = sized(name, width, kind)
        if not default_storage.exists(file):
            encoded = BytesIO()
            _fitting(picture, width).save(encoded, **KINDS[kind])
            default_storage.save(file, ContentFile(encoded.getvalue()))


def mend(name: str) -> None:
    """Make the files of the picture `name` that are missing, from its widest WebP."""
    with default_storage.open(name) as file, Image.open(file) as picture:
        store(name, picture.convert("RGB"))


def _fitting(picture: Image.Image, width: int) -> Image.Image:
    """`picture` at most `width` px wide; never made larger."""
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _files(name: str) -> list[str]:
    return [sized(name, width, kind) for width, kind in itertools.product(WIDTHS, KINDS)]


def _needed(shown: int) -> list[int]:
    """The widths that differ for a picture of `shown` px."""
    return [width for below, width in itertools.pairwise((0, *WIDTHS)) if below < shown]
