"""What the XML of a workbook tells and its reader does not: which cells are formulas or errors, how far the cells
reach, and where each sheet is kept.

Every part passes here before the reader sees it: without a DTD, so without entities, and as UTF-8 whatever it says of
itself, so that both read the same.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError  # only the exception; defusedxml parses

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from onboarding.roster_table import UnreadableFile
from onboarding.spreadsheet_file import damaged, too_much

MOST_CELLS = 1_000_000  # of the rectangle around all that is filled in, which the reader keeps in memory
MOST_FAULTS = 200_000
PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ROW_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


@dataclass
class Part:
    """What one part of a workbook tells: `formulas` and `failures` by row, both counted from nothing; the sheets as
    (name, key) and the place of what has a key."""

    formulas: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    failures: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    sheets: list[tuple[str, str]] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)


def look_at(xml: bytes) -> Part:
    """What a part tells. Refuses UnreadableFile: no XML, with a DTD, or with cells too far away."""
    reader = _Reader()
    parser = DefusedXMLParser(target=reader, encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(xml)
        parser.close()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise damaged() from error
    return reader.part


class _Reader:
    """Follows the elements of a part, and keeps where it is."""

    def __init__(self) -> None:
        self.part = Part()
        self.row, self.column, self.last_row, self.last_column = -1, -1, 0, 0
        self.faults = 0
        self.is_in_cell = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self._enter_cell(attributes)
        elif name in ("v", "is", "f") and self.is_in_cell:
            self._fill(is_formula=name == "f")
        elif name == "row":
            self._enter_row(attributes.get("r"))
        elif name == "sheet":
            keys = (value for key, value in attributes.items() if key.endswith("}id"))
            self.part.sheets.append((attributes.get("name", ""), next(keys, "")))
        elif name == "Relationship":
            self.part.places[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, tag: str) -> None:
        if tag.rpartition("}")[2] == "c":
            self.is_in_cell = False

    def close(self) -> None:
        """The parser asks for this at the end."""

    def _enter_row(self, number: str | None) -> None:
        if number is not None and not ROW_NUMBER.fullmatch(number):
            raise damaged()
        self.row = self.row + 1 if number is None else int(number) - 1
        self.column = -1

    def _enter_cell(self, attributes: dict[str, str]) -> None:
        self.is_in_cell = True
        self.column += 1
        if place := attributes.get("r"):
            self.row, self.column = _place_of(place)
        if attributes.get("t") == "e":
            self.part.failures[self.row].add(self.column)
            self._count_fault()

    def _fill(self, *, is_formula: bool) -> None:
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
        if (self.last_row + 1) * (self.last_column + 1) > MOST_CELLS:
            raise too_much()
        if is_formula:
            self.part.formulas[self.row].add(self.column)
            self._count_fault()

    def _count_fault(self) -> None:
        self.faults += 1
        if self.faults > MOST_FAULTS:
            raise UnreadableFile(_("This workbook is full of formulas. Copy the list and paste only its values."))


def _place_of(place: str) -> tuple[int, int]:
    """Row and column of a place such as `B7`, both counted from nothing."""
    match = PLACE.fullmatch(place)
    if match is None:
        raise damaged()
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
