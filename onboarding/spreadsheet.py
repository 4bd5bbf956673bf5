"""The sheets of an Excel workbook as lines of text, numbers as people write them. Nothing in it is run or computed."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from onboarding.roster_table import Line
from onboarding.spreadsheet_cells import Part, look_at
from onboarding.spreadsheet_file import damaged, is_spreadsheet, pack, unpack

__all__ = ["is_spreadsheet", "read_sheets"]

Value = str | float | bool | dt.date | dt.time | dt.timedelta
WORKBOOK, PLACES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def read_sheets(content: bytes) -> Iterator[list[Line]]:
    """The lines that are not empty of each sheet that is not hidden, in their order. Refuses UnreadableFile."""
    parts = unpack(content)
    told = {name: look_at(xml) for name, xml in parts.items()}
    if PLACES not in told:
        raise damaged()
    try:
        book = load_workbook(pack(parts))
        del parts
        places = _places(told[WORKBOOK], told[PLACES])
        for name in _shown(book):
            yield _lines(book.get_sheet_by_name(name).to_python(skip_empty_area=False), told[places[name]])
    except (CalamineError, KeyError) as error:
        raise damaged() from error


def _shown(book: CalamineWorkbook) -> list[str]:
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _places(workbook: Part, relations: Part) -> dict[str, str]:
    """By the name of each sheet the name of its part."""
    targets = {key: target.removeprefix("/") for key, target in relations.places.items()}
    full = {key: target if target.startswith("xl/") else f"xl/{target}" for key, target in targets.items()}
    return {name: full.get(key, "") for name, key in workbook.sheets}


def _lines(rows: list[list[Value]], part: Part) -> list[Line]:
    lines = []
    for index, values in enumerate(rows):
        faults = {column: _("This is a date; make it a cell with text.") for column in _dates(values)}
        faults |= dict.fromkeys(part.failures.get(index, ()), _("This cell shows an error of the spreadsheet."))
        faults |= dict.fromkeys(part.formulas.get(index, ()), _("This is a formula; paste its value."))
        cells = [text_of(value) for value in values]
        if faults or any(cells):
            lines.append(Line(index + 1, cells, faults))
    return lines


def _dates(values: list[Value]) -> list[int]:
    return [at for at, value in enumerate(values) if isinstance(value, dt.date | dt.time | dt.timedelta)]


def text_of(value: Value) -> str:
    """A cell as somebody would have typed it: `1002`, `250,5`. Fifteen digits are what Excel itself keeps and shows."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return f"{Decimal(f'{value:.15g}'):f}".replace(".", ",")
    return str(value)
