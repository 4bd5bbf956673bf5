"""Lists of employees as spreadsheets write them, and as they go wrong."""

from decimal import Decimal

import pytest

from onboarding.roster_file import read_roster
from onboarding.roster_row import parse_amount
from onboarding.roster_table import UnreadableFile
from thuiswerk.lib.spreadsheet import csv_of

DUTCH = "e-mail;naam;personeelsnummer;bedrag\n"


def cells(row):
    return (row.email, row.name, row.staff_number, row.amount)


@pytest.mark.parametrize(
    "content",
    [
        "e-mail;naam;personeelsnummer;bedrag\nBob@Acme.example;Zoë de Vries;7;1.234,50\n".encode(),
        b"\xef\xbb\xbf" + "E-mail;Naam;Personeelsnummer;Tegoed\r\nbob@acme.example;Zoë de Vries;7;1234,5\r\n".encode(),
        'email,name,staff number,amount\nbob@acme.example,Zoë de Vries,7,"1,234.50"\n'.encode("cp1252"),
        "bedrag\tnaam\twerkmail\tnummer\tafdeling\n€ 1.234,50\tZoë de Vries\tbob@acme.example\t7\tHR\n".encode(),
        '\n\ne-mail;naam;personeelsnummer;bedrag\n\n;;;\nbob@acme.example;"Zoë de Vries";7; 1.234,50 \n'.encode(),
        b"\xef\xbb\xbf" + f"sep=;\r\n{DUTCH}bob@acme.example;Zoë de Vries;7;1.234,50\r\n".encode(),
        "e-mail\tnaam\tpersoneelsnummer\tbedrag\r\nbob@acme.example\tZoë de Vries\t7\t1.234,50\r\n".encode("utf-16"),
        b"\xfe\xff" + f"{DUTCH}bob@acme.example;Zoë de Vries;7;1.234,50\n".encode("utf-16-be"),
        'SEP=,\nbedrag,"e-mail; privé",werkmail,naam,nummer\n"1.234,5",x,bob@acme.example,Zoë de Vries,7\n'.encode(),
    ],
    ids=[
        "dutch",
        "bom",
        "english-cp1252",
        "tabs-other-order",
        "empty-lines",
        "excel-separator",
        "unicode-text",
        "utf-16-be",
        "other-separator",
    ],
)
def test_list_is_read_however_it_was_saved(content):
    assert [cells(row) for row in read_roster(content)] == [("bob@acme.example", "Zoë de Vries", "7", "1234.50")]


@pytest.mark.parametrize(
    "header",
    [
        "E-mail adres;Naam medewerker;Personeelsnummer;Bedrag",
        "E-mailadres;Volledige naam;Personeels-nummer;Tegoed",
        "EMAIL;NAAM;PERSONEELSNUMMER;BEDRAG (€)",
        "e_mail;naam;medewerker nummer; Tegoed ",
        "Work e-mail;Full name;Staff number;Credit",
        "E\N{NO-BREAK SPACE}mail;Employee;Employee-number;Amount",
    ],
)
def test_header_is_read_however_it_is_written(header):
    assert [cells(row) for row in read_roster(f"{header}\nbob@acme.example;Bob;7;5".encode())] == [
        ("bob@acme.example", "Bob", "7", "5.00")
    ]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250", "250"),
        ("250,-", "250"),
        ("€ 1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.000", "1000"),
        ("0,5", "0.5"),
        ("12.50", "12.50"),
        ("1.234.567,89", "1234567.89"),
    ],
)
def test_amount_is_read_as_people_write_it(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "-5", "veel", "1e9", "NaN", "12,345.67.8", "1,2,3", "٣", "10,555", "Infinity"])
def test_what_is_no_amount_is_none(text):
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("geen-adres;Bob;7;10", "email"),
        (";Bob;7;10", "email"),
        ("bob@acme.example;=HYPERLINK(1);7;10", "name"),
        ("bob@acme.example;Bob;@SUM(1);10", "staff_number"),
        ("bob@acme.example;Bob;\u200b＝1;10", "staff_number"),
        ("bob@acme.example;Bob;7;-5", "amount"),
        ("bob@acme.example;Bob;7;veel", "amount"),
        ("bob@acme.example;Bob;7;100000,01", "amount"),
        (f"bob@acme.example;{'B' * 151};7;10", "name"),
        (f"bob@acme.example;Bob;{'7' * 31};10", "staff_number"),
        (f"{'b' * 250}@acme.example;Bob;7;10", "email"),
        ("bob@acme.example;Bo\x1bb;7;10", "name"),
    ],
)
def test_mistake_is_told_at_its_field(line, field):
    (row,) = read_roster((DUTCH + line).encode())

    assert list(row.errors) == [field]


@pytest.mark.parametrize("title", ["kostenplaats", "Cost centre", "cost center", "KPL"])
def test_cost_centre_is_read(title):
    (row,) = read_roster(f"e-mail;{title}\nbob@acme.example;K200\n".encode())

    assert (row.cost_centre, row.errors) == ("K200", {})


def test_header_is_found_under_a_title_with_other_separators():
    rows = read_roster(b"Lijst, van Acme, versie 3\n\nDatum:;1-11-2026\nE-mail;Naam\nbob@acme.example;Bob, de\n")

    assert [(row.line, row.email, row.name) for row in rows] == [(5, "bob@acme.example", "Bob, de")]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ZoÃ«", "‘Zoë’"),
        ("CafÃ©-Ã\N{EN DASH}x", "‘Café-Öx’"),
        ("Jos\N{REPLACEMENT CHARACTER}", "verloren gegaan"),
        ("Zoë Müller-Łukasz", ""),
        ("São Ã", ""),
    ],
)
def test_name_that_was_read_wrongly_before_is_warned_about(name, told):
    content = f"e-mail;naam\nbob@acme.example;{name}\n".encode()

    (row,) = read_roster(content)

    assert told in row.warnings.get("name", "")
    assert (bool(row.warnings), row.errors) == (bool(told), {})


@pytest.mark.parametrize("name", ["Bob\N{RIGHT-TO-LEFT OVERRIDE}", "Bo\N{ZERO WIDTH SPACE}b"])
def test_letters_that_hide_something_are_refused(name):
    (row,) = read_roster(f"e-mail;naam\nbob@acme.example;{name}\n".encode())

    assert row.errors == {"name": "Hierin staan tekens die niet afgedrukt kunnen worden."}


def test_list_that_we_wrote_is_read_as_it_was_meant():
    header = ["e-mail", "naam", "personeelsnummer", "bedrag"]
    people = [["bob@acme.example", "-Bob", "=7", Decimal("1250.50")], ["eva@acme.example", "'t Hart, Eva", "8", None]]

    rows = read_roster(csv_of(header, people))

    assert [(row.name, row.staff_number, row.amount, row.errors) for row in rows] == [
        ("-Bob", "=7", "1250.50", {}),
        ("'t Hart, Eva", "8", None, {}),
    ]


@pytest.mark.parametrize(
    ("line", "told"), [("bob@acme.example,Bob,7,250,50", True), ("bob@acme.example,Bob,7,250,,", False)]
)
def test_cells_beyond_the_header_are_told_and_empty_ones_are_not(line, told):
    row = read_roster(f"e-mail,naam,personeelsnummer,bedrag\n{line}\n".encode())[0]

    assert ("amount" in row.errors) is told


def test_line_numbers_are_those_of_the_file():
    rows = read_roster((DUTCH + "\na@acme.example;A;;\nb@acme.example;B;;\n").encode())

    assert [(row.line, row.amount) for row in rows] == [(3, None), (4, None)]


def test_line_numbers_count_the_line_with_the_separator():
    (row,) = read_roster(f"sep=;\n{DUTCH}a@acme.example;A;;\n".encode())

    assert row.line == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is leeg"),
        (b"\n\n", "is leeg"),
        (DUTCH.encode(), "geen deelnemers"),
        (b"naam;bedrag\nBob;10\n", "geen kolom ‘e-mail’"),
        (b"\x81\x8d\x8f" + DUTCH.encode(), "onbekende codering"),
        (b"\xff\xfe\0\0" + DUTCH.encode("utf-32-le"), "onbekende codering"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "ander soort bestand"),
        (b"<html><table><tr><td>e-mail</td></tr></table>", "webpagina"),
        (DUTCH.encode("utf-16-le"), "geen tekst"),
        (DUTCH.encode("utf-16") + b"\n", "geen tekst"),
        (DUTCH.encode() + b"bob@acme.example;B\0b;7;10", "geen tekst"),
        (DUTCH.encode() + b'bob@acme.example;"Bob;7;10\n', "aanhalingsteken"),
        (DUTCH.encode() + b"bob@acme.example;Bob;7;10\n" + b"\n" * (2 * 1024 * 1024), "te groot"),
        (DUTCH.encode() + b"a@b.nl;;;\n" * 10_001, "meer dan 10000"),
        (DUTCH.encode() + b"a@b.nl;" + b"x" * 200_000, "niet te lezen"),
    ],
    ids=[
        "empty",
        "blank",
        "header-only",
        "no-mail",
        "no-encoding",
        "utf-32",
        "png",
        "html",
        "no-bom",
        "half-utf16",
        "nul",
        "quote",
        "2mb",
        "rows",
        "field",
    ],
)
def test_unreadable_file_is_refused_with_what_is_wrong(content, told):
    with pytest.raises(UnreadableFile, match=told):
        read_roster(content)
