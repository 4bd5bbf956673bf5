"""A list of employees as text: its encoding, and its lines by the separator that its header uses."""

import codecs
import csv
import io
import re

from django.utils.translation import gettext as _

from onboarding.roster_table import HEADER_WITHIN, Line, UnreadableFile, columns_of

SEPARATORS = ";,\t"
# The line by which Excel says what parts the cells.
SEPARATOR_LINE = re.compile(r'"?sep=[;,\t]"?\r?', re.IGNORECASE)
# How a spreadsheet's "Unicode text" begins, and what nothing but a mistake writes.
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# Signatures of PDF, pictures, RTF and other archives.
NOT_A_LIST = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype|\?xml|html|table|meta|head)\b", re.IGNORECASE)


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or the encoding of western Windows. Refuses UnreadableFile."""
    if content.startswith(NOT_A_LIST):
        raise UnreadableFile(_("This is no list but another kind of file. Hand over an Excel workbook (.xlsx) or CSV."))
    if MARKUP.match(content):
        raise UnreadableFile(
            _("This is a web page or XML, whatever its name says. Open it in Excel and save it as .xlsx.")
        )
    text = _text_of(content)
    if "\0" in text:
        raise UnreadableFile(_("This file holds characters that are not text. Save it as CSV (UTF-8) and try again."))
    return text


def lines_of(text: str) -> list[Line]:
    """The lines that are not empty. Refuses UnreadableFile where quotation marks do not match."""
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    if SEPARATOR_LINE.fullmatch(first):
        text = text.replace(first, "", 1)  # An empty line stays, so that the others keep their numbers.
    else:
        separator = header_separator(text) or separator
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [Line(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)]
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %(line)d cannot be read: a quotation mark is missing or out of place.") % {"line": reader.line_num}
        ) from error
    return [line for line in lines if any(line.cells)]


def header_separator(text: str) -> str:
    """What parts the columns of the header; nothing where there is no header."""
    beginning = text[: HEADER_WITHIN * 2000]
    lines = [line for line in beginning.splitlines() if line.strip(' \t;,"')]
    for line in lines[:HEADER_WITHIN]:
        for separator in sorted(SEPARATORS, key=line.count, reverse=True):
            if "email" in columns_of([cell.strip(' "') for cell in line.split(separator)]):
                return separator
    return ""


def _text_of(content: bytes) -> str:
    unknown = _("The encoding of this file is unknown. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx).")
    if content.startswith(UTF_32):
        raise UnreadableFile(unknown)
    try:
        return content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith(UTF_16) or b"\0" in content:
            told = _("This file holds characters that are not text. Save it as CSV (UTF-8) and try again.")
            raise UnreadableFile(told) from error
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise UnreadableFile(unknown) from error
