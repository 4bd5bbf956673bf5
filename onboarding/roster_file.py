"""Reading a company's list of employees, a CSV of e-mail, name, staff number, cost centre and amount.

Whatever is wrong is said where it stands, per row and field; nothing here writes.
"""

import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User
from thuiswerk.lib.money import read_amount
from thuiswerk.lib.spreadsheet import original, starts_like_formula

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 10_000
MAX_AMOUNT = Decimal("100000.00")
# What a column may be called, in small letters and without anything between them.
HEADERS = {
    "email": {"email", "emailadres", "mail", "mailadres", "werkmail", "werkemail", "workemail", "emailaddress"},
    "name": {"naam", "name", "volledigenaam", "fullname", "medewerker", "naammedewerker", "employee", "employeename"},
    "staff_number": {"personeelsnummer", "medewerkernummer", "staffnumber", "employeenumber", "nummer", "number"},
    "cost_centre": {"kostenplaats", "kostenplaatsnummer", "kpl", "costcentre", "costcenter"},
    "amount": {"bedrag", "tegoed", "amount", "credit", "budget"},
}
BETWEEN = re.compile(r"[\W_]+")
# The line by which Excel says what parts the cells.
SEPARATOR_LINE = re.compile(r'"?sep=[;,\t]"?\r?', re.IGNORECASE)
LENGTHS = {"email": 254, "name": 150, "staff_number": 30, "cost_centre": 30}
# Signatures of archives (a spreadsheet is one), old spreadsheets and PDF.
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
# How a spreadsheet's "Unicode text" begins.
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Thousands with a comma only beside a decimal point: `10,555` is more likely a slip than ten thousand euro.
SLIP = re.compile(r"[^.]*,\d{3}[^.]*")


class UnreadableFile(Exception):
    """The file as a whole cannot be read as a list of employees. Its text says why, for the coordinator."""


@dataclass
class Row:
    """A line of the file. `amount` is text with two decimals, or None for the portal's own; `errors` is per field."""

    line: int
    email: str
    name: str
    staff_number: str
    amount: str | None
    cost_centre: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Row":
        return cls(**stored)


def read_roster(content: bytes) -> list[Row]:
    """The rows of a CSV with headers in Dutch or English, separated by semicolons, commas or tabs.

    Refuses UnreadableFile: too large, not text, no e-mail column, no rows, too many rows, broken quoting.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("This file is too large: at most 2 MB is allowed."))
    lines = _table(_decode(content))
    header = lines[0][1]
    columns = _columns(header)
    rows = [_row(number, cells, columns, width=len(header)) for number, cells in lines[1:]]
    if not rows:
        raise UnreadableFile(_("This file has a header but no employees under it."))
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(_("This file has more than %(most)d employees. Split it.") % {"most": MAX_ROWS})
    return rows


def parse_amount(text: str) -> Decimal | None:
    """Euro as `read_amount` reads it. None where it is no amount or likely a slip."""
    return None if SLIP.fullmatch(text) else read_amount(text)


def _decode(content: bytes) -> str:
    if content.startswith(NOT_TEXT):
        raise UnreadableFile(_("This is not a CSV file. In your spreadsheet choose “Save as” and then CSV."))
    try:
        text = content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UnreadableFile(_("This file holds characters that are not text. Save it as CSV (UTF-8) and try again."))
    return text


def _table(text: str) -> list[tuple[int, list[str]]]:
    """The lines that are not empty, each with its number in the file."""
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(";,\t", key=first.count)
    if SEPARATOR_LINE.fullmatch(first):
        text = text.replace(first, "", 1)  # An empty line stays, so that the others keep their numbers.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %(line)d cannot be read: a quotation mark is missing or out of place.") % {"line": reader.line_num}
        ) from error
    filled = [(number, cells) for number, cells in lines if any(cells)]
    if not filled:
        raise UnreadableFile(_("This file is empty."))
    return filled


def _columns(header: list[str]) -> dict[str, int]:
    """Where each field stands. Columns that nobody knows are left alone."""
    found = {}
    for position, title in enumerate(header):
        for name, titles in HEADERS.items():
            if BETWEEN.sub("", title.lower()) in titles and name not in found:
                found[name] = position
    if "email" not in found:
        raise UnreadableFile(
            _(
                "No column “e-mail” was found. The first line must name the columns: e-mail, name, staff number, "
                "cost centre, amount."
            )
        )
    return found


def _row(line: int, cells: list[str], columns: dict[str, int], *, width: int) -> Row:
    written = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    values = {name: original(cell) for name, cell in written.items()}
    row = Row(
        line=line,
        email=User.objects.normalize_email(values["email"]),
        name=values.get("name", ""),
        staff_number=values.get("staff_number", ""),
        amount=values.get("amount") or None,
        cost_centre=values.get("cost_centre", ""),
    )
    _check_texts(row, formulas={name for name, cell in written.items() if starts_like_formula(cell)})
    _check_amount(row)
    if any(cells[width:]):  # `250,50` without quotation marks, parted by commas: the cents would get lost.
        row.errors["amount"] = _("This line has more cells than the header. Put an amount between quotation marks.")
    return row


def _check_texts(row: Row, *, formulas: set[str]) -> None:
    for name, most in LENGTHS.items():
        value = getattr(row, name)
        if len(value) > most:
            row.errors[name] = _("This is longer than %(most)d characters.") % {"most": most}
        elif name in formulas:
            row.errors[name] = _("This begins like a formula of a spreadsheet.")
        elif not value.isprintable():
            row.errors[name] = _("This holds characters that cannot be printed.")
    if "email" not in row.errors:
        try:
            validate_email(row.email)
        except ValidationError:
            row.errors["email"] = _("This is not an e-mail address.") if row.email else _("The e-mail is missing.")


def _check_amount(row: Row) -> None:
    if row.amount is None:
        return
    amount = parse_amount(row.amount)
    if amount is None:
        row.errors["amount"] = _("This is not an amount; write it as 250,00.")
    elif amount > MAX_AMOUNT:
        row.errors["amount"] = _("This is more than € 100.000 for one employee.")
    else:
        row.amount = f"{amount:.2f}"
