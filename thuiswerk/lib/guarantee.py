"""The official picture of the notice of the legal guarantee, where the operator put it.

Regulation (EU) 2025/1960 fixes the notice to the letter, and the Commission hands it out as a picture per language. It
may not be drawn anew, so an operator puts the pictures with the data; pages have the same words without them.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image, UnidentifiedImageError


class UnreadableNotice(Exception):
    """The picture of a language is there and is no PNG."""


@dataclass(frozen=True)
class Notice:
    """The static file `path`, `width` by `height` px."""

    path: str
    width: int
    height: int


@lru_cache
def official_notice(language: str) -> Notice | None:
    """The picture in `language`, None where the operator put none. Refuses UnreadableNotice."""
    file = Path(settings.GUARANTEE_DIR) / f"{language}.png"
    if not file.is_file():
        return None
    try:
        with Image.open(file, formats=["PNG"]) as picture:
            return Notice(f"guarantee/{file.name}", *picture.size)
    except (UnidentifiedImageError, OSError) as error:
        raise UnreadableNotice(str(file)) from error
