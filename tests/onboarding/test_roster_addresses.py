"""Addresses as they are pasted from mail programs and spreadsheets."""

import pytest

from onboarding.roster_file import read_pasted
from onboarding.roster_table import UnreadableFile


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("a@b.nl\nc@d.nl\n\n", [("", "a@b.nl"), ("", "c@d.nl")]),
        ("A@B.nl, c@d.nl;e@f.nl  g@h.nl\r\n", [("", "a@b.nl"), ("", "c@d.nl"), ("", "e@f.nl"), ("", "g@h.nl")]),
        ("Bob de Vries <bob@acme.nl>", [("Bob de Vries", "bob@acme.nl")]),
        ('"Vries, Bob de" <bob@acme.nl>, <a@b.nl>', [("Vries, Bob de", "bob@acme.nl"), ("", "a@b.nl")]),
        ("Vries, Bob de <bob@acme.nl>; Ek, Eve <e@f.nl>;", [("Vries, Bob de", "bob@acme.nl"), ("Ek, Eve", "e@f.nl")]),
        ("a@b.nl, Bob <c@d.nl> e@f.nl", [("", "a@b.nl"), ("Bob", "c@d.nl"), ("", "e@f.nl")]),
        ("Bob de Vries bob@acme.nl", [("Bob de Vries", "bob@acme.nl")]),
        ("Bob <mailto:bob@acme.nl>", [("Bob", "bob@acme.nl")]),
        ("'bob@acme.nl' <bob@acme.nl>", [("", "bob@acme.nl")]),
    ],
)
def test_addresses_are_read_as_mail_programs_copy_them(text, people):
    rows = read_pasted(text)

    assert [(row.name, row.email) for row in rows] == people
    assert [row.errors for row in rows] == [{}] * len(people)


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("jan.acme.nl, c@d.nl", ["jan.acme.nl", "c@d.nl"]),
        ("jan.acme.nl c@d.nl", ["jan.acme.nl", "c@d.nl"]),
        ("<>, c@d.nl", ["", "c@d.nl"]),
        ("Bob <bob@@acme.nl>\nc@d.nl", ["bob@@acme.nl", "c@d.nl"]),
        ("b\0b@acme.nl\nc@d.nl", ["b\N{REPLACEMENT CHARACTER}b@acme.nl", "c@d.nl"]),
    ],
)
def test_what_is_no_address_is_told_and_not_lost(text, emails):
    rows = read_pasted(text)

    assert [row.email for row in rows] == emails
    assert [list(row.errors) for row in rows] == [["email"], []]


def test_line_is_that_of_the_text():
    assert [row.line for row in read_pasted("a@b.nl\n\nc@d.nl e@f.nl")] == [1, 3, 3]


def test_cells_are_read_by_the_header_above_them():
    rows = read_pasted("Naam\tE-mail\tTegoed\r\nBob de Vries\tbob@acme.nl\t1.250,50\r\nEve\teve@acme.nl\t\r\n")

    assert [(row.line, row.name, row.email, row.amount) for row in rows] == [
        (2, "Bob de Vries", "bob@acme.nl", "1250.50"),
        (3, "Eve", "eve@acme.nl", None),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bob\tbob@acme.nl\t7\nEve\teve@acme.nl\t8", "Kopieer ook de regel met de namen"),
        ("", "geen deelnemers"),
        (" ,;\n", "geen deelnemers"),
        ("e-mail\tnaam\n", "geen deelnemers"),
        ("a@b.nl\n" * 10_001, "meer dan 10000"),
        ("a" * (2 * 1024 * 1024 + 1), "te groot"),
    ],
    ids=["no-header", "empty", "nothing", "header", "rows", "2mb"],
)
def test_unreadable_text_is_refused(text, told):
    with pytest.raises(UnreadableFile, match=told):
        read_pasted(text)
