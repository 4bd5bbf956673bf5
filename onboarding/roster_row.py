"""A line of a list of employees: its fields, and whatever is wrong with each of them. Nothing here reads the roster."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User
from onboarding.roster_table import Line, Table
from thuiswerk.lib.money import read_amount
from thuiswerk.lib.spreadsheet import original, starts_like_formula

MAX_AMOUNT = Decimal("100000.00")
LENGTHS = {"email": 254, "name": 150, "staff_number": 30, "cost_centre": 30}
NAME_PARTS = ("first_name", "infix", "last_name")
# Thousands with a comma only beside a decimal point: `10,555` is more likely a slip than ten thousand euro.
SLIP = re.compile(r"[^.]*,\d{3}[^.]*")
TOO_FINE = re.compile(r"[0-9]+,[0-9]{3,}")
SPACES = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}]")
MAILTO = re.compile(r"mailto:", re.IGNORECASE)


@dataclass
class Row:
    """A line of the list. `amount` is text with two decimals, or None for the portal's own; `errors` and `warnings` are
    per field, and a warning does not keep the row out."""

    line: int
    email: str
    name: str = ""
    staff_number: str = ""
    amount: str | None = None
    cost_centre: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Row":
        return cls(**stored)


def row_of(line: Line, table: Table) -> Row:
    """The fields of a line, each with what is wrong with it."""
    written = {name: line.cells[at] if at < len(line.cells) else "" for name, at in table.columns.items()}
    values = {name: SPACES.sub(" ", original(cell)) for name, cell in written.items()}
    row = Row(
        line=line.number,
        email=email_of(values["email"]),
        name=values.get("name") or " ".join(filter(None, (values.get(part) for part in NAME_PARTS))),
        staff_number=values.get("staff_number", ""),
        amount=values.get("amount") or None,
        cost_centre=values.get("cost_centre", ""),
    )
    faults = {name: line.faults[at] for name, at in table.columns.items() if at in line.faults}
    for name, cell in written.items():
        if name != "amount" and starts_like_formula(cell):
            faults.setdefault(name, _("This begins like a formula of a spreadsheet."))
    row.errors = {"name" if name in NAME_PARTS else name: fault for name, fault in faults.items()}
    check_row(row)
    if any(line.cells[table.width :]):  # `250,50` without quotation marks, parted by commas: the cents would get lost.
        row.errors["amount"] = _("This line has more cells than the header. Put an amount between quotation marks.")
    return row


def email_of(text: str) -> str:
    """An address as it is kept, without what a mail program may have put in front."""
    return User.objects.normalize_email(MAILTO.sub("", text.strip(), count=1))


def check_row(row: Row) -> None:
    """Add what is wrong with the fields of `row`, and write its amount with two decimals."""
    for name in LENGTHS:
        fault = _fault_of(getattr(row, name), LENGTHS[name])
        if fault:
            row.errors.setdefault(name, fault)
        elif told := _loss_of(getattr(row, name)):
            row.warnings[name] = told
    if "email" not in row.errors:
        try:
            validate_email(row.email)
        except ValidationError:
            row.errors["email"] = _("This is not an e-mail address.") if row.email else _("The e-mail is missing.")
    if row.amount is not None and "amount" not in row.errors:
        _check_amount(row, row.amount)


def parse_amount(text: str) -> Decimal | None:
    """Euro as `read_amount` reads it. None where it is no amount or likely a slip."""
    return None if SLIP.fullmatch(text) else read_amount(text)


def _fault_of(value: str, most: int) -> str:
    if len(value) > most:
        return _("This is longer than %(most)d characters.") % {"most": most}
    return "" if value.isprintable() else _("This holds characters that cannot be printed.")


def _loss_of(value: str) -> str:
    """What an earlier program made of letters with accents: `ZoÃ«`, or a sign that stands for a letter that is lost."""
    if value.isascii():
        return ""
    if "\N{REPLACEMENT CHARACTER}" in value:
        return _("A letter of this got lost when the list was saved. Save it anew as CSV (UTF-8) or as .xlsx.")
    try:
        meant = value.encode("cp1252").decode()
    except UnicodeError:
        return ""
    return _("This probably should be “%(meant)s”. Save the list anew as CSV (UTF-8) or as .xlsx.") % {"meant": meant}


def _check_amount(row: Row, written: str) -> None:
    amount = parse_amount(written)
    if amount is None and TOO_FINE.fullmatch(written):
        row.errors["amount"] = _("An amount has at most two decimals; write it as 250,00.")
    elif amount is None:
        row.errors["amount"] = _("This is not an amount; write it as 250,00.")
    elif amount > MAX_AMOUNT:
        row.errors["amount"] = _("This is more than € 100.000 for one employee.")
    else:
        row.amount = f"{amount:.2f}"
