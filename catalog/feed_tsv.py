"""A product feed as a table with tabs, in UTF-8 or UTF-16, line by line: memory holds one line of it."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.feed_faults import MAX_ROW_BYTES, UnreadableFeed, no_product, too_long
from catalog.feed_file import in_utf8
from catalog.feed_row import Fields, RefusedRow

REQUIRED_COLUMNS = frozenset({"id", "title", "price", "availability"})


def read_tsv(file: BinaryIO) -> Iterator[tuple[int, Fields | RefusedRow]]:
    """The fields of each line with its number. Refuses UnreadableFeed."""
    file = in_utf8(file)
    names = [_name(cell) for cell in _cells(_line(file, 1).lstrip("\ufeff"))]
    if missing := REQUIRED_COLUMNS - set(names):
        text = _("The first line does not name these columns: %(missing)s.")
        raise UnreadableFeed(text % {"missing": ", ".join(sorted(missing))})
    number, short = 1, False
    while line := _line(file, number + 1):
        number += 1
        if not line.strip():
            continue
        cells = _cells(line)
        short = len(cells) < len(names)
        if short:
            yield number, RefusedRow(number, cells[0], _("This line has fewer columns than the first one."))
        elif any(cells[len(names) :]):
            yield number, RefusedRow(number, cells[0], _("This line has more columns than the first one."))
        else:
            yield number, {name: [cell] for name, cell in zip(names, cells, strict=False) if cell}
    if short:
        raise UnreadableFeed(_("The file is cut off: its last line is not whole."))
    if number == 1:
        raise no_product()


def _name(cell: str) -> str:
    """The name of a column, without its parts: `certification(certification_authority:certification_name:…)`."""
    return cell.lower().partition("(")[0].strip().removeprefix("g:").replace(" ", "_")


def _line(file: BinaryIO, number: int) -> str:
    """The next line without its end; nothing at the end of the file."""
    raw = file.readline(MAX_ROW_BYTES + 1)
    if len(raw) > MAX_ROW_BYTES:
        raise too_long()
    if raw and not raw.endswith(b"\n"):
        raise UnreadableFeed(_("The file is cut off: its last line does not end."))
    try:
        return raw.decode().rstrip("\n").rstrip("\r") or (" " if raw else "")
    except UnicodeDecodeError as error:
        text = _("Line %(number)d is not UTF-8. Save the file with that encoding.")
        raise UnreadableFeed(text % {"number": number}) from error


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split("\t")]
    return [cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]
