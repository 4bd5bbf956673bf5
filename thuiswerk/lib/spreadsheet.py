"""CSV for people who open it in a spreadsheet. Whatever writes CSV writes it here.

- As Dutch Excel reads it with a double click: UTF-8 with its mark, `;` between cells, a comma before the decimals.
- A text that would be read as a formula, also behind spaces, invisible characters or in full width, gets an apostrophe
  in front (OWASP, CSV injection; `=cmd|...` of DDE is one of them). `original` takes it away again, and no other.
- Numbers and dates stay what they are: `-12,50`, `2026-10-05`, `2026-10-05 14:03:00` (Amsterdam).
"""

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import takewhile

from django.utils.translation import gettext as _

from thuiswerk.lib.periods import AMSTERDAM

SEPARATOR = ";"
_MARK = "'"
# U+2212 is the minus sign of typesetters; wide and small variants become the plain ones by NFKC.
_OPENERS = frozenset("=+-@|\N{MINUS SIGN}")
_BREAKS = "\t\r\n"


def csv_of(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A file with `header` and `rows`."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATOR)
    writer.writerow([harmless(title) for title in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    return _MARK + text if starts_like_formula(text.lstrip(_MARK)) else text


def original(cell: str) -> str:
    """The text that `harmless` made `cell` of."""
    return cell[1:] if cell.startswith(_MARK) and starts_like_formula(cell.lstrip(_MARK)) else cell


def starts_like_formula(text: str) -> bool:
    """Whether a spreadsheet could take `text` for more than text."""
    before = "".join(takewhile(_is_overlooked, text))
    first = text[len(before) : len(before) + 1]
    return any(character in _BREAKS for character in before) or unicodedata.normalize("NFKC", first)[:1] in _OPENERS


def _is_overlooked(character: str) -> bool:
    """Spaces, control characters, and those that show nothing."""
    return unicodedata.category(character)[0] in "ZC"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, int | dt.date):
        return str(value)
    return harmless(str(value))
