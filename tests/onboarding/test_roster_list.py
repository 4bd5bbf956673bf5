"""The list of a portal's employees: of that portal only, and read back by the import."""

import csv
import io

import pytest
from django.test import Client
from django.utils import translation

from onboarding.roster_file import read_roster
from onboarding.roster_import import check_rows, keep_list
from onboarding.roster_list import empty_csv, roster_csv
from onboarding.roster_table import UnreadableFile
from portals.models import Membership
from tests.world import NOW, World, make_colleague, make_membership


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_list_names_everybody_of_the_portal_and_nobody_else(world: World, office: Client):
    Membership.objects.filter(pk=world.bob.pk).update(cost_centre="K200", disabled_at=NOW)

    response = office.get(f"/admin/portals/portal/{world.acme.pk}/employees/list/")

    assert response["Content-Disposition"] == 'attachment; filename="acme.csv"'
    assert rows_of(response.getvalue()) == [
        ["e-mail", "naam", "personeelsnummer", "kostenplaats", "status"],
        ["alice@acme.example", "Alice Jansen", "", "", "opende de winkel"],
        ["bob@acme.example", "Bob de Vries", "1002", "K200", "geblokkeerd"],
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_list_is_read_back_by_the_import(world: World, language: str):
    make_membership(world.acme, "eve@acme.example", "-Eve", staff_number="=7", cost_centre="+100")
    with translation.override(language):
        rows = read_roster(roster_csv(world.acme))
        batch = keep_list(
            world.acme, name="x.csv", rows=read_roster(roster_csv(world.acme)), now=NOW, actor=world.coordinator
        )

    assert [(row.email, row.name, row.staff_number, row.cost_centre, row.amount) for row in rows] == [
        ("eve@acme.example", "-Eve", "=7", "+100", None),
        ("alice@acme.example", "Alice Jansen", "", "", None),
        ("bob@acme.example", "Bob de Vries", "1002", "", None),
    ]
    assert [checked.verdict.value for checked in check_rows(batch, now=NOW)] == ["known"] * 3


@pytest.mark.parametrize("language", ["nl", "en"])
def test_empty_list_has_the_columns_of_the_import(language: str):
    with translation.override(language):
        (header,) = rows_of(empty_csv())
        filled = empty_csv() + b"dana@acme.example;Dana;7;K100;1.250,50\r\n"
        (row,) = read_roster(filled)
        with pytest.raises(UnreadableFile):
            read_roster(empty_csv())

    assert len(header) == 5
    assert (row.name, row.staff_number, row.cost_centre, row.amount) == ("Dana", "7", "K100", "1250.50")


def test_empty_list_is_downloaded_where_lists_are_imported(world: World, office: Client):
    page = office.get(f"/admin/portals/portal/{world.acme.pk}/employees/import/").content.decode()
    address = f"/admin/portals/portal/{world.acme.pk}/employees/template/"

    assert f'href="{address}"' in page
    assert rows_of(office.get(address).getvalue()) == [["e-mail", "naam", "personeelsnummer", "kostenplaats", "bedrag"]]


@pytest.mark.parametrize("file", ["list", "template"])
def test_who_may_not_change_the_portal_downloads_nothing(world: World, client: Client, file: str):
    client.force_login(make_colleague("finance@thuiswerk.example", "Femke", role="finance"))

    assert client.get(f"/admin/portals/portal/{world.acme.pk}/employees/{file}/").status_code == 404
