"""What the bundled fonts can print. A character that they lack would come from whatever font a machine happens to have:
the same document would be other bytes there, and PDF/A asks for a glyph of each character (ISO 19005-3, 6.2.11.8)."""

import unicodedata
from functools import cache

from django.conf import settings
from fontTools.ttLib import TTFont

FONTS = settings.BASE_DIR / "static" / "fonts"
UNKNOWN = "?"
LAYOUT = "\n\t"
# Presentation of the character before them: text or emoji, and variants of ideographs.
SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def printable(text: str) -> str:
    """`text` in composed form (NFC), without what cannot be seen, such as controls and marks of direction, and with
    UNKNOWN for each character that the fonts lack."""
    known = _characters()
    seen = (character for character in unicodedata.normalize("NFC", text) if character in known or _is_seen(character))
    return "".join(character if character in known else UNKNOWN for character in seen)


def _is_seen(character: str) -> bool:
    return character not in SELECTORS and unicodedata.category(character) not in UNSEEN


@cache
def _characters() -> frozenset[str]:
    """Those of every font that a document may use, in each of its weights."""
    maps = [TTFont(path).getBestCmap() for path in sorted(FONTS.glob("*.ttf"))]
    common = set(maps[0]).intersection(*maps[1:])
    return frozenset(char for char in map(chr, common) if unicodedata.category(char) not in UNSEEN) | set(LAYOUT)
