"""Numbers as Dutch and English readers type them, whatever language they read.

One rule: a point or comma with exactly three digits behind it groups thousands ("1.000" and "1,000" are 1000), unless
nothing but a zero stands before it ("0,125"); any other begins the decimals ("1.00" and "1,0" are 1). Beside groups of
the one, the other begins the decimals: "1.000,125", "1,000.5".
"""

import re
from decimal import Decimal

_DUTCH = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_ENGLISH = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_UNGROUPED = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_NEEDLESS_ZEROS = re.compile(r"^0+(?=[0-9])")


def read_number(text: str) -> Decimal | None:
    """The number that somebody typed, zero or more. None where it is none."""
    plain = _NEEDLESS_ZEROS.sub("", text.strip())
    if _ENGLISH.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    if _DUTCH.fullmatch(plain):
        return Decimal(plain.replace(".", "").replace(",", "."))
    return Decimal(plain.replace(",", ".")) if _UNGROUPED.fullmatch(plain) else None
