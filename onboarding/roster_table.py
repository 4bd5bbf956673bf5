"""Where the columns of a list of employees stand: lines with numbered cells, and the header among the first of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

HEADER_WITHIN = 20  # lines: what stands above the header is a title or a date
# What a column may be called, in small letters and without anything between them.
HEADERS = {
    "email": {
        *("email", "emailadres", "mail", "mailadres", "werkmail", "werkemail", "zakelijkemail", "emailwerk"),
        *("werkemailadres", "zakelijkemailadres", "workemail", "emailaddress", "workemailaddress", "businessemail"),
    },
    "name": {"naam", "name", "volledigenaam", "fullname", "medewerker", "naammedewerker", "employee", "employeename"},
    "first_name": {"voornaam", "roepnaam", "firstname", "givenname"},
    "infix": {"tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels", "infix", "nameprefix"},
    "last_name": {"achternaam", "familienaam", "lastname", "surname", "familyname"},
    "staff_number": {
        *("personeelsnummer", "personeelsnr", "medewerkernummer", "medewerkernr", "nummer"),
        *("staffnumber", "employeenumber", "employeeid", "staffid", "number"),
    },
    "cost_centre": {"kostenplaats", "kostenplaatsnummer", "kpl", "costcentre", "costcenter"},
    "amount": {"bedrag", "tegoed", "amount", "credit", "budget"},
}
BETWEEN = re.compile(r"[\W_]+")


class UnreadableFile(Exception):
    """The list as a whole cannot be read as a list of employees. Its text says why, for who handed it over."""


@dataclass
class Line:
    """A line that is not empty, with its number in the file. `faults` says by position which cells cannot be used."""

    number: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)


@dataclass
class Table:
    """The lines under a header, where each field stands in them, and how many cells the header has."""

    columns: dict[str, int]
    width: int
    lines: Sequence[Line]


def find_table(tables: Iterable[Sequence[Line]]) -> Table:
    """The first of `tables` that has a header, from there on. Refuses UnreadableFile where none has one."""
    is_empty = True
    for lines in tables:
        for index, line in enumerate(lines[:HEADER_WITHIN]):
            columns = columns_of(line.cells)
            if "email" in columns:
                return Table(columns, len(line.cells), lines[index + 1 :])
        is_empty = is_empty and not lines
    if is_empty:
        raise UnreadableFile(_("This file is empty."))
    raise UnreadableFile(
        _(
            "No column “e-mail” was found. The line above the employees must name the columns: e-mail, name, staff "
            "number, cost centre, amount."
        )
    )


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Where each field stands. Columns that nobody knows are left alone."""
    found: dict[str, int] = {}
    for position, title in enumerate(header):
        plain = BETWEEN.sub("", title.lower()) if len(title) < 60 else ""
        for name, titles in HEADERS.items():
            if plain in titles and name not in found:
                found[name] = position
    return found
