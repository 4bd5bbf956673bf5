"""What the cells of an Excel workbook come to in a list of employees."""

import datetime as dt

import openpyxl
import pytest

from onboarding.roster_file import read_roster
from onboarding.roster_table import UnreadableFile
from onboarding.spreadsheet import text_of
from tests.onboarding.workbooks import PEOPLE, saved, text_cell, with_parts, with_rows, workbook

HEADER = ("E-mail", "Naam", "Personeelsnummer", "Bedrag")


def row_of(*cells):
    (row,) = read_roster(workbook(HEADER, cells))
    return row


def test_workbook_is_read_with_what_stands_above_its_header():
    rows = read_roster(
        workbook(
            ["Medewerkers van Acme"],
            [],
            ["Bijgewerkt:", dt.date(2026, 11, 1)],
            ["Nr.", "Voornaam", "Tussenvoegsel", "Achternaam", "Werk e-mail", "Kostenplaats"],
            [1, "Bob", "de", "Vries", "Bob@Acme.example", "K200"],
            [],
            [2, "Zoë", None, "Jansen", "zoe@acme.example", 300],
        )
    )

    assert [(row.line, row.email, row.name, row.cost_centre, row.amount, row.errors) for row in rows] == [
        (5, "bob@acme.example", "Bob de Vries", "K200", None, {}),
        (7, "zoe@acme.example", "Zoë Jansen", "300", None, {}),
    ]


def test_header_further_down_is_not_looked_for():
    with pytest.raises(UnreadableFile, match="geen kolom ‘e-mail’"):
        read_roster(workbook(*([f"regel {n}"] for n in range(20)), *PEOPLE))


def test_first_sheet_with_a_header_counts_and_hidden_ones_do_not():
    book = openpyxl.Workbook()
    book.active.append(["Toelichting"])
    for name, state in (("verborgen", "hidden"), ("heel", "veryHidden"), ("lijst", "visible"), ("oud", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["e-mail"])
        sheet.append([f"{name}@acme.example"])
    book.create_chartsheet("grafiek")

    assert [row.email for row in read_roster(saved(book))] == ["lijst@acme.example"]


@pytest.mark.parametrize(
    ("value", "number"), [(1002, "1002"), (1002.0, "1002"), ("0012", "0012"), (12.5, "12,5"), (10**15, "1" + "0" * 15)]
)
def test_staff_number_is_what_the_cell_shows(value, number):
    assert row_of("bob@acme.example", "Bob", value).staff_number == number


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (250, "250.00"),
        (250.5, "250.50"),
        (0.1 + 0.2, "0.30"),
        (1234.56, "1234.56"),
        ("1.234,5", "1234.50"),
        (0, "0.00"),
    ],
)
def test_amount_is_exact(value, amount):
    row = row_of("bob@acme.example", "Bob", None, value)

    assert (row.amount, row.errors) == (amount, {})


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (10.555, "hoogstens twee decimalen"),
        (1234.567, "hoogstens twee decimalen"),
        (-5, "geen bedrag"),
        (1e20, "meer dan € 100.000"),
        (dt.date(2026, 1, 2), "datum"),
        (dt.time(3, 4), "datum"),
        (True, "geen bedrag"),
        ("=100+150", "formule"),
        ("#N/A", "fout van het rekenblad"),
    ],
)
def test_what_is_no_amount_is_told(value, told):
    row = row_of("bob@acme.example", "Bob", 7, value)

    assert list(row.errors) == ["amount"]
    assert told in row.errors["amount"]


def test_formula_is_told_even_where_its_value_is_there():
    cells = text_cell("A1", "e-mail") + text_cell("B1", "naam")
    formulas = (
        '<c r="A2" t="str"><f>B2</f><v>bob@acme.example</v></c><c r="B2" t="str"><f t="shared" si="0"/><v>B</v></c>'
    )

    (row,) = read_roster(with_rows(f'<row r="1">{cells}</row><row r="2">{formulas}</row>'))

    assert row.errors == {"email": "Dit is een formule; plak de waarde.", "name": "Dit is een formule; plak de waarde."}


def test_formula_without_a_value_is_no_empty_row_and_one_beside_the_list_is_let_be():
    rows = read_roster(workbook((*HEADER, "leeftijd"), ["=B2"], ["bob@acme.example", "Bob", 7, 5, "=1+1"]))

    assert [list(row.errors) for row in rows] == [["email"], []]


def test_formula_in_cells_without_places_is_found_all_the_same():
    header = '<c t="inlineStr"><is><t>naam</t></is></c><c t="inlineStr"><is><t>e-mail</t></is></c>'
    person = '<c t="inlineStr"><is><t>Bob</t></is></c><c t="str"><f>A1</f><v>bob@acme.example</v></c>'

    (row,) = read_roster(with_rows(f"<row>{header}</row><row>{person}</row>"))

    assert (row.line, row.name, list(row.errors)) == (2, "Bob", ["email"])


@pytest.mark.parametrize("text", ["=cmd|'/c calc'!A0", "@SUM(1)", "+31612345678", "\N{FULLWIDTH EQUALS SIGN}1"])
def test_text_that_begins_like_a_formula_is_told(text):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["bob@acme.example", "", "7"])
    book.active["B2"].value, book.active["B2"].data_type = text, "s"

    (row,) = read_roster(saved(book))

    assert row.errors == {"name": "Dit begint als een formule van een spreadsheet."}


def test_spaces_of_excel_are_spaces():
    row = row_of("\N{NO-BREAK SPACE}bob@acme.example ", "Bob\N{NO-BREAK SPACE}de Vries")

    assert (row.email, row.name, row.errors) == ("bob@acme.example", "Bob de Vries", {})


def test_macro_workbook_is_read_and_its_macro_is_not():
    content = with_parts(workbook(*PEOPLE), **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub Auto_Open()"})

    assert [row.email for row in read_roster(content)] == ["bob@acme.example"]


@pytest.mark.parametrize(
    ("value", "text"), [(True, "ja"), (" x ", "x"), (dt.date(2026, 1, 2), "2026-01-02"), (3.0, "3")]
)
def test_cell_is_written_as_somebody_would(value, text):
    assert text_of(value) == text
