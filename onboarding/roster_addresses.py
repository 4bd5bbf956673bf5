"""Addresses as people paste them: one a line, parted by commas, semicolons or spaces, with names as mail programs copy
them. Whatever is no address becomes a row that says so, so that nobody gets lost."""

import re
from collections.abc import Iterator

from onboarding.roster_row import Row, check_row, email_of

IN_BRACKETS = re.compile(r"<([^<>]*)>")
LAST_ADDRESS = re.compile(r".*[^\s,;]*@[^\s,;]*", re.DOTALL)
AROUND = " \t,;\"'"


def read_addresses(text: str) -> list[Row]:
    """A row for each address in `text`, with the name in front of it where there is one."""
    found = [
        Row(line=number, email=email_of(address), name=name)
        for number, line in enumerate(text.splitlines(), start=1)
        for name, address in _addresses_in(line)
    ]
    for row in found:
        check_row(row)
    return found


def _addresses_in(line: str) -> Iterator[tuple[str, str]]:
    """The names and addresses of a line: `Name <address>` first, as a name may hold a comma."""
    start = 0
    for match in IN_BRACKETS.finditer(line):
        before = line[start : match.start()]
        others = LAST_ADDRESS.match(before)
        if others:
            # Some programs write the address for the name too.
            yield from (other for other in _bare(others[0]) if other[1].lower() != match[1].lower())
        yield before[others.end() if others else 0 :].strip(AROUND), match[1]
        start = match.end()
    yield from _bare(line[start:])


def _bare(text: str) -> Iterator[tuple[str, str]]:
    """Addresses without brackets. `Bob de Vries bob@acme.nl` has a name, as it begins with a capital."""
    for part in re.split(r"[,;]", text):
        words = part.split()
        named = words[:-1]
        if named and "@" in words[-1] and named[0].strip(AROUND)[:1].isupper() and not any("@" in w for w in named):
            yield " ".join(named).strip(AROUND), words[-1]
        else:
            yield from (("", word.strip(AROUND)) for word in words if word.strip(AROUND))
