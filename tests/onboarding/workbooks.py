"""Excel workbooks for the tests: as Excel writes them, and as nobody should."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"
ROWS = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
PEOPLE = (("e-mail", "naam"), ("bob@acme.example", "Bob"))


def workbook(*rows: Sequence[object], **sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook with these rows on its first sheet, and others by their names."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def with_parts(content: bytes, **parts: bytes | str) -> bytes:
    """`content` with other parts, by the keys `sheet`, `strings`, or their names."""
    names = {"sheet": SHEET, "strings": "xl/sharedStrings.xml", "workbook": "xl/workbook.xml"}
    return zipped(parts_of(content) | {names.get(key, key): part for key, part in parts.items()})


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def with_rows(xml: str) -> bytes:
    """A workbook whose only sheet has these rows in XML."""
    return with_parts(workbook(), sheet=ROWS.format(xml))


def lying(content: bytes, name: str, shown: bytes, hidden: int) -> bytes:
    """`content` with a part that unpacks to so many bytes more than its zip says, in both places where that stands."""
    parts = parts_of(content) | {name: shown + b" " * hidden}
    honest = zipped(parts)
    wrong = struct.pack("<L", zlib.crc32(parts[name])), struct.pack("<L", len(parts[name]))
    right = struct.pack("<L", zlib.crc32(shown)), struct.pack("<L", len(shown))
    assert honest.count(wrong[0]) == honest.count(wrong[1]) == 2
    return honest.replace(wrong[0], right[0]).replace(wrong[1], right[1])
