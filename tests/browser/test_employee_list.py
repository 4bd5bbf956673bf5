"""A coordinator hands over a list of employees, looks at what it would do, and confirms it."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.onboarding.workbooks import workbook
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = workbook(
    ["Medewerkers van Acme"],
    ["E-mail", "Naam", "Personeelsnummer", "Kostenplaats", "Tegoed"],
    ["dana@acme.example", "Dana de Wit", 2001, "K200", 300.5],
    ["bob@acme.example", "Bob de Vries", 1002, "K300", None],
    ["alice@acme.example", "Alice Jansen", None, None, None],
    ["erik@acmee.example", "Erik Visser", 2002, "K200", None],
    ["fay@thuis.nl", "ZoÃ« Bakker", 2003, "K200", None],
    ["dana@acme.example", "Dana de Wit", 2001, "K200", 300.5],
    ["geen-adres", "Gus Mulder", 2004, "K200", "veel"],
    ["hal@acme.example", "Hal Smit", 2005, "K200", "=100+150"],
)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_list_is_looked_at_before_it_is_confirmed(visit, world: World, width: int, dark: bool):
    world.acme.company.mail_domains = "acme.example"
    world.acme.company.save()
    coordinator = visit(width=width, dark=dark)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)
    page = coordinator.page

    coordinator.open(f"{coordinator.site.main}/admin/portals/portal/{world.acme.pk}/employees/import/")
    coordinator.check()
    coordinator.field("Excel-bestand of CSV").set_input_files({"name": "l.xlsx", "mimeType": XLSX, "buffer": LIST})
    coordinator.button("Lijst inlezen").click()
    expect(page.locator(".results tbody tr")).to_have_count(8)
    coordinator.check()
    page.get_by_role("link", name="met een waarschuwing 2").click()
    expect(page.locator(".results tbody tr")).to_have_count(2)
    coordinator.check()
    coordinator.button("Lijst verwerken").click()
    page.wait_for_url("**/change/")

    assert world.acme.memberships.count() == 5


def test_list_that_cannot_be_read_is_told_where_it_was_pasted(visit, world: World):
    coordinator = visit(width=360)
    steps.log_in_to_back_office(coordinator, world.coordinator.email)

    coordinator.open(f"{coordinator.site.main}/admin/portals/portal/{world.acme.pk}/employees/import/")
    coordinator.field("Of plak de lijst").fill("Bob\tbob@acme.example\nEve\teve@acme.example")
    coordinator.button("Lijst inlezen").click()

    expect(coordinator.field("Of plak de lijst")).to_have_accessible_description(
        "E-mailadressen, of cellen uit een rekenblad met de namen van de kolommen erboven. "
        "Kopieer ook de regel met de namen van de kolommen, dan is duidelijk wat elke cel is."
    )
    coordinator.check()
