"""Reading a company's list of employees: a CSV or XLSX file, or pasted text, of e-mail, name, staff number, cost centre
and amount.

Whatever is wrong is said where it stands, per row and field; nothing here writes, or asks the database anything.
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from onboarding.roster_addresses import read_addresses
from onboarding.roster_row import Row, row_of
from onboarding.roster_table import Line, UnreadableFile, find_table
from onboarding.roster_text import decode, header_separator, lines_of
from onboarding.spreadsheet import is_spreadsheet, read_sheets

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 10_000


def read_roster(content: bytes) -> list[Row]:
    """The rows of an Excel workbook or a CSV, known by what it holds and not by its name, with headers in Dutch or
    English.

    Refuses UnreadableFile: too large, another kind of file, damaged, no e-mail column, no rows, too many rows.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("This file is too large: at most 2 MB is allowed."))
    return _rows_in(read_sheets(content) if is_spreadsheet(content) else [lines_of(decode(content))])


def read_pasted(text: str) -> list[Row]:
    """The rows of pasted text: cells with a header, or nothing but addresses.

    Refuses UnreadableFile: too large, no rows, too many rows, cells without a header.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise UnreadableFile(_("This text is too large: at most 2 MB is allowed."))
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if header_separator(text):
        return _rows_in([lines_of(text)])
    if "\t" in text.strip():
        raise UnreadableFile(_("Copy the line with the names of the columns too, so that each cell is understood."))
    return _counted(read_addresses(text))


def _rows_in(tables: Iterable[Sequence[Line]]) -> list[Row]:
    table = find_table(tables)
    if len(table.lines) > MAX_ROWS:
        raise _too_many()
    return _counted([row_of(line, table) for line in table.lines])


def _counted(rows: list[Row]) -> list[Row]:
    if not rows:
        raise UnreadableFile(_("There are no employees in this list."))
    if len(rows) > MAX_ROWS:
        raise _too_many()
    return rows


def _too_many() -> UnreadableFile:
    return UnreadableFile(_("This list has more than %(most)d employees. Split it.") % {"most": MAX_ROWS})
